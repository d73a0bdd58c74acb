"""What a row of the lake holds. The schema has a version; files of every version stay readable."""

import msgspec

SCHEMA_VERSION = 3


class LineRow(msgspec.Struct, frozen=True):
    """One order line, amounts in minor units."""

    sku: str
    name: str | None
    category: str | None
    quantity: int
    price_minor: int
    amount_minor: int


class EventRow(msgspec.Struct, omit_defaults=True):
    """One event. ``node_id`` never changes; ``profile_id`` is what the map said at the time.

    ``place`` is where its message stood in the event log; ``clamped``, that its time was cut to the
    arrival. Times are microseconds UTC; ``properties``, ``traits`` and ``context`` are JSON text.
    The columns from ``device`` on are what enrichment found out (``collect/enrichment``). Most are
    empty in most rows, and what is empty is not written out on the way into Parquet.
    """

    event_id: int
    message_id: str
    source_id: int
    trusted: bool
    type: str
    name: str | None
    at: int
    received_at: int
    node_id: int | None
    profile_id: int | None
    anonymous_id: str | None
    user_id: str | None
    page_url: str | None
    page_path: str | None
    page_title: str | None
    referrer: str | None
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    ip: str | None
    user_agent: str | None
    order_number: str | None
    currency: str | None
    total_minor: int | None
    units: int | None
    lines: tuple[LineRow, ...] | None
    properties: str
    traits: str
    context: str
    place: str = ""
    previous_id: str | None = None
    group_id: str | None = None
    clamped: bool | None = None
    device: str | None = None
    device_model: str | None = None
    os: str | None = None
    browser: str | None = None
    in_app: str | None = None
    robot: str | None = None
    robot_kind: str | None = None
    channel: str | None = None
    came_from: str | None = None
    utm_term: str | None = None
    utm_content: str | None = None
    click_kind: str | None = None
    click_id: str | None = None


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


class MergeRow(msgspec.Struct):
    """One person became part of another: events told under ``ended`` are ``survivor``'s now.

    Of several rows about one ``ended`` the one with the highest ``event_id`` stands.
    """

    ended: int
    survivor: int
    event_id: int
    at: int


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


_LINES = (
    "STRUCT(sku VARCHAR, name VARCHAR, category VARCHAR,"
    " quantity BIGINT, price_minor BIGINT, amount_minor BIGINT)[]"
)
_BIGINTS = (
    "event_id source_id node_id profile_id total_minor units ended survivor duplicate_of".split()
)
TIMES = frozenset({"at", "received_at"})


def _duckdb_type(column: str) -> str:
    if column in _BIGINTS or column in TIMES:
        return "BIGINT"
    if column in ("trusted", "do_not_track", "clamped"):
        return "BOOLEAN"
    return _LINES if column == "lines" else "VARCHAR"


COLUMNS: dict[str, dict[str, str]] = {
    "events": {name: _duckdb_type(name) for name in EventRow.__struct_fields__},
    "refusals": {name: _duckdb_type(name) for name in RefusalRow.__struct_fields__},
    "merges": {name: _duckdb_type(name) for name in MergeRow.__struct_fields__},
    "redrives": {name: _duckdb_type(name) for name in RedriveRow.__struct_fields__},
}
"""Dataset → column → the type its NDJSON is read as (times still as whole microseconds)."""

# "at" is a word of DuckDB's grammar, hence the quotes.
SORTED_BY = {
    "events": 'profile_id, "at", event_id',
    "refusals": "received_at",
    "merges": "ended, event_id",
    "redrives": "place",
}
TIME_COLUMN = {
    "events": '"at"',
    "refusals": "received_at",
    "merges": '"at"',
    "redrives": '"at"',
}


def stored_columns(dataset: str) -> dict[str, str]:
    """Column → its type inside the Parquet files: as read, but times are TIMESTAMP in UTC."""
    return {name: "TIMESTAMP" if name in TIMES else kind for name, kind in COLUMNS[dataset].items()}
