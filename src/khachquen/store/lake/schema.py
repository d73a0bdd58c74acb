"""What a row of the lake holds. The schema has a version; files of every version stay readable."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

SCHEMA_VERSION = 4


class RefusalRow(msgspec.Struct):
    """One message that did not become an event, with its outcome and reason.

    A quarantined one is whole, with what its request said for it, so that it can be taken in again;
    of a duplicate there is the event that came first, and its own words if those were different.
    """

    message_id: str
    source_id: int
    outcome: str
    reason: str
    path: str
    received_at: int
    payload: str
    place: str = ""
    duplicate_of: int | None = None
    protocol: str = "segment"
    trusted: bool = False
    ip: str | None = None
    user_agent: str | None = None
    sent_at: str | None = None
    context: str | None = None
    do_not_track: bool = False


class MoveRow(msgspec.Struct):
    """An identifier with events belongs to another person now, with all its events.

    Of several rows about one node the one with the highest ``seq`` stands: the number of the
    commit that listed it. ``was`` is whose it was before; rows of long ago do not say.
    """

    node_id: int
    profile_id: int
    seq: int
    at: int
    was: int | None = None


class RedriveRow(msgspec.Struct):
    """A quarantined message was taken in again: what became of it, and which event it is now.

    ``stream`` is the request it was asked for by. Where it turned out to be a duplicate,
    ``event_id`` is of the event that came first.
    """

    place: str
    message_id: str
    outcome: str
    reason: str
    event_id: int | None
    at: int
    stream: str


class MembershipRow(msgspec.Struct):
    """Somebody entered a segment (``is_in``) or left it, when and by what.

    Of several rows about one person and segment the one with the highest ``seq`` stands: the number
    of the commit that listed it.
    """

    segment_id: int
    profile_id: int
    is_in: bool
    at: int
    cause: str
    seq: int


CAUSES = ("event", "time", "merge", "rule", "trait", "manual")
"""By what somebody enters or leaves a segment."""
PEOPLE = {
    "profile_id": "BIGINT",
    "seq": "BIGINT",
    "gone": "BOOLEAN",
    "mirrored_at": "BIGINT",
    "name": "VARCHAR",
    "phone": "VARCHAR",
    "email": "VARCHAR",
    "name_key": "VARCHAR",
    "search": "VARCHAR",
    "is_known": "BOOLEAN",
    "first_seen": "BIGINT",
    "last_seen": "BIGINT",
    "events": "BIGINT",
    "orders": "BIGINT",
    "spent_minor": "BIGINT",
    "first_order_at": "BIGINT",
    "last_order_at": "BIGINT",
    "household_id": "BIGINT",
    "household_size": "BIGINT",
    "is_household_head": "BOOLEAN",
    "may_send": "VARCHAR[]",
    "consents": "VARCHAR[]",
    "suppressed": "VARCHAR[]",
}
"""The columns of a person that every installation has; one a trait stands beside them.

``name_key`` sorts names, ``search`` is what a person is found by, as ``unify.profiles`` has them.

A person has a row for each time they were mirrored; the highest ``seq`` stands. ``gone`` are those
who became part of another, or are no more.
"""
TIMES = frozenset(
    {
        "at",
        "received_at",
        "mirrored_at",
        "first_seen",
        "last_seen",
        "first_order_at",
        "last_order_at",
    }
)


def _columns_of(row: type[msgspec.Struct]) -> dict[str, str]:
    return {name: _TYPES.get(name, "VARCHAR") for name in row.__struct_fields__}


_TYPES = {
    **dict.fromkeys(("source_id", "event_id", "duplicate_of"), "BIGINT"),
    **dict.fromkeys(("node_id", "profile_id", "seq", "was"), "BIGINT"),
    **dict.fromkeys(TIMES, "BIGINT"),
    "segment_id": "BIGINT",
    **dict.fromkeys(("trusted", "do_not_track", "is_in"), "BOOLEAN"),
}
_LINES = (
    "STRUCT(sku VARCHAR, name VARCHAR, category VARCHAR,"
    " quantity BIGINT, price_minor BIGINT, amount_minor BIGINT)[]"
)


class EventColumn(NamedTuple):
    """Its type, and where it stands in an event's line if not under its own name."""

    kind: str
    path: str = ""


EVENT_COLUMNS: dict[str, EventColumn] = {
    "event_id": EventColumn("BIGINT"),
    "message_id": EventColumn("VARCHAR"),
    "source_id": EventColumn("BIGINT"),
    "trusted": EventColumn("BOOLEAN"),
    "type": EventColumn("VARCHAR"),
    "name": EventColumn("VARCHAR"),
    "at": EventColumn("BIGINT"),
    "received_at": EventColumn("BIGINT"),
    "node_id": EventColumn("BIGINT"),
    "profile_id": EventColumn("BIGINT"),
    "anonymous_id": EventColumn("VARCHAR"),
    "user_id": EventColumn("VARCHAR"),
    "page_url": EventColumn("VARCHAR", "page.url"),
    "page_path": EventColumn("VARCHAR", "page.path"),
    "page_title": EventColumn("VARCHAR", "page.title"),
    "referrer": EventColumn("VARCHAR", "page.referrer"),
    "utm_source": EventColumn("VARCHAR", "arrival.source"),
    "utm_medium": EventColumn("VARCHAR", "arrival.medium"),
    "utm_campaign": EventColumn("VARCHAR", "arrival.campaign"),
    "ip": EventColumn("VARCHAR"),
    "user_agent": EventColumn("VARCHAR"),
    "order_number": EventColumn("VARCHAR", "order.number"),
    "currency": EventColumn("VARCHAR", "order.currency"),
    "total_minor": EventColumn("BIGINT", "order.total_minor"),
    "units": EventColumn("BIGINT", "order.units"),
    "lines": EventColumn(_LINES, "order.lines"),
    "properties": EventColumn("VARCHAR"),
    "traits": EventColumn("VARCHAR"),
    "context": EventColumn("VARCHAR"),
    "place": EventColumn("VARCHAR"),
    "previous_id": EventColumn("VARCHAR"),
    "group_id": EventColumn("VARCHAR"),
    "clamped": EventColumn("BOOLEAN"),
    "device": EventColumn("VARCHAR", "client.device"),
    "device_model": EventColumn("VARCHAR", "client.model"),
    "os": EventColumn("VARCHAR", "client.os"),
    "browser": EventColumn("VARCHAR", "client.browser"),
    "in_app": EventColumn("VARCHAR", "client.in_app"),
    "robot": EventColumn("VARCHAR", "client.robot"),
    "robot_kind": EventColumn("VARCHAR", "client.robot_kind"),
    "channel": EventColumn("VARCHAR", "arrival.channel"),
    "came_from": EventColumn("VARCHAR", "arrival.came_from"),
    "utm_term": EventColumn("VARCHAR", "arrival.term"),
    "utm_content": EventColumn("VARCHAR", "arrival.content"),
    "click_kind": EventColumn("VARCHAR", "arrival.click_kind"),
    "click_id": EventColumn("VARCHAR", "arrival.click_id"),
}
"""The columns of an event.

``node_id`` never changes; ``profile_id`` is what the map said at the time. ``place`` is where the
message stood in the event log; ``clamped``, that its time was cut to the arrival. ``properties``,
``traits`` and ``context`` are JSON text. The columns from ``device`` on are what enrichment found
out (``collect/enrichment``).
"""

COLUMNS: dict[str, dict[str, str]] = {
    "events": {name: column.kind for name, column in EVENT_COLUMNS.items()},
    "refusals": _columns_of(RefusalRow),
    "moves": _columns_of(MoveRow),
    "redrives": _columns_of(RedriveRow),
    "memberships": _columns_of(MembershipRow),
    "people": PEOPLE,
}
"""Dataset → column → its type in a line (times are whole microseconds there)."""


class Reading(NamedTuple):
    """How DuckDB reads the lines of a dataset: key → type, and what it selects of them."""

    keys: Mapping[str, str]
    selection: str


def reading_of(dataset: str, more: Mapping[str, str]) -> Reading:
    """Lines become rows: nested keys become columns, whole microseconds become times.

    ``more`` columns are read under their own names, whatever those are.
    """
    columns = COLUMNS[dataset]
    paths = {name: _path(dataset, name) for name in columns}
    told = [
        f'make_timestamp({_quoted(path)}) AS "{name}"'
        if name in TIMES
        else f'{_quoted(path)} AS "{name}"'
        for name, path in paths.items()
    ]
    return Reading(
        keys=_nested({paths[name]: kind for name, kind in columns.items()}) | dict(more),
        selection=", ".join((*told, *(quote_name(name) for name in more))),
    )


def quote_name(name: str) -> str:
    """A column's name as DuckDB takes any name.

    >>> quote_name('trait:5" màn hình')
    '"trait:5"" màn hình"'
    """
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _path(dataset: str, column: str) -> str:
    return (dataset == "events" and EVENT_COLUMNS[column].path) or column


def _quoted(path: str) -> str:
    return ".".join(f'"{part}"' for part in path.split("."))


def _nested(kinds: Mapping[str, str]) -> dict[str, str]:
    """``page.url`` VARCHAR and ``page.path`` VARCHAR are one key, ``page``, of type STRUCT."""
    structs: dict[str, list[str]] = defaultdict(list)
    for path, kind in kinds.items():
        outer, _, inner = path.partition(".")
        structs[outer].append(f'"{inner}" {kind}' if inner else kind)
    return {
        outer: f"STRUCT({', '.join(parts)})" if outer not in kinds else parts[0]
        for outer, parts in structs.items()
    }


# "at" is a word of DuckDB's grammar, hence the quotes.
SORTED_BY = {
    # Orders are few of the rows, and asked for by themselves: together at the front of a file,
    # whoever asks for them skips the rest.
    "events": 'order_number IS NULL, profile_id, "at", event_id',
    "refusals": "received_at",
    "moves": "node_id, seq",
    "redrives": "place",
    "memberships": "segment_id, profile_id, seq",
    "people": "profile_id, seq",
}
TIME_COLUMN = {
    "events": '"at"',
    "refusals": "received_at",
    "moves": '"at"',
    "redrives": '"at"',
    "memberships": '"at"',
    "people": "mirrored_at",
}


def stored_columns(dataset: str) -> dict[str, str]:
    """Column → its type inside the Parquet files: as read, but times are TIMESTAMP in UTC."""
    return {name: "TIMESTAMP" if name in TIMES else kind for name, kind in COLUMNS[dataset].items()}
