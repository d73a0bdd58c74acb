"""Keyset pages: a page is found by the row it follows, so page 10,000 costs what page 1 costs."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from khachquen.base import InputError, Text


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of the order."""

    column: str
    descending: bool = False


def ordering(keys: Sequence[SortKey], *, backwards: bool) -> list[str]:
    """What to order by, to read forwards or backwards from a place."""
    return [f"{'-' if key.descending != backwards else ''}{key.column}" for key in keys]


def beyond(keys: Sequence[SortKey], values: Sequence[Any], *, backwards: bool) -> Q:
    """The rows that come after the place ``values``, in this order and direction."""
    wanted = Q()
    same = Q()
    for number, (key, value) in enumerate(zip(keys, values, strict=True)):
        step = "lt" if key.descending != backwards else "gt"
        wanted |= same & Q(**{f"{key.column}__{step}": value})
        if number == 0:
            # lets the database start inside its index
            bound = Q(**{f"{key.column}__{step}e": value})
        same &= Q(**{key.column: value})
    return bound & wanted


def write_cursor(sort: str, values: Sequence[Any], *, backwards: bool) -> str:
    """A place in a list, as opaque text for an address."""
    plain = [v.isoformat() if isinstance(v, datetime) else v for v in values]
    raw = json.dumps([sort, int(backwards), plain], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_cursor(cursor: str, sort: str, sample: Sequence[type]) -> tuple[list[Any], bool]:
    """The place and direction a cursor names.

    Raises:
        InputError: not a cursor of this list in this order (code ``profiles.bad_cursor``).
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        said_sort, backwards, plain = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        values = [_typed(value, kind) for value, kind in zip(plain, sample, strict=True)]
        if said_sort != sort:
            raise ValueError
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise InputError(
            "profiles.bad_cursor",
            Text(
                vi="Vị trí trang này không đọc được.",
                en="This page position cannot be read.",
            ),
            path="cursor",
            hint=Text(
                vi="Bỏ tham số cursor để về trang đầu.",
                en="Leave out cursor to start at the first page.",
            ),
        ) from None
    return values, bool(backwards)


def _typed(value: Any, kind: type) -> Any:
    if kind is datetime:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError("a place in time needs its zone")
        return at
    if kind is int and not -(2**63) <= value < 2**63:
        raise ValueError("beyond what a database counts")
    if type(value) is not kind:
        raise ValueError("not this list's cursor")
    return value
