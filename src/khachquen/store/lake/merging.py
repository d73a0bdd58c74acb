"""Several files of a tier as one of the next. Reads and writes files, and no list of them."""

from collections.abc import Sequence
from pathlib import Path

from khachquen.store.lake.people import DATASET as PEOPLE
from khachquen.store.lake.people import File, merge_people
from khachquen.store.lake.schema import SORTED_BY
from khachquen.store.lake.seen import DATASET as SEEN
from khachquen.store.lake.seen import merge_runs
from khachquen.store.lake.writing import NewSegment, Syncing, copy_to_parquet, open_writer


def merge_files(lake: Path, dataset: str, files: Sequence[File], *, label: str) -> NewSegment:
    """The rows of all the files in one synced file that nobody sees yet, one tier higher.

    Of people only the newest row of each.
    """
    level = max(file.level for file in files) + 1
    if dataset == PEOPLE:
        merged = merge_people(lake, files, label, level)
    elif dataset == SEEN:
        runs = [(file.path, file.first_at, file.last_at) for file in files]
        merged = merge_runs(lake, runs, label=label, level=level)
    else:
        merged = _merge_parquet(lake, dataset, files, label, level)
    Syncing(lake, [merged]).wait()
    return merged


def _merge_parquet(
    lake: Path, dataset: str, files: Sequence[File], label: str, level: int
) -> NewSegment:
    month = files[0].month
    path = f"{dataset}/month={month}/{label}.parquet"
    names = ", ".join("'" + str(lake / file.path).replace("'", "''") + "'" for file in files)
    with open_writer(lake) as connection:
        rows = f"SELECT * FROM read_parquet([{names}], union_by_name = true)"  # noqa: S608
        selection = f"{rows} ORDER BY {SORTED_BY[dataset]}"
        size = copy_to_parquet(connection, selection, lake / path)
    return NewSegment(
        dataset,
        path,
        month,
        level,
        sum(file.rows for file in files),
        size,
        min(file.first_at for file in files),
        max(file.last_at for file in files),
    )
