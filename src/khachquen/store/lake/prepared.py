"""An event made ready for the lake before it is known which number and person it will have."""

import hashlib
from typing import NamedTuple

import msgspec

from khachquen.collect.event import Event

_encode = msgspec.json.Encoder().encode
_encode_sorted = msgspec.json.Encoder(order="deterministic").encode


class Prepared(NamedTuple):
    """The event as JSON, 16 bytes that stand for its message, 64 bits for what that says."""

    told: bytes
    digest: bytes
    payload: int


def prepare(event: Event) -> Prepared:
    """Everything of an event's line and look-up that depends on nothing but the event."""
    digest = hash_message(event.source_id, event.message_id)
    return Prepared(_encode(event), digest, hash_payload(event))


def number_line(told: bytes, event_id: int, whose: tuple[int, int] | None) -> bytes:
    """The line of the lake: the event's JSON, before it its number, its node and its profile."""
    if whose is None:
        return b'{"event_id":%d,%b' % (event_id, told[1:])
    return b'{"event_id":%d,"node_id":%d,"profile_id":%d,%b' % (event_id, *whose, told[1:])


def hash_message(source_id: int, message_id: str) -> bytes:
    """16 bytes that stand for one message of one source."""
    return hashlib.blake2b(f"{source_id}\0{message_id}".encode(), digest_size=16).digest()


def hash_payload(event: Event) -> int:
    """64 bits that stand for what a message says; never 0.

    Not for how it travelled: a client that tries again has a new sentAt, and with it a newly
    corrected time; it may come from another address, or in another batch.
    """
    said = (
        event.type,
        event.name,
        event.user_id,
        event.anonymous_id,
        event.previous_id,
        event.group_id,
        event.properties,
        event.traits,
        event.context,
    )
    return int.from_bytes(hashlib.blake2b(_encode_sorted(said), digest_size=8).digest()) or 1
