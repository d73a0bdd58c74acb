"""Places in a list, as opaque text."""

import base64
import binascii
from datetime import UTC, datetime

import msgspec

from khachquen.base import InputError, Text
from khachquen.understand.timelines import Place


class _Cursor(msgspec.Struct, array_like=True, frozen=True):
    at: datetime
    event_id: int


def write_place(place: Place) -> str:
    """The cursor that leads to what comes after this place.

    >>> read_place(write_place(Place(datetime(2026, 1, 1, tzinfo=UTC), 7))).event_id
    7
    """
    raw = msgspec.json.encode(_Cursor(place.at, place.event_id))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_place(cursor: str) -> Place:
    """The place a cursor names.

    Raises:
        InputError: it is not one of ours (``api.bad_cursor``).
    """
    try:
        raw = base64.b64decode(
            cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True
        )
        found = msgspec.json.decode(raw, type=_Cursor)
        if found.at.tzinfo is None or not -(2**63) <= found.event_id < 2**63:
            raise ValueError(cursor)
        return Place(found.at.astimezone(UTC), found.event_id)
    except (ValueError, OverflowError, binascii.Error, msgspec.MsgspecError):
        raise _bad_cursor() from None


def read_number(cursor: str) -> int | None:
    """The row a cursor of a plain list names; None at the beginning.

    Raises:
        InputError: it is not one of ours (``api.bad_cursor``).
    """
    if cursor and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise _bad_cursor()
    return int(cursor) if cursor else None


def _bad_cursor() -> InputError:
    return InputError(
        "api.bad_cursor",
        Text(vi="Vị trí trang không đọc được.", en="The cursor cannot be read."),
        path="query.cursor",
        hint=Text(
            vi="Dùng nguyên next_cursor của trang trước, hoặc bỏ cursor để về đầu.",
            en="Use next_cursor of the page before as it is, or leave it out to start.",
        ),
    )
