"""The tables a matching run works on, in a DuckDB of its own that is thrown away afterwards."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from khachquen.unify.matching.blocking import EVERYBODY_ALONE, Blocking, choose_rules
from khachquen.unify.matching.comparisons import COMPARISONS, Comparison, comparisons_over
from khachquen.unify.matching.model import Model
from khachquen.unify.matching.records import RECORD_COLUMNS
from khachquen.unify.matching.statements import held_sql, levels_sql, sided, statement, weight_sql

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_PART = 200_000  # records, of 1 kB each
COMPARED = (*RECORD_COLUMNS, "full_name")
FREQUENT = tuple(sorted({level.frequency_of for one in COMPARISONS for level in one.levels} - {""}))
_SURE = (
    "given IS NOT NULL AND family IS NOT NULL"
    " AND coalesce(phone, email, id_number) IS NOT NULL AND source IS NULL"
)


class Workbench:
    """One run's records, blocks and pairs. Statements go in one at a time and are read whole."""

    def __init__(self, *, threads: int, memory: str):
        self._folder = tempfile.TemporaryDirectory(prefix="khachquen-matching-")
        self.folder = Path(self._folder.name)
        self.connection = duckdb.connect(
            config={
                "threads": threads,
                "memory_limit": memory,
                "temp_directory": str(self.folder / "spill"),
                "preserve_insertion_order": False,
            }
        )
        self._threads = threads

    def close(self) -> None:
        """Let go of the memory and the files."""
        self.connection.close()
        self._folder.cleanup()

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """What a statement answers, whole."""
        rows: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        return rows

    def count(self, table: str) -> int:
        """The rows of one of our tables."""
        return int(self.run(f"FROM {table} SELECT count(*)")[0][0])

    def load(self, lines: Iterable[str]) -> int:
        """Rows as ``write_line`` makes them; how many they were."""
        file = self.folder / "rows.tsv"
        with file.open("w", encoding="utf-8") as out:
            out.writelines(lines)
        types = {"row_number": "INTEGER", "source": "VARCHAR"}
        types |= dict.fromkeys(RECORD_COLUMNS, "VARCHAR")
        listed = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
        self.run(statement("load", file=str(file), types=listed))
        file.unlink()
        return self.count("row_of")

    def find_filled(self, *, least: float) -> set[str]:
        """The columns that at least such a share of the rows fill."""
        counts = ", ".join(f"count({column})" for column in RECORD_COLUMNS)
        rows, *filled = self.run(statement("filled", counts=counts))[0]
        return {
            name
            for name, count in zip(RECORD_COLUMNS, filled, strict=True)
            if count and count >= least * rows
        }

    def list_comparisons(self, *, least: float) -> tuple[Comparison, ...]:
        """The comparisons over fields that at least such a share of the rows fill."""
        return comparisons_over(self.find_filled(least=least))

    def prepare_lesson(self, *, most: int, seed: int) -> None:
        """The table ``lesson``: the rows weights are learned from."""
        self.run(statement("lesson", columns=", ".join(COMPARED), seed=seed, most=most))

    def group(self) -> int:
        """Rows that say exactly the same become one record; how many records there are."""
        self.run(statement("member", columns=", ".join(RECORD_COLUMNS), sure=_SURE))
        return int(self.run("FROM member SELECT count(DISTINCT id)")[0][0])

    def prepare_records(self, model: Model) -> None:
        """The table ``record``, each value with how rare it is."""
        rarities, joins = "", ""
        for name in FREQUENT:
            start = model.smoothing * _start_of(name)
            self.run(statement("frequency", name=name, start=start, imagined=model.smoothing))
            rarities += f", rarity_{name}"
            joins += f" LEFT JOIN frequency_of_{name} USING ({name})"
        columns = ", ".join(("source", *COMPARED))
        self.run(statement("record", columns=columns, rarities=rarities, joins=joins))
        for name in FREQUENT:
            self.run(f"DROP TABLE frequency_of_{name}")

    def block(self, *, budget: int, everybody_below: int, largest: int) -> Blocking:
        """The table ``pair``: who is compared with whom."""

        def weigh(keys: str) -> tuple[int, int]:
            ((pairs, too_big),) = self.run(statement("weigh", keys=keys, largest=largest))
            return pairs, too_big

        records = self.count("record")
        blocking = choose_rules(records, weigh, budget=budget, everybody_below=everybody_below)
        if blocking.rules == EVERYBODY_ALONE:
            largest = everybody_below
        keys = blocking.keys_sql("record") if blocking.rules else "SELECT 0 AS key, 0 AS id"
        self.run(statement("key_of", keys=keys))
        self.run(statement("block", largest=largest))
        self.run("DROP TABLE key_of")
        self.run(statement("pair"))
        self.run(statement("other_list"))
        return blocking

    def score(
        self, model: Model, *, pairs: str = "pair", into: str = "scored", more: str = ""
    ) -> None:
        """A table with what the model says of each pair of a table, in bits and without a prior.

        The left records are taken a part at a time: both sides at once do not fit beside the rest.
        """
        records = self.count("row_of")
        sql = score_sql(model, pairs=pairs, more=more)
        held = ", held BOOLEAN" if more else ""
        columns = "l INTEGER, r INTEGER, weight DOUBLE" + held
        self.run(statement("scored", into=into, columns=columns))
        for start in range(0, max(records, 1), _PART):
            values = [start, start + _PART - 1]
            self.connection.execute(
                statement("score_more", into=into, score=sql), values
            ).fetchall()

    def read_histogram(self) -> list[tuple[float, int]]:
        """How many pairs have which weight, to a tenth of a bit."""
        return self.run("FROM scored SELECT round(weight, 1), count(*) GROUP BY 1 ORDER BY 1")

    def read_scored(self, *, at_least: float) -> list[tuple[int, int, float]]:
        """The pairs that reach a weight, in order."""
        self.connection.execute("FROM scored WHERE weight >= $1 ORDER BY l, r", [at_least])
        rows: list[tuple[int, int, float]] = self.connection.fetchall()
        return rows

    def read_members(self) -> list[int]:
        """For each row, in order, the record it became part of."""
        return [record for (record,) in self.run("FROM member SELECT id ORDER BY row_number")]

    def read_blocks(self) -> tuple["npt.NDArray[np.uint64]", "npt.NDArray[np.int32]"]:
        """The blocks as two columns, sorted by key: the key, a record in it."""
        found = self.connection.execute("FROM block SELECT key, id ORDER BY key, id").fetchnumpy()
        return found["key"], found["id"]

    def read_sizes(self) -> dict[int, int]:
        """How many rows a record stands for, where they are several."""
        return dict(self.run("FROM member SELECT id, count(*) GROUP BY id HAVING count(*) > 1"))

    def read_inner(
        self, components: Sequence[Sequence[int]], model: Model, *, completed_to: int
    ) -> list[tuple[int, int, float, bool]]:
        """What the model says of the pairs within components, in order, and whether one is held.

        Pairs that no block held are compared here, for a conflict counts wherever it is; in
        components of more than ``completed_to`` records only those compared already are given.
        """
        file = self.folder / "component.tsv"
        with file.open("w", encoding="ascii") as out:
            for number, component in enumerate(components):
                out.writelines(f"{number}\t{node}\t{len(component)}\n" for node in component)
        self.run(statement("component", file=str(file)))
        file.unlink()
        self.run(statement("inner", completed_to=completed_to))
        self.score(model, pairs="inner_pair", into="inner_scored", more=held_column(model))
        return self.run("FROM inner_scored ORDER BY l, r")

    def count_true_pairs(self, people: Sequence[int], *, at_least: float) -> tuple[int, int, int]:
        """Of pairs of rows: true and compared, true and scored so high, scored so high.

        ``people`` says whose each row truly is.
        """
        file = self.folder / "truth.tsv"
        with file.open("w", encoding="ascii") as out:
            out.writelines(f"{row}\t{person}\n" for row, person in enumerate(people))
        self.run(statement("truth", file=str(file)))
        file.unlink()
        compared, right, claimed = self.connection.execute(
            statement("true_pairs"), [at_least]
        ).fetchall()[0]
        return compared, right, claimed

    def end_lesson(self) -> None:
        """All threads again, and the memory of what was only for learning."""
        self.run(f"SET threads = {self._threads:d}")
        for (name,) in self.run(statement("left_over")):
            self.run(f'DROP TABLE "{name}"')

    def write_pairs(self, pairs: Sequence[tuple[int, int]], *, into: str) -> None:
        """A table of pairs made here."""
        file = self.folder / "pairs.tsv"
        with file.open("w", encoding="ascii") as out:
            out.writelines(f"{left}\t{right}\n" for left, right in pairs)
        self.run(statement("wanted", name=into, file=str(file)))
        file.unlink()


def held_column(model: Model) -> str:
    """The column that says whether a pair is held back."""
    return f", {held_sql(model)} AS held"


def score_sql(model: Model, *, pairs: str, more: str = "") -> str:
    """The weight of each pair of a table, and more columns."""
    used = {column for one in model.comparisons for column in one.columns} | {"full_name"}
    columns = ["id", *(column for column in COMPARED if column in used)]
    rarities = [f"rarity_{name}" for name in FREQUENT if name in used]
    return statement(
        "score",
        weight=weight_sql(model),
        more=more,
        pairs=pairs,
        left=sided([*columns, *rarities], "l"),
        right=sided(columns, "r"),
    )


def likeness_sql(model: Model, *, pairs: str) -> str:
    """The number of the level each comparison is on, for each pair."""
    return statement(
        "likeness",
        levels=levels_sql(model.comparisons),
        pairs=pairs,
        left=sided(("id", *COMPARED), "l"),
        right=sided(("id", *COMPARED), "r"),
    )


def _start_of(column: str) -> float:
    """How often two people have a value in common, as long as the data have not said."""
    return next(
        level.u for one in COMPARISONS for level in one.levels if level.frequency_of == column
    )
