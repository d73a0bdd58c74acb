"""A reader with tables of its own beside the views: what segments are worked out on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from khachquen.store.engine.duck import VIEWS, LakeReader, failed
from khachquen.store.engine.question import Question

_FOLDER = Path(__file__).parent / "touched"
_TABLES = {
    name: (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("people", "events", "orders")
}
_NOBODY = "(SELECT false AS gone, * FROM people WHERE false)"
_STRANGER = """
INSERT INTO touched_people BY NAME
SELECT 0 AS profile_id, false AS is_known, 0 AS events, 0 AS orders, 0 AS spent_minor
"""
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom the touched tables are about.

    ``fresh`` is a file of people that need not be listed, ``others`` are read as listed; ``nodes``
    are the identifiers of all of them (``node_id``, ``profile_id``), ``orders`` their orders
    (``source_id``, ``number``).
    """

    fresh: Path | None
    others: NDArray[np.int64]
    nodes: Arrays
    orders: Arrays


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
        self.put("touched_order_keys", touched.orders)
        fresh = f"read_parquet('{_quoted(touched.fresh)}')" if touched.fresh else _NOBODY
        self._make("people", fresh=fresh)
        self._make("events")
        self._make("orders", orders=VIEWS["orders"])

    def load_stranger(self) -> None:
        """The touched tables, about one made-up person who has the number 0 and did nothing."""
        nobody = np.zeros(0, dtype=np.int64)
        none = np.zeros(0, dtype=object)
        nodes = {"node_id": nobody, "profile_id": nobody}
        self.load(Touched(None, nobody, nodes, {"source_id": nobody, "number": none}))
        self.put("touched_memberships", {"segment_id": nobody, **nodes, "is_in": nobody > 0})
        self._run("touched.stranger", lambda desk: desk.execute(_STRANGER).fetchall())

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


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
