"""A reader with tables of its own beside the views: what segments are worked out on."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from khachquen.store.engine.duck import VIEWS, LakeReader, failed
from khachquen.store.engine.question import Question
from khachquen.store.lake.schema import quote_name

_FOLDER = Path(__file__).parent / "touched"
_TABLES = {
    name: (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("people", "events", "orders")
}
_NOBODY = "(SELECT false AS gone, * FROM people WHERE false)"
# Texts travel as one JSON text: an array of them takes a hundred times as long to register, and a
# list of them as a parameter as well.
_KEYS = """
CREATE OR REPLACE TEMP TABLE touched_order_keys AS
SELECT unnest(from_json($sources, '["BIGINT"]')) AS source_id,
    unnest(from_json($numbers, '["VARCHAR"]')) AS number
"""
_NO_ORDERS = "CREATE OR REPLACE TEMP TABLE touched_orders AS SELECT * FROM orders WHERE false"
_ALWAYS_READ = frozenset({"profile_id", "node_id"})
_STRANGER = (
    *(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM {view} WHERE false"  # noqa: S608
        for table, view in {
            "touched_people": "people",
            "touched_events": "human_events",
            "touched_orders": "orders",
            "touched_memberships": "memory.memberships",
        }.items()
    ),
    "INSERT INTO touched_people BY NAME"
    " SELECT 0 AS profile_id, false AS is_known, 0 AS events, 0 AS orders, 0 AS spent_minor",
)
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom the touched tables are about.

    ``fresh`` is a file of people that need not be listed, ``others`` are read as listed; ``nodes``
    are the identifiers of all of them (``node_id``, ``profile_id``), ``orders`` their orders
    by source and number; ``reads`` are the columns of each touched table questions will name,
    events before ``since`` (UTC, without a zone) are asked for by none of them.
    """

    fresh: Path | None
    others: NDArray[np.int64]
    nodes: Arrays
    orders: Sequence[tuple[int, str]]
    reads: Mapping[str, frozenset[str]]
    since: datetime | None = None


class LakeDesk(LakeReader):
    """A ``LakeReader`` for one thread, with the tables ``touched_people``, ``touched_events``,
    ``touched_orders`` and ``touched_memberships``, and a ``memberships`` of its own.

    They live in memory, hold what was last put there, and have the columns of the views.
    """

    _desk: duckdb.DuckDBPyConnection | None = None

    def see_newest(self) -> None:
        """The views show what is listed now."""
        self._up_to_date_cursor().close()

    def put(self, table: str, arrays: Arrays) -> None:
        """A table of these columns, in place of the one of that name."""
        self._run(f"put.{table}", lambda desk: self._put(desk, table, arrays))

    def load(self, touched: Touched) -> None:
        """The touched tables, about these people."""
        self.put("touched_nodes", touched.nodes)
        self.put("touched_others", {"profile_id": touched.others})
        sources, numbers = zip(*touched.orders, strict=True) if touched.orders else ((), ())
        told = {"sources": json.dumps(sources), "numbers": json.dumps(numbers)}
        self._run("touched.keys", lambda desk: desk.execute(_KEYS, told).fetchall())
        fresh = f"read_parquet('{_quoted(touched.fresh)}')" if touched.fresh else _NOBODY
        of_people = touched.reads.get("touched_people", frozenset()) | {"profile_id"}
        self._make("people", fresh=fresh, columns=", ".join(map(quote_name, sorted(of_people))))
        self._make(
            "events",
            unread=self._unread(touched.reads.get("touched_events", frozenset())),
            since=f"AND \"at\" >= TIMESTAMP '{touched.since}'" if touched.since else "",
        )
        if "touched_orders" in touched.reads:
            self._make("orders", orders=VIEWS["orders"])
        else:
            self._run("touched.orders", lambda desk: desk.execute(_NO_ORDERS).fetchall())

    def load_stranger(self) -> None:
        """The touched tables, about one made-up person who has the number 0 and did nothing."""
        for statement in _STRANGER:
            self._run("touched.stranger", partial(_execute, sql=statement))

    def ask_arrays(self, question: Question) -> Mapping[str, Any]:
        """The answer by column, as arrays; one with nothing in a row is masked there.

        Raises:
            KhachQuenError: the engine refused; carries the question's name, never its values.
        """
        found: Mapping[str, Any] = self._run(
            question.name,
            lambda desk: desk.execute(question.sql, dict(question.params)).fetchnumpy(),
        )
        return found

    def _unread(self, reads: frozenset[str]) -> str:
        kinds = self._columns["events"]
        empty = (name for name in kinds if name not in reads | _ALWAYS_READ)
        return "".join(f', NULL::{kinds[name]} AS "{name}"' for name in empty)

    def _make(self, table: str, **parts: str) -> None:
        sql = _TABLES[table]
        for name, text in parts.items():
            sql = sql.replace("{" + name + "}", text)
        self._run(f"touched.{table}", lambda desk: desk.execute(sql).fetchall())

    def _put(self, desk: duckdb.DuckDBPyConnection, table: str, arrays: Arrays) -> None:
        desk.register("told", dict(arrays))
        desk.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM told").fetchall()  # noqa: S608
        desk.unregister("told")

    def _run(self, name: str, work: Callable[[duckdb.DuckDBPyConnection], Any]) -> Any:
        if self._desk is None:
            self._desk = self._up_to_date_cursor()
        try:
            return work(self._desk)
        except duckdb.Error as error:
            raise failed(Question(name, ""), error) from error


def _execute(desk: duckdb.DuckDBPyConnection, sql: str) -> None:
    desk.execute(sql).fetchall()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
