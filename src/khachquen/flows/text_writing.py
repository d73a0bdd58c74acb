"""Texts written beside the sender: plain data in, bytes out. Imports no Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from khachquen.activate.campaigns.wording import fill
from khachquen.activate.channels.sms import Number, measure, unaccented
from khachquen.activate.channels.sms.gateways import Gateway, write_text

__all__ = ["TextsToWrite", "ToText", "our_id", "parted"]

_MOST_PARTS = 6


@dataclass(frozen=True, slots=True)
class ToText:
    """One person's text before it is written. ``until``: from when on it may not leave, as an ISO
    time; empty: at any hour."""

    recipient_id: int
    to: Number
    key: str
    values: Mapping[str, str]
    until: str = ""


@dataclass(frozen=True, slots=True)
class TextsToWrite:
    """Texts of one run, as ``writing.Work``."""

    gateway: Gateway
    text: str
    is_plain: bool
    people: Sequence[ToText] = ()

    def write(self) -> dict[int, bytes | str]:
        """Each filled in, with until when it may leave in its first line; or why it cannot be."""
        written: dict[int, bytes | str] = {}
        for one in self.people:
            text = fill(self.text, one.values).strip()
            text = unaccented(text) if self.is_plain else text
            if measure(text).parts > _MOST_PARTS:
                written[one.recipient_id] = f"longer than {_MOST_PARTS} messages"
                continue
            name = our_id(one.recipient_id, one.key)
            body = write_text(self.gateway, one.to, text, our_id=name)
            written[one.recipient_id] = one.until.encode() + b"\n" + body
        return written


def our_id(recipient_id: int, key: str) -> str:
    """What the gateway gives back with the delivery: whose text it was, and the proof that it is
    ours.

    >>> our_id(1204, "9f" * 16)
    '1204-9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f'
    """
    return f"{recipient_id}-{key}"


def parted(message: bytes) -> tuple[str, bytes]:
    """Until when it may leave, and the body.

    >>> parted(b"2026-11-22T15:00:00+00:00\\n{}")
    ('2026-11-22T15:00:00+00:00', b'{}')
    """
    until, _, body = message.partition(b"\n")
    return until.decode(), body
