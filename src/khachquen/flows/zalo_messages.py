"""Template messages of Zalo as a channel: filled in for each person, posted one by one.

Zalo answers each message by itself, so whatever breaks after a connection stood is a message of
unknown end: it is never posted again. What is certain is what Zalo said.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import connection

from khachquen.activate.campaigns.accounts import Room
from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.campaigns.making import Account
from khachquen.activate.campaigns.people import Ready
from khachquen.activate.campaigns.running import Run
from khachquen.activate.channels.lines import Destination, LostError, RefusedError
from khachquen.activate.channels.zalo import Parameter, Problem, ZaloReply, fill, read_reply
from khachquen.activate.channels.zalo.requests import (
    Tokens,
    Zalo,
    ask_tokens,
    post_message,
    read_tokens,
)
from khachquen.activate.channels.zalo.writing import MessagesToWrite, ToFill
from khachquen.activate.content import Reader, Wanted, read_readers
from khachquen.activate.egress import Call, Rules
from khachquen.activate.zalo.accounts import OfficialAccount, find_by_account, note_reply
from khachquen.activate.zalo.accounts import room_of as zalo_room
from khachquen.activate.zalo.saying import Said, read_said
from khachquen.activate.zalo.sources import ORDER, list_sources, say
from khachquen.activate.zalo.templates import get_template, held_until, hold, parameters_of
from khachquen.activate.zalo.tokens import App, access_token
from khachquen.base import Clock, Config, NotFoundError
from khachquen.flows.calling import Calls
from khachquen.flows.posting import Exit
from khachquen.govern import get_shop

_NOTE_S = 1.0  # the quota is written down at most so often, while it is far from its end
_FAR = 200


class ZaloMessages:
    """Zalo, as ``channels.Channel`` asks for it."""

    def __init__(self, config: Config, clock: Clock):
        self._clock = clock
        self._at = Zalo(config.zalo.business_url, config.zalo.oauth_url)
        self._rules = Rules(tuple(config.egress.inside))
        self._timeout_s = config.egress.timeout_s
        self._timezone = config.shop.timezone
        self._calls: Calls | None = None

    def prepare(
        self, run: Run, ready: Sequence[Ready], keys: Mapping[int, str], *, now: datetime
    ) -> tuple[MessagesToWrite, list[Ended]]:
        """What the writers need; whoever is no more by now has failed, and whoever the template
        cannot be filled for is left out."""
        said = read_said(run.text)
        try:
            template = get_template(said.template_id)
        except NotFoundError:
            gone = [Ended(one.recipient_id, "failed", "not_written", "gone") for one in ready]
            return MessagesToWrite(""), gone
        parameters, people = parameters_of(template), [one.person.id for one in ready]
        values = values_for(parameters, said, people, self._timezone, now=now)
        to_fill, ended = [], []
        for one in ready:
            if (own := values.get(one.person.id)) is None:
                ended.append(Ended(one.recipient_id, "failed", "not_written", "gone"))
                continue
            filled, problems = fill(parameters, own, said.otherwise)
            if problems:
                ended.append(_left_out(one.recipient_id, problems))
                continue
            key = keys[one.recipient_id]
            to_fill.append(ToFill(one.recipient_id, one.envelope.address, key, filled))
        return MessagesToWrite(template.key, to_fill), ended

    def exit_of(self, account: Account) -> Exit:
        """Zalo, as this account."""
        oa = find_by_account(account.pk)
        if self._calls is None:
            self._calls = Calls(self._rules, timeout_s=self._timeout_s)
        login = (oa.pk, oa.app_id, self._at)
        return Exit(login, oa.oa_id, partial(ZaloLine, oa, self._at, self._calls, self._clock))

    def room_of(self, run: Run, *, under_way: int, now: datetime) -> Room:
        """What Zalo's count leaves, without those that are on their way; nothing of a template that
        is held."""
        if opens_at := held_until(read_said(run.text).template_id, now=now):
            return Room(0, opens_at, "held")
        room = zalo_room(run.account_id, now=now)
        return Room(max(0, room.left - under_way), room.opens_at)

    def close(self) -> None:
        """Let go of the connections."""
        if self._calls is not None:
            self._calls.close()


class ZaloLine:
    """A line to Zalo, as a postman uses it: a token, and calls one after the other."""

    def __init__(self, oa: OfficialAccount, at: Zalo, calls: Calls, clock: Clock):
        self._oa, self._at, self._calls, self._clock = oa.pk, at, calls, clock
        self._token, self._until = "", 0.0
        self._noted = 0.0
        self._unnoted: ZaloReply | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a token that was looked at lately: others may have renewed it."""
        return bool(self._token) and time.monotonic() < self._until

    def open(self) -> None:
        """Take the account's token; the first to find it worn asks for a new one."""
        self._token = access_token(self._oa, self._renew, clock=self._clock)
        self._until = time.monotonic() + 60

    def send(self, sender: str, to: Destination, message: bytes) -> ZaloReply:
        """One message. A token that was not taken is no attempt: nothing was accepted.

        Raises:
            LostError: it broke; ``may_have_arrived`` unless there was never a connection.
            RefusedError: whoever answers there is not Zalo, or it is too much for Zalo.
        """
        reply = self._post(message)
        if reply.wants_token:
            worn, self._token = self._token, ""
            self._token = access_token(self._oa, self._renew, clock=self._clock, worn=worn)
            reply = self._post(message)
        if reply.verdict == "held":
            key = str(json.loads(message)["template_id"])
            hold(self._oa, key, reply, now=self._clock())
        self._note(reply)
        return reply

    def ask(self, call: Callable[[str], Call]) -> str:
        """What Zalo says when it is asked something; asking changes nothing, so it may be repeated.

        Raises:
            LostError, RefusedError: it says nothing, or nothing good.
        """
        for _ in range(2):
            if not self.is_open:
                self.open()
            answer = self._calls.begin(call(self._token)).result()
            if answer.status is None:
                raise LostError(answer.problem)
            reply = read_reply(answer.text)
            if reply is not None and reply.code == 0:
                return answer.text
            if reply is None or not reply.wants_token:
                break
            self._token = access_token(self._oa, self._renew, clock=self._clock, worn=self._token)
        raise RefusedError(reply or ZaloReply(-120, f"HTTP {answer.status}"))

    def close(self) -> None:
        """The thread that used it goes home."""
        self._write_down()
        self.drop()
        connection.close()

    def drop(self) -> None:
        """After trouble the token is looked at anew."""
        self._token = ""

    def _post(self, message: bytes) -> ZaloReply:
        answer = self._calls.begin(post_message(self._at, self._token, message)).result()
        if answer.status is None:
            raise LostError(answer.problem, may_have_arrived=answer.may_have_arrived)
        if answer.status == 429:
            raise RefusedError(ZaloReply(-32, "HTTP 429"), wait_s=answer.wait_s)
        reply = read_reply(answer.text)
        if reply is not None:
            return reply
        if 300 <= answer.status < 500:
            raise RefusedError(ZaloReply(-120, f"HTTP {answer.status}"))
        raise LostError(f"HTTP {answer.status}", may_have_arrived=True)

    def _renew(self, app: App) -> Tokens | None:
        call = ask_tokens(self._at, app.app_id, app.secret, app.refresh)
        answer = self._calls.begin(call).result()
        return read_tokens(answer.text) if answer.is_good else None

    def _note(self, reply: ZaloReply) -> None:
        is_near = reply.remaining is not None and reply.remaining <= _FAR
        self._unnoted = reply
        if reply.verdict == "quota" or is_near or time.monotonic() - self._noted > _NOTE_S:
            self._write_down()

    def _write_down(self) -> None:
        if self._unnoted is not None:
            note_reply(self._oa, self._unnoted, now=self._clock())
            self._noted, self._unnoted = time.monotonic(), None


def _left_out(recipient_id: int, problems: Sequence[Problem]) -> Ended:
    """Nothing was sent, for what we know does not fit; the values of a person are in no reason."""
    is_missing = all(each.reason == "missing" for each in problems)
    words = "; ".join(each.words.en for each in problems)
    return Ended(recipient_id, "skipped", "no_value" if is_missing else "bad_value", words)


def values_for(
    parameters: Sequence[Parameter],
    said: Said,
    people: Sequence[int],
    timezone: str,
    *,
    now: datetime,
) -> dict[int, dict[str, str]]:
    """Person → what stands in each parameter, before it is looked at whether it fits.

    Nothing of a trait that was sealed or called sensitive since it was chosen.
    """
    shop, known = get_shop(), list_sources()
    told = {name: key for name, key in said.sources.items() if key in known}
    said = replace(said, sources=told)
    wanted = Wanted(
        said.fields,
        said.needs_order,
        shop.currency if shop else "VND",
        shop.timezone if shop else timezone,
    )
    return {
        one.id: {
            place.name: say(value, known[key], place, wanted.currency)
            for place in parameters
            if (key := told.get(place.name))
            for value in (_value(key, one),)
        }
        for one in read_readers(wanted, people, now=now)
    }


def _value(key: str, reader: Reader) -> object:
    if key.startswith(ORDER):
        return reader.order.get(key.removeprefix(ORDER))
    return reader.values.get(key)
