"""Messages that come packed in text: base64 in every spelling, fields of an address."""

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from khachquen.collect.protocols.route import Arrived, Body
from khachquen.collect.protocols.split import not_json, split_single

_BESIDE = frozenset({"data", "writeKey"})
_MOST_DOTS = 10
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def from_base64(text: str) -> bytes:
    """The bytes of base64 in either alphabet, padded or not; a plus may have become a space.

    >>> from_base64("S2jDoWNoIHF1ZW4")
    b'Kh\\xc3\\xa1ch quen'

    Raises:
        ValueError: it is no base64.
    """
    text = text.translate(_ALPHABET).rstrip("=")
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


_ALPHABET = str.maketrans(" -_", "++/")


def split_pixel(arrived: Arrived, *, kind: str) -> Body:
    """The message of a picture's address: ``data`` is it in base64, other fields stand in it.

    A dot leads inside: ``properties.url=…``. Segment sends the first form, RudderStack the
    second, Jitsu both.

    Raises:
        InputError: ``data`` is no base64 of one JSON object (code ``collect.not_json``).
    """
    told = arrived.query.get("data")
    try:
        packed = from_base64(told) if told else b"{}"
    except ValueError as error:
        raise not_json(error) from None
    message, key = split_single(packed, kind)
    if fields := _nest({k: v for k, v in arrived.query.items() if k not in _BESIDE}):
        fields["type"] = kind
        both = _decode_object(message) | _decode_object(msgspec.json.encode(fields))
        message = msgspec.json.encode(both)
    return Body(items=[message], write_key=key)


def _nest(fields: Mapping[str, str]) -> dict[str, Any]:
    """``{"a.b": "1"}`` as ``{"a": {"b": "1"}}``; what stands in the way of a dot gives way."""
    nested: dict[str, Any] = {}
    for name, value in fields.items():
        *path, last = name.split(".", _MOST_DOTS)
        inside = nested
        for step in path:
            below = inside.get(step)
            if not isinstance(below, dict):
                below = inside[step] = {}
            inside = below
        inside[last] = value
    return nested
