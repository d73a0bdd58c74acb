"""Rows of a Parquet file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from khachquen.collect.importing import duck
from khachquen.collect.importing.sheets import Cells, Report

_SOURCE = "read_parquet(?, file_row_number = true)"
_ROW = "file_row_number + 1"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL",
            "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")  # fmt: skip
_TIMES = ("DATE", "TIMESTAMP")


class ParquetSheet:
    """A Parquet file; its first row is number 1."""

    def __init__(self, path: Path, scratch: Path):
        # read through a link of our own: a name such as ``a*.parquet`` is a pattern to DuckDB
        self._path = scratch / "source.parquet"
        self._path.symlink_to(path.resolve())
        self._connection = duck.open_only(self._path, scratch)
        columns = duck.describe(self._connection, "read_parquet(?)", self._path)
        self.header = tuple(name for name, _ in columns)
        kinds = [kind for _, kind in columns]
        self.numeric = frozenset(i for i, kind in enumerate(kinds) if kind.startswith(_NUMBERS))
        self.timed = frozenset(i for i, kind in enumerate(kinds) if kind.startswith(_TIMES))

    def rows(self, columns: Sequence[int], report: Report) -> Iterator[tuple[int, Cells]]:
        """See ``Sheet.rows``."""
        cells = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in self._names(columns))
        query = f"SELECT {_ROW}, [{cells}] FROM {_SOURCE}"  # noqa: S608 - quoted names only
        return duck.fetch(self._connection, query, [str(self._path)])

    def grouped(
        self, columns: Sequence[int], by: int, report: Report
    ) -> Iterator[tuple[str, int, Cells]]:
        """See ``Sheet.grouped``."""
        [key] = self._names([by])
        query = duck.grouped_query(_SOURCE, _ROW, key, self._names(columns))
        return duck.fetch(self._connection, query, [str(self._path)])

    def _names(self, columns: Sequence[int]) -> list[str]:
        return [duck.quote(self.header[index]) for index in columns]
