"""The process's own reader of the lake."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings

from khachquen.store.engine import LakeDesk, LakeReader, Question, Stop, Table
from khachquen.store.lake.columns import kept_columns
from khachquen.store.lake.manifest import live_paths, version_of_lists
from khachquen.store.lake.schema import COLUMNS, stored_columns


def open_desk(lake: Path, *, memory_mb: int, threads: int) -> LakeDesk:
    """A reader with tables of its own, for the one who works segments out."""
    columns = {dataset: stored_columns(dataset) for dataset in COLUMNS}
    return LakeDesk(
        lake,
        live_paths,
        columns,
        memory_mb=memory_mb,
        threads=threads,
        more=kept_columns,
        version=version_of_lists,
    )


@cache
def _reader() -> LakeReader:
    config = settings.CONFIG
    return LakeReader(
        config.data / "lake",
        live_paths,
        {dataset: stored_columns(dataset) for dataset in COLUMNS},
        more=kept_columns,
        version=version_of_lists,
        memory_mb=config.lake.memory_mb,
        threads=config.lake.threads,
    )


def ask(question: Question, *, stop: Stop | None = None) -> Table:
    """The answer to a question over ``events``, ``orders``, ``people``, ``memberships`` and others.

    Sees everything ingested up to now; shared and safe between threads. ``stop`` gives it up.
    """
    return _reader().ask(question, stop=stop)


def find_files(event_ids: Sequence[int]) -> dict[int, str]:
    """In which file of the lake each of these events stands now; files are joined as they age."""
    return _reader().find_files(event_ids)


def forget_reader() -> None:
    """Let go of the open database, as when the data folder changes under a test."""
    _reader.cache_clear()
