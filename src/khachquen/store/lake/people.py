"""The files people are mirrored in: one base, and small newer ones laid over it.

Who stands in a newer file does not count in the base, so a reader takes the base as it is but for
the few who changed since. Newer files are joined eight at a time like all others, keeping the
newest row of each person; once they hold a quarter of the base, everything becomes the next base.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from khachquen.store.lake.writing import NewSegment, copy_to_parquet, open_writer

DATASET = "people"
_BASE = "base-"
LEAST_ROWS = 20_000
MOST_FILES = 60


class File(NamedTuple):
    """One of the files to be joined; ``path`` is below the lake folder."""

    path: str
    month: int
    level: int
    rows: int
    first_at: datetime
    last_at: datetime


def is_base(path: str) -> bool:
    """Whether a file of people is the base of the others.

    >>> is_base("people/month=202611/base-7.parquet"), is_base("people/month=202611/7.parquet")
    (True, False)
    """
    return path.rpartition("/")[2].startswith(_BASE)


def merge_people(lake: Path, files: Sequence[File], label: str, level: int) -> NewSegment:
    """The newest row of each person; a base has no row of those who are gone."""
    becomes_base = any(is_base(file.path) for file in files) or _is_large(files)
    month = max(file.month for file in files)
    path = f"{DATASET}/month={month}/{_BASE if becomes_base else ''}{label}.parquet"
    names = ", ".join("'" + str(lake / file.path).replace("'", "''") + "'" for file in files)
    newest = (
        f"SELECT * FROM read_parquet([{names}], union_by_name = true)"  # noqa: S608
        " QUALIFY row_number() OVER (PARTITION BY profile_id ORDER BY seq DESC) = 1"
    )
    living = "WHERE NOT gone" if becomes_base else ""
    with open_writer(lake) as connection:
        selection = f"SELECT * FROM ({newest}) {living} ORDER BY profile_id"  # noqa: S608
        size = copy_to_parquet(connection, selection, lake / path)
        [(rows,)] = connection.execute(
            "SELECT count(*) FROM read_parquet($path)", {"path": str(lake / path)}
        ).fetchall()
    first, last = min(file.first_at for file in files), max(file.last_at for file in files)
    return NewSegment(DATASET, path, month, 0 if becomes_base else level, rows, size, first, last)


def _is_large(files: Sequence[File]) -> bool:
    return sum(file.rows for file in files) > LEAST_ROWS or len(files) > MOST_FILES
