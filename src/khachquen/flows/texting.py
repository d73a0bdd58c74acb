"""Text messages as a channel: written for each person, posted to the gateway one by one.

A gateway promises nowhere to send an id once, so whatever breaks after there was a connection is a
text of unknown end, and is never posted again. Advertising that was claimed in time is held against
the clock once more as it leaves: what did not make it before the night waits for the morning.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from khachquen.activate.campaigns.accounts import Room, declare_account
from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.campaigns.making import Account
from khachquen.activate.campaigns.people import Ready
from khachquen.activate.campaigns.running import Run
from khachquen.activate.channels.lines import LostError, RefusedError
from khachquen.activate.channels.sms import read_number
from khachquen.activate.channels.sms.gateways import (
    Gateway,
    SmsReply,
    ask_to_send,
    read_pairs,
    read_reply,
)
from khachquen.activate.egress import Rules
from khachquen.base import Clock, Config, InputError, Text
from khachquen.flows.calling import Calls
from khachquen.flows.posting import Exit
from khachquen.flows.rehearsing import text_hours
from khachquen.flows.text_writing import TextsToWrite, ToText, parted
from khachquen.govern.consent.purposes import get_purpose

_UNLIMITED = 1_000_000_000


class TextMessages:
    """SMS, as ``channels.Channel`` asks for it."""

    def __init__(self, config: Config, clock: Clock):
        self._config, self._clock = config, clock
        self._gateway = gateway_of(config)
        self._calls: Calls | None = None

    def prepare(
        self, run: Run, ready: Sequence[Ready], keys: Mapping[int, str], *, now: datetime
    ) -> tuple[TextsToWrite, list[Ended]]:
        """What the writers need; who was reached by a number a moment ago can be written to."""
        is_ad = get_purpose(run.purpose).is_advertising
        law = text_hours(self._config, now=now) if is_ad else None
        people = [
            ToText(
                one.recipient_id,
                number,
                keys[one.recipient_id],
                {"name": one.person.name},
                law.closes(now, one.person.zone).isoformat() if law else "",
            )
            for one in ready
            if (number := read_number(one.envelope.address))
        ]
        return TextsToWrite(self._gateway, run.text, self._config.sms.unaccented, people), []

    def exit_of(self, account: Account) -> Exit:
        """The gateway."""
        if self._calls is None:
            self._calls = open_calls(self._config)
        open_line = partial(TextLine, self._gateway, self._calls, self._clock)
        return Exit((account.pk, self._gateway.url), self._gateway.brandname, open_line)

    def room_of(self, run: Run, *, under_way: int, now: datetime) -> Room:
        """Without a gateway nothing leaves; how much one takes, it says by its answers."""
        return Room(_UNLIMITED if self._gateway.is_ready else 0)

    def close(self) -> None:
        """Let go of the connections."""
        if self._calls is not None:
            self._calls.close()


class TextLine:
    """A line to the gateway, as a postman uses it: calls one after the other."""

    is_open = True

    def __init__(self, gateway: Gateway, calls: Calls, clock: Clock):
        self._gateway, self._calls, self._clock = gateway, calls, clock

    def open(self) -> None:
        """Each call is a connection of its own."""

    def send(self, sender: str, to: object, message: bytes) -> SmsReply:
        """One text.

        Raises:
            LostError: it broke, or its answer is none that was declared; ``may_have_arrived``
                unless there was never a connection.
            RefusedError: it does not let us in (HTTP 3xx, 4xx).
        """
        until, body = parted(message)
        if until and self._clock() >= datetime.fromisoformat(until):
            return SmsReply("night")
        return post(self._gateway, self._calls, body)

    def close(self) -> None:
        """Nothing is held."""

    def drop(self) -> None:
        """Nothing is held."""


def post(gateway: Gateway, calls: Calls, body: bytes) -> SmsReply:
    """One text, posted once; raises as ``TextLine.send``."""
    answer = calls.begin(ask_to_send(gateway, body)).result()
    if answer.status is None:
        raise LostError(answer.problem, may_have_arrived=answer.may_have_arrived)
    reply = read_reply(gateway, answer.status, answer.text)
    if reply is not None:
        return reply
    if 300 <= answer.status < 500:
        reply = SmsReply("account", f"HTTP {answer.status}")
        raise RefusedError(reply, wait_s=answer.wait_s)
    raise LostError(f"HTTP {answer.status}, an answer nobody declared", may_have_arrived=True)


def open_calls(config: Config) -> Calls:
    """Connections by the house's rules of egress."""
    return Calls(Rules(tuple(config.egress.inside)), timeout_s=config.egress.timeout_s)


def gateway_of(config: Config) -> Gateway:
    """The gateway as it is declared (``[sms]``)."""
    told = config.sms
    return Gateway(
        name=told.name,
        url=told.url,
        brandname=told.brandname,
        headers=read_pairs(told.secret_headers, ":"),
        number_in=told.number_in,
        text_in=told.text_in,
        brandname_in=told.brandname_in,
        id_in=told.id_in,
        also=read_pairs(told.also, "="),
        number_form=told.number_form,
        answers={
            "sent": told.accepted,
            "later": told.later,
            "refused": told.refused,
            "bad_address": told.wrong_number,
            "account": told.held,
        },
    )


def account_for(config: Config, *, at: datetime) -> Account:
    """What texts leave by: one row for the gateway, made when it is first asked for.

    Raises:
        InputError: no gateway is declared, or not wholly (``sms.not_set_up``).
    """
    gateway = gateway_of(config)
    if not gateway.is_ready:
        raise InputError(
            "sms.not_set_up",
            Text(vi="Chưa khai báo cổng SMS.", en="No SMS gateway is declared."),
            path="channel",
            hint=Text(
                vi="Đặt name, url, brandname và accepted trong mục [sms] của khachquen.toml.",
                en="Set name, url, brandname and accepted under [sms] in khachquen.toml.",
            ),
        )
    pace = config.sms.per_second
    return declare_account("sms", f"SMS {gateway.name}", per_second=pace, at=at)
