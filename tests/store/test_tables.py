"""What store keeps in the state database: counts, watermarks, many rows at once."""

from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest
from django.db import connection

from khachquen.base import InvariantError, to_micros
from khachquen.store import (
    add_counts,
    counts_by_outcome,
    db_time,
    load_next_event_id,
    load_watermarks,
    save_next_event_id,
    save_watermarks,
    update_rows,
    upsert_rows,
)
from khachquen.store.eventlog import Position
from khachquen.store.sqlite import use_safe_sqlite
from khachquen.store.watermarks import forget_streams
from khachquen.unify.models import Node, Profile
from tests.clock import START

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_counts_add_up_by_source_outcome_and_reason() -> None:
    add_counts(START, {(1, "stored", ""): 5, (1, "quarantined", "not_json"): 2})
    add_counts(START, {(1, "stored", ""): 3, (2, "stored", ""): 1})
    add_counts(START + HOUR, {(1, "stored", ""): 100})

    assert counts_by_outcome(START, START + HOUR) == {
        (1, "stored", ""): 8,
        (1, "quarantined", "not_json"): 2,
        (2, "stored", ""): 1,
    }
    assert counts_by_outcome(START, START + 2 * HOUR)[1, "stored", ""] == 108
    assert counts_by_outcome(START - HOUR, START) == {}


def test_each_stream_has_its_own_mark() -> None:
    assert load_watermarks() == {}
    save_watermarks({"web": Position(1, 8), "demo": Position(2, 100)})
    save_watermarks({"web": Position(3, 2**40)})
    assert load_watermarks() == {"web": Position(3, 2**40), "demo": Position(2, 100)}

    forget_streams(["demo", "never-there"])
    forget_streams([])
    assert load_watermarks() == {"web": Position(3, 2**40)}


def test_events_are_numbered_from_one_beside_the_marks() -> None:
    assert load_next_event_id() == 1
    save_next_event_id(2**40)
    assert load_next_event_id() == 2**40
    assert load_watermarks() == {}


COLUMNS = ("id", "key", "kind", "profile_id", "first_seen", "last_seen", "events", "human_events")
ALWAYS = ("is_vouched", "is_shared")  # columns without which there is no row


def test_rows_are_put_in_or_brought_up_to_date() -> None:
    def node(number: int, key: str, events: int, at: datetime) -> tuple[object, ...]:
        when = db_time(to_micros(at))
        return (number, key, "user", 1, when, when, events, 0, False, False)

    later = START + timedelta(days=1, microseconds=5)
    update = ("last_seen", "events")
    rows = [node(1, "user:hoa", 1, START), node(2, "user:Đặng 'x' \"y\" %s", 2, START)]
    upsert_rows(Node, (*COLUMNS, *ALWAYS), rows, key=("id",), update=update)
    upsert_rows(
        Node, (*COLUMNS, *ALWAYS), [node(1, "user:other", 9, later)], key=("id",), update=update
    )
    upsert_rows(Node, (*COLUMNS, *ALWAYS), [], key=("id",), update=update)

    fields = ("key", "first_seen", "last_seen", "events")
    assert list(Node.objects.order_by("id").values_list(*fields)) == [
        ("user:hoa", START, later, 9),
        ("user:Đặng 'x' \"y\" %s", START, START, 2),
    ]


def test_rows_are_changed_by_their_ids() -> None:
    for number in (1, 2):
        Profile.objects.create(id=number, first_seen=START, last_seen=START, events=10)

    update_rows(Profile, "events = events + %s, name = %s", [(5, "Hoa", 1), (7, "%s'", 2)])
    update_rows(Profile, "events = %s", [])

    assert list(Profile.objects.order_by("id").values_list("events", "name")) == [
        (15, "Hoa"),
        (17, "%s'"),
    ]


@pytest.mark.parametrize(
    "at", [START, START.replace(microsecond=1), datetime(1971, 1, 1, tzinfo=UTC)]
)
def test_a_time_written_in_bulk_is_the_time_django_reads(at: datetime) -> None:
    Profile.objects.create(id=1, first_seen=START, last_seen=START)
    update_rows(Profile, "last_seen = %s", [(db_time(to_micros(at)), 1)])

    assert Profile.objects.get().last_seen == at
    assert Profile.objects.filter(last_seen=at).exists()


@pytest.mark.only_on("sqlite")
def test_state_is_on_disk_when_a_transaction_returns() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)  # FULL
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
    assert connection.Database.sqlite_version_info >= (3, 51, 3)  # type: ignore[attr-defined]


class Sqlite(ModuleType):
    """A ``sqlite3`` of some version."""

    def __init__(self, *version: int) -> None:
        super().__init__("sqlite3")
        self.sqlite_version_info = version
        self.dbapi2 = ModuleType("dbapi2")


def test_an_affected_sqlite_is_replaced_by_the_bundled_one() -> None:
    modules: dict[str, ModuleType] = {"sqlite3": Sqlite(3, 40, 1)}

    assert use_safe_sqlite(modules) >= (3, 51, 3)
    assert modules["sqlite3"].__name__ == "pysqlite3"


def test_a_safe_sqlite_stays() -> None:
    mine = Sqlite(3, 53, 0)
    modules: dict[str, ModuleType] = {"sqlite3": mine}

    assert use_safe_sqlite(modules) == (3, 53, 0)
    assert modules["sqlite3"] is mine


def test_where_neither_is_safe_the_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khachquen.store.sqlite.pysqlite3", Sqlite(3, 51, 2))

    with pytest.raises(InvariantError, match="can lose committed writes in WAL mode") as refused:
        use_safe_sqlite({"sqlite3": Sqlite(3, 7, 0)})
    assert refused.value.hint is not None
    assert refused.value.hint.en == "Install pysqlite3 0.6.1 or newer."
