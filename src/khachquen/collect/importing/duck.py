"""A DuckDB that can read one file, and the queries rows are read with.

Crafted files are the danger here, so before anything is opened the connection loses its way to
every other file, to the network and to extensions, and its settings are locked.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from khachquen.base import InputError, Text

_FETCH = 10_000
_WHOLE_FLOAT = r"^(\d+)\.0*$"
_Row = tuple[Any, ...]


def open_only(file: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that can read ``file`` and spill into ``scratch``, nothing else."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": "256MB",
            "threads": 1,
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    connection.execute("SET TimeZone = 'UTC'").fetchall()
    connection.execute("SET allowed_paths = ?", [[str(file)]]).fetchall()
    connection.execute("SET enable_external_access = false").fetchall()
    connection.execute("SET lock_configuration = true").fetchall()
    return connection


def describe(connection: duckdb.DuckDBPyConnection, source: str, file: Path) -> list[_Row]:
    """(name, type) of each column.

    Raises:
        InputError: DuckDB cannot read the file.
    """
    try:
        # ``source`` is one of the constants of this package, never text from a file
        query = f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {source})"  # noqa: S608
        return connection.execute(query, [str(file)]).fetchall()
    except duckdb.Error as error:
        raise cannot_read(error) from None


def fetch(
    connection: duckdb.DuckDBPyConnection, query: str, params: Sequence[str]
) -> Iterator[_Row]:
    """The rows of a query, a few thousand at a time.

    Raises:
        InputError: the file turns out to be broken.
    """
    cursor = connection.cursor()
    try:
        cursor.execute(query, list(params))
        while rows := cursor.fetchmany(_FETCH):
            yield from rows
    except duckdb.Error as error:
        raise cannot_read(error) from None
    finally:
        cursor.close()


def grouped_query(source: str, row: str, key: str, columns: Sequence[str]) -> str:
    """Rows with their key first, all rows of one key together, keys by their first row."""
    cells = ", ".join(f"coalesce(CAST({column} AS VARCHAR), '')" for column in columns)
    tidy = f"trim(nfc_normalize(coalesce(CAST({key} AS VARCHAR), '')))"
    return (
        f"WITH keyed AS (SELECT regexp_replace({tidy}, '{_WHOLE_FLOAT}', '\\1') AS key,"  # noqa: S608
        f" {row} AS number, [{cells}] AS cells FROM {source})"
        " SELECT key, number, cells FROM keyed"
        " ORDER BY min(number) OVER (PARTITION BY key), number"
    )


def quote(name: str) -> str:
    """A column name as an SQL identifier, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


def cannot_read(error: duckdb.Error) -> InputError:
    """The error for a file DuckDB gave up on; its own words may hold data, so only their kind."""
    kind = type(error).__name__
    return InputError(
        "import.cannot_read",
        Text(
            vi=f"Tệp bị hỏng hoặc không đọc được ({kind}).",
            en=f"The file is broken or cannot be read ({kind}).",
        ),
    )
