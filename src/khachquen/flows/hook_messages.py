"""Another system as a channel: told of each person by one signed call.

The id of a call is made of the send key, so whatever is tried again comes under the same one. What
broke after there was a connection is unknown all the same, and is not posted again: that a receiver
drops what it had is its promise, not ours.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from django.db import connection

from khachquen.activate.campaigns.accounts import Room
from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.campaigns.making import Account
from khachquen.activate.campaigns.people import Ready
from khachquen.activate.campaigns.running import Run
from khachquen.activate.channels.lines import Destination, LostError, RefusedError
from khachquen.activate.channels.webhook import HookReply, Telling, ToTell, read_answer, taken
from khachquen.activate.egress import Call, Rules
from khachquen.activate.webhooks.campaigning import Target, find_target, note_gone, sign_told
from khachquen.base import Clock, Config
from khachquen.flows.calling import Calls
from khachquen.flows.identifying import give_identifiers
from khachquen.flows.posting import Exit

_UNLIMITED = 1_000_000_000


class HookMessages:
    """Webhooks, as ``channels.Channel`` asks for them."""

    def __init__(self, config: Config, clock: Clock):
        self._clock = clock
        self._rules = Rules(tuple(config.egress.inside))
        self._timeout_s = config.egress.timeout_s
        self._calls: Calls | None = None

    def prepare(
        self, run: Run, ready: Sequence[Ready], keys: Mapping[int, str], *, now: datetime
    ) -> tuple[Telling, list[Ended]]:
        """What is told of each; of an endpoint that was removed nobody is told any more."""
        target = find_target(run.account_id, now=now)
        campaign = {"id": run.campaign_id, "name": run.campaign.name}
        telling = partial(Telling, campaign, run.pk, run.purpose, run.began_at or run.start_at)
        if target is None:
            ended = [Ended(one.recipient_id, "failed", "endpoint_gone") for one in ready]
            return telling(), ended
        people = [
            ToTell(
                recipient_id=one.recipient_id,
                key=f"msg_{keys[one.recipient_id]}",
                profile_id=one.person.id,
                variant=one.variant,
                identifiers=give_identifiers(one.person.id, target.purpose, now=now)
                if target.purpose
                else None,
            )
            for one in ready
        ]
        return telling(people), []

    def exit_of(self, account: Account) -> Exit:
        """The other system; where it is now, is asked for each message."""
        if self._calls is None:
            self._calls = Calls(self._rules, timeout_s=self._timeout_s)
        line = partial(HookLine, account.pk, self._calls, self._clock)
        return Exit(account.pk, f"webhook-{account.pk}", line)

    def room_of(self, run: Run, *, under_way: int, now: datetime) -> Room:
        """Everybody waits while the endpoint is paused. One that was removed lets them through, to
        be told so."""
        target = find_target(run.account_id, now=now)
        return Room(_UNLIMITED if target is None or target.is_on else 0)

    def close(self) -> None:
        """Let go of the connections."""
        if self._calls is not None:
            self._calls.close()


class HookLine:
    """A line to another system, as a postman uses it: calls, one after the other."""

    def __init__(self, account_id: int, calls: Calls, clock: Clock):
        self._account_id, self._calls, self._clock = account_id, calls, clock
        self._is_open = False

    @property
    def is_open(self) -> bool:
        """Whether it was used since it was closed."""
        return self._is_open

    def open(self) -> None:
        """Nothing is to be signed in to: each call proves itself."""
        self._is_open = True

    def send(self, sender: str, to: Destination, message: bytes) -> HookReply:
        """One call, under the secrets of this moment, never on another connection.

        Raises:
            LostError: it broke, here or behind whoever answered; ``may_have_arrived`` unless there
                was never a connection.
            RefusedError: the endpoint was paused or removed just now, or it is too much for it.
        """
        now = self._clock()
        target = find_target(self._account_id, now=now)
        if target is None or not target.is_on:
            raise RefusedError(HookReply(0, "paused"))
        answer = self._calls.begin(_call(target, message, now)).result()
        if answer.status is None:
            raise LostError(answer.problem, may_have_arrived=answer.may_have_arrived)
        if answer.status == 410:
            note_gone(target.endpoint_id, at=now)
        reply = read_answer(answer)
        if reply.is_from_between:
            raise LostError(str(reply), may_have_arrived=True)
        if reply.verdict == "account":
            raise RefusedError(reply, wait_s=answer.wait_s)
        return reply

    def close(self) -> None:
        """The thread that used it goes home."""
        self.drop()
        connection.close()

    def drop(self) -> None:
        """Nothing is held of a call that broke."""
        self._is_open = False


def _call(target: Target, message: bytes, now: datetime) -> Call:
    key, body = taken(message)
    headers = {"Content-Type": "application/json", **sign_told(target, key, body, at=now)}
    return Call(target.url, headers, body, once=True)
