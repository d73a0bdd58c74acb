"""What another system is told of one person of a campaign, and what its answers mean. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from khachquen.activate.channels.lines import Verdict
from khachquen.activate.egress import Answer

__all__ = ["KIND", "HookReply", "Place", "Telling", "ToTell", "read_answer", "read_place", "taken"]

KIND = "campaign.message"
_LATER = frozenset({408, 425})
_NOT_US = frozenset({401, 403, 429, 503})
_FROM_BETWEEN = frozenset({502, 504})


@dataclass(frozen=True, slots=True)
class Place:
    """A person as a place messages go to: nobody but this shop knows the number."""

    address: str


def read_place(number: str) -> Place | None:
    """Where somebody of this number is."""
    return Place(f"profile:{number}") if number else None


@dataclass(frozen=True, slots=True)
class HookReply:
    """What the other system said."""

    status: int
    text: str = ""

    @property
    def is_from_between(self) -> bool:
        """Whether somebody in front of the other system speaks, who does not know what it did."""
        return self.status in _FROM_BETWEEN

    @property
    def verdict(self) -> Verdict:
        """What it means for this one person, or for everybody.

        >>> [HookReply(status).verdict for status in (204, 410, 404, 422)]
        ['sent', 'refused', 'refused', 'refused']
        >>> [HookReply(status).verdict for status in (408, 500, 429, 503, 401, 302)]
        ['later', 'later', 'account', 'account', 'account', 'account']
        """
        if 200 <= self.status < 300:
            return "sent"
        if self.status in _NOT_US or 300 <= self.status < 400:
            return "account"
        if self.status in _LATER or self.status >= 500:
            return "later"
        return "refused"

    def __str__(self) -> str:
        return f"HTTP {self.status} {self.text}".strip()[:300]


def read_answer(answer: Answer) -> HookReply:
    """An answer that came."""
    assert answer.status is not None
    return HookReply(answer.status, answer.text)


@dataclass(frozen=True, slots=True)
class ToTell:
    """One person: ``identifiers`` are none where the endpoint is given none."""

    recipient_id: int
    key: str
    profile_id: int
    variant: str = ""
    identifiers: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """Messages of one run, as ``writing.Work``. ``at`` is the run's beginning, so that a message
    tried again is the same message."""

    campaign: Mapping[str, Any]
    run_id: int
    purpose: str
    at: datetime
    people: Sequence[ToTell] = ()

    def write(self) -> dict[int, bytes | str]:
        """Each as its id, a line's end, and the body that is signed when it leaves."""
        return {one.recipient_id: one.key.encode() + b"\n" + self._body(one) for one in self.people}

    def _body(self, one: ToTell) -> bytes:
        data: dict[str, Any] = {
            "profile_id": one.profile_id,
            "campaign": dict(self.campaign),
            "run_id": self.run_id,
            "purpose": self.purpose,
            "variant": one.variant or None,
        }
        if one.identifiers is not None:
            data["identifiers"] = dict(one.identifiers)
        return msgspec.json.encode({"type": KIND, "timestamp": self.at, "data": data})


def taken(message: bytes) -> tuple[str, bytes]:
    """The id and the body of what ``Telling`` wrote.

    >>> taken(b'msg_9f\\n{"type":1}')
    ('msg_9f', b'{"type":1}')
    """
    key, _, body = message.partition(b"\n")
    return key.decode(), body
