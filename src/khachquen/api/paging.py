"""Places in a list, as opaque text."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar

import msgspec

from khachquen.base import InputError, Text
from khachquen.understand.timelines import Place

Row = TypeVar("Row")


class Asked(Protocol):
    """Which page of a plain list: what every such question has."""

    @property
    def cursor(self) -> str: ...
    @property
    def limit(self) -> int: ...


def read_page(
    asked: Asked,
    read: Callable[[int | None, int], Sequence[Row]],
    *,
    number_of: Callable[[Row], int],
) -> tuple[Sequence[Row], str]:
    """The rows of one page, and the cursor of the next; "" on the last page.

    ``read`` gives so many rows behind the row of a number, or from the beginning without one; one
    more than is shown is asked for, so that nobody is sent to an empty page.

    Raises:
        InputError: the cursor is not one of ours (``api.bad_cursor``).
    """
    rows = read(read_number(asked.cursor), asked.limit + 1)
    shown = rows[: asked.limit]
    return shown, str(number_of(shown[-1])) if len(rows) > asked.limit else ""


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
