"""How a gateway is asked to send a text, and what its answer means: a mapping somebody declares,
over one protocol (JSON posted over HTTP). Pure.

An answer is held against the lists in the order of ``_ORDER``: what says no comes before what says
yes, for many gateways answer 200 to everything. An answer nobody declared leaves the end unknown.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from khachquen.activate.channels.lines import Verdict
from khachquen.activate.channels.sms.wording import Number
from khachquen.activate.egress import Call

__all__ = ["Gateway", "SmsReply", "ask_to_send", "read_pairs", "read_reply", "write_text"]

_ORDER: tuple[Verdict, ...] = ("account", "bad_address", "refused", "later", "sent")


@dataclass(frozen=True, slots=True)
class Gateway:
    """``*_in`` say where each thing goes: names, with a dot between one inside another. ``answers``
    is verdict → conditions, each ``status=200`` or ``name=value`` of the answer's JSON."""

    name: str = ""
    url: str = ""
    brandname: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    number_in: str = "to"
    text_in: str = "text"
    brandname_in: str = "from"
    id_in: str = "id"
    also: Mapping[str, str] = field(default_factory=dict)
    number_form: Literal["+84", "84", "0"] = "84"
    answers: Mapping[Verdict, Sequence[str]] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        """Whether texts can go there: without knowing what "accepted" is, nothing is sent."""
        told = (self.name, self.url, self.brandname, self.answers.get("sent"))
        return all(told)


@dataclass(frozen=True, slots=True)
class SmsReply:
    """What an answer means; ``words`` are the gateway's own, cut short."""

    verdict: Verdict
    words: str = ""

    def __str__(self) -> str:
        return self.words[:300]


def read_pairs(told: Sequence[str], between: str) -> dict[str, str]:
    """Settings of the form ``name=value``.

    >>> read_pairs(["Authorization: Bearer a:b"], ":")
    {'Authorization': 'Bearer a:b'}
    """
    parted = [one.partition(between) for one in told]
    return {name.strip(): value.strip() for name, _, value in parted if name.strip()}


def write_text(gateway: Gateway, to: Number, text: str, *, our_id: str) -> bytes:
    """The body of one message.

    >>> own = Gateway(number_in="sms.to", text_in="sms.text", also={"type": "2"}, brandname="GOM")
    >>> write_text(own, Number("+84912345678"), "Chào", our_id="7-ab").decode()
    '{"type": "2", "from": "GOM", "sms": {"to": "84912345678", "text": "Chào"}, "id": "7-ab"}'
    """
    body: dict[str, Any] = {}
    places = {
        **gateway.also,
        gateway.brandname_in: gateway.brandname,
        gateway.number_in: to.written(gateway.number_form),
        gateway.text_in: text,
        gateway.id_in: our_id,
    }
    for path, value in places.items():
        *outer, last = path.split(".")
        inside = body
        for name in outer:
            inside = inside.setdefault(name, {})
        inside[last] = value
    return json.dumps(body, ensure_ascii=False).encode()


def ask_to_send(gateway: Gateway, body: bytes) -> Call:
    """One message, once: it is never posted again on another connection."""
    headers = {"Content-Type": "application/json", **gateway.headers}
    return Call(gateway.url, headers, body, once=True, longest=4_000)


def read_reply(gateway: Gateway, status: int, text: str) -> SmsReply | None:
    """What the answer means; None when nobody declared it: the gateway may have the message.

    >>> answers = {"sent": ["code=100"], "refused": ["code=104"], "later": ["status=429"]}
    >>> own = Gateway(answers=answers)
    >>> told = [(200, '{"code": 100}'), (200, '{"code": "104"}'), (429, "")]
    >>> [read_reply(own, *one).verdict for one in told]
    ['sent', 'refused', 'later']
    >>> read_reply(own, 200, "<html>"), read_reply(own, 200, '{"code": 7}')
    (None, None)
    """
    try:
        told = json.loads(text)
    except ValueError:
        told = {}
    for verdict in _ORDER:
        for condition in gateway.answers.get(verdict, ()):
            if _holds(condition, status, told):
                return SmsReply(verdict, condition)
    return None


def _holds(condition: str, status: int, told: object) -> bool:
    path, _, wanted = (part.strip() for part in condition.partition("="))
    if path == "status":
        return str(status) == wanted
    for name in path.split("."):
        if not isinstance(told, dict) or name not in told:
            return False
        told = told[name]
    found = json.dumps(told) if isinstance(told, bool) else str(told)
    return found == wanted
