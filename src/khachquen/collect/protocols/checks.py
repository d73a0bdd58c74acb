"""What no message may hold, whatever its protocol, and what a decoder's complaint means."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

import msgspec

from khachquen.collect.event.reasons import Reason
from khachquen.collect.protocols.message import NotUnderstoodError

MAX_DEPTH = 100


def check_text(raw: bytes, path: str) -> None:
    """Refuse a real NUL, which databases cannot keep, and nesting no step should have to follow."""
    if b"\\u0000" not in raw and raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return
    try:
        level = [msgspec.json.decode(raw)]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return  # said better by whoever reads it next
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise NotUnderstoodError(Reason.TOO_DEEP, path)
        if any(isinstance(value, str) and "\0" in value for value in level):
            raise NotUnderstoodError(Reason.NUL_CHARACTER, path)
        level = [below for value in level for below in _inside(value)]


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return chain(value, value.values())
    return value if isinstance(value, list) else ()


def from_validation(text: str) -> NotUnderstoodError:
    """msgspec ends its sentences with the path: "Expected `str`, got `int` - at `$.event`"."""
    _, _, path = text.rpartition(" - at ")
    path = path.strip("`").replace("[...]", "") if " - at " in text else "$"
    if "out of range" in text:
        return NotUnderstoodError(Reason.NUMBER_OUT_OF_RANGE, path)
    if path == "$" and "Expected `object`" in text:
        return NotUnderstoodError(Reason.NOT_AN_OBJECT)
    return NotUnderstoodError(Reason.WRONG_TYPE, "$.type" if "field `type`" in text else path)


def from_syntax(raw: bytes, text: str) -> NotUnderstoodError:
    if re.search(rb"\\u[dD][89a-fA-F]", raw) or "surrogate" in text:
        return NotUnderstoodError(Reason.BAD_TEXT)
    return NotUnderstoodError(Reason.NOT_JSON)


def decode_inside(raw: bytes, path: str) -> Any:
    """JSON that stood as text inside a message, held to the same rules.

    Raises:
        NotUnderstoodError: what is wrong with it; ``path`` says where it stood.
    """
    try:
        check_text(raw, path)
        return msgspec.json.decode(raw)
    except msgspec.ValidationError as error:
        raise NotUnderstoodError(from_validation(str(error)).reason, path) from None
    except RecursionError:
        raise NotUnderstoodError(Reason.TOO_DEEP, path) from None
    except UnicodeDecodeError:
        raise NotUnderstoodError(Reason.BAD_TEXT, path) from None
    except msgspec.DecodeError as error:
        raise NotUnderstoodError(from_syntax(raw, str(error)).reason, path) from None


_ID_FIELDS = {"posthog": "uuid", "snowplow": "eid"}
_SALVAGE = {
    name: re.compile(rb'"' + name.encode() + rb'"\s*:\s*"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,200})"')
    for name in ("messageId", *_ID_FIELDS.values())
}


def salvage_id(raw: bytes, protocol: str = "segment") -> str | None:
    """The id of a message that could not be taken in, so that its sender can find it."""
    found = _SALVAGE[_ID_FIELDS.get(protocol, "messageId")].search(raw)
    return found.group(1).decode("ascii") if found else None
