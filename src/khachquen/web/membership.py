"""Who belongs to a segment, page by page, and the place a page begins at as part of an address."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from khachquen import store
from khachquen.base import InputError, Text, system_clock
from khachquen.understand.query import Catalogue, compile_list
from khachquen.understand.query.rule import SegmentOf
from khachquen.understand.query.sorting import Place
from khachquen.web.measuring import as_utc

PAGE = 50


class _Cursor(msgspec.Struct, array_like=True, frozen=True):
    last_seen: datetime
    profile_id: int


@dataclass(frozen=True, slots=True)
class Members:
    """A page of people and where the next one begins."""

    rows: Sequence[Mapping[str, Any]]
    next_cursor: str = ""


def list_members(segment_id: int, *, limit: int, after: Place | None = None) -> Members:
    """The members seen last first, as of the last refresh."""
    question = compile_list(
        SegmentOf(segment_id),
        Catalogue({}, {}),
        now=system_clock(),
        timezone="UTC",
        after=after,
        limit=limit + 1,
    )
    rows = store.ask(question).dicts()
    people = [{**row, "last_seen": as_utc(row["last_seen"])} for row in rows[:limit]]
    more = len(rows) > limit
    return Members(people, _write(rows[limit - 1]) if more else "")


def _write(row: Mapping[str, Any]) -> str:
    raw = msgspec.json.encode(_Cursor(row["sort_key"], row["profile_id"]))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_cursor(told: str) -> Place | None:
    """The place an address names; None at the beginning.

    Raises:
        InputError: it is not one of ours (``segments.bad_cursor``).
    """
    if not told:
        return None
    try:
        raw = base64.b64decode(told.encode("ascii") + b"=" * (-len(told) % 4), b"-_", validate=True)
        found = msgspec.json.decode(raw, type=_Cursor)
        if found.last_seen.tzinfo is not None or not 0 <= found.profile_id < 2**63:
            raise ValueError(told)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise InputError(
            "segments.bad_cursor",
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
    return Place(found.last_seen, found.profile_id)
