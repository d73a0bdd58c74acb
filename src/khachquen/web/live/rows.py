"""What came in last as rows of the page: filtered, with people, sources and fates in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import QueryDict

from khachquen import store
from khachquen.base import from_micros, to_micros
from khachquen.collect import list_sources
from khachquen.understand.arrivals import OUTCOMES, Newest, Wanted, count_newer, newest
from khachquen.unify.profiles import list_profiles, people_of_nodes
from khachquen.web.fates import fate_of
from khachquen.web.measuring import as_utc

SHOWN = 50
LATE = timedelta(seconds=30)
"""How late a refusal may reach the lake and still be noticed; events are followed by number."""

_PEOPLE = 100
_CURSOR = re.compile(r"([0-9]{1,17})\.([0-9]{1,17})")


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to see of the stream; anything nobody knows was left out."""

    source_id: int | None = None
    outcome: str = ""
    name: str = ""
    who: str = ""

    @property
    def is_set(self) -> bool:
        """Whether it leaves anything out."""
        return self != Filter()

    def wanted(self, after: Newest | None = None) -> Wanted:
        """The same for the lake; a person's name stands for everybody it may be."""
        people = list_profiles(search=self.who, page_size=_PEOPLE, who="all") if self.who else None
        ids = tuple(row.id for row in people.rows) if people else ()
        return Wanted(
            source_id=self.source_id,
            outcome=self.outcome,
            name=self.name,
            holds=self.who,
            profile_ids=ids,
            after=after,
        )


def read_filter(query: QueryDict) -> Filter:
    """The filter an address holds."""
    source, outcome = query.get("source", ""), query.get("outcome", "")
    is_number = source.isascii() and source.isdecimal() and len(source) < 18
    return Filter(
        source_id=int(source) if is_number else None,
        outcome=outcome if outcome in OUTCOMES else "",
        name=query.get("name", "").strip()[:200],
        who=query.get("who", "").strip()[:200],
    )


def find_newest(now: datetime) -> Newest:
    """How far the lake reaches now; refusals of a moment ago may still be on their way."""
    return Newest(store.load_next_event_id() - 1, now - LATE)


def count_after(wanted: Wanted) -> tuple[int, Newest]:
    """How many came in after a place, and how far the lake reaches by now."""
    (row,) = store.ask(count_newer(wanted)).dicts()
    return row["stored"] + row["refused"], _newest_of(row, wanted.after or Newest())


def list_rows(wanted: Wanted, limit: int = SHOWN) -> list[dict[str, Any]]:
    """The newest rows, each with its key, its fate and the names of people and sources."""
    rows = store.ask(newest(wanted, limit=limit)).dicts()
    people = people_of_nodes(row["node_id"] for row in rows)
    names = {source.id: source.name for source in list_sources()}
    return [
        {
            **row,
            "key": _key(row),
            "received_at": as_utc(row["received_at"]),
            "micros": _micros(row),
            "fate": fate_of(row["outcome"], row["reason"]),
            "person": people.get(row["node_id"]),
            "source": names.get(row["source_id"], ""),
        }
        for row in rows
    ]


def write_cursor(place: Newest) -> str:
    """A place in the stream as the browser sends it back."""
    return f"{place.event_id}.{to_micros(place.refused_at) if place.refused_at else 0}"


def read_cursor(text: str) -> Newest | None:
    """The place a cursor names; None for anything else."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        return None
    event_id, refused_at = int(found[1]), int(found[2])
    return Newest(event_id, from_micros(refused_at) if refused_at else None)


def _newest_of(row: Mapping[str, Any], before: Newest) -> Newest:
    last: datetime | None = row["last_refusal"]
    refused_at = last.replace(tzinfo=UTC) if last else before.refused_at
    return Newest(row["last_event"] or before.event_id, refused_at)


def _key(row: Mapping[str, Any]) -> str:
    """What names a row for good, so that a browser never shows it twice."""
    if row["event_id"] is not None:
        return f"e{row['event_id']}"
    return f"{row['outcome']}:{row['place'] or row['message_id']}:{_micros(row)}"


def _micros(row: Mapping[str, Any]) -> int:
    return to_micros(row["received_at"].replace(tzinfo=UTC))
