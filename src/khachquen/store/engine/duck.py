"""DuckDB over the lake's files: one shared in-memory database, one cursor a question."""

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from khachquen.base import InvariantError, KhachQuenError, Text
from khachquen.store.engine.question import Question, Table

# Views in the order they are made: each reads those before it.
_VIEWS = {
    name: (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("events", "human_events", "refusals", "orders")
}
_FILES = (Path(__file__).parent / "files.sql").read_text(encoding="utf-8")
# Events are asked for through a view that knows who moved since, refusals through one that knows
# which of them were taken in again; the files stand behind them.
_VIEW_OF = {"events": "told_events", "refusals": "told_refusals"}
_ListFiles = Callable[[str], Sequence[str]]


class LakeReader:
    """Answers questions over ``events``, ``refusals``, ``orders``, ``moves`` and ``redrives``.

    ``human_events`` are the events without those of robots: figures are made of them.

    The views follow the manifest: before each question the list of files is compared with the one
    the views were made of. Reading outside the lake folder is switched off inside DuckDB and
    locked. Safe to share between threads.
    """

    def __init__(
        self,
        lake: Path,
        list_files: _ListFiles,
        columns: dict[str, dict[str, str]],
        *,
        memory_mb: int,
        threads: int,
    ):
        self._lake = lake
        self._list_files = list_files
        self._columns = columns
        self._lock = threading.Lock()
        self._shown: dict[str, tuple[str, ...]] = {}
        spills = _own_folder(lake / "tmp")
        self._database = duckdb.connect(
            config={
                "memory_limit": f"{memory_mb}MB",
                "threads": threads,
                "temp_directory": str(spills),
            }
        )
        folder = str(lake).replace("'", "''")
        self._database.execute(f"SET allowed_directories = ['{folder}']").fetchall()
        self._database.execute("SET TimeZone = 'UTC'").fetchall()
        self._database.execute("SET enable_external_access = false").fetchall()
        self._database.execute("SET parquet_metadata_cache = true").fetchall()
        for dataset in columns:
            self._show(dataset, ())
        for view, sql in _VIEWS.items():
            self._database.execute(f"CREATE VIEW {view} AS {sql}").fetchall()
        self._database.execute("SET lock_configuration = true").fetchall()

    def ask(self, question: Question) -> Table:
        """The answer, whole in memory.

        Raises:
            KhachQuenError: the engine refused; carries the question's name, never its values.
        """
        cursor = self._up_to_date_cursor()
        try:
            cursor.execute(question.sql, dict(question.params))
            columns = tuple(column[0] for column in cursor.description or ())
            return Table(columns, cursor.fetchall())
        except duckdb.Error as error:
            raise _failed(question, error) from error
        finally:
            cursor.close()

    def find_files(self, event_ids: Sequence[int]) -> dict[int, str]:
        """In which file of the lake each of these events stands now, below its folder."""
        files = [str(self._lake / path) for path in self._list_files("events")]
        if not files or not event_ids:
            return {}
        cursor = self._database.cursor()
        try:
            rows = cursor.execute(_FILES, {"files": files, "ids": list(event_ids)}).fetchall()
        finally:
            cursor.close()
        return {number: str(Path(file).relative_to(self._lake)) for number, file in rows}

    def _up_to_date_cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            for dataset in self._columns:
                files = tuple(self._list_files(dataset))
                if self._shown.get(dataset) != files:
                    self._show(dataset, files)
            return self._database.cursor()

    def _show(self, dataset: str, files: tuple[str, ...]) -> None:
        view = _VIEW_OF.get(dataset, dataset)
        selection = self._selection(dataset, files)
        self._database.execute(f"CREATE OR REPLACE VIEW {view} AS {selection}").fetchall()
        self._shown[dataset] = files

    def _selection(self, dataset: str, files: Sequence[str]) -> str:
        """The files as one table; a column files of an older schema lack is NULL there."""
        columns = self._columns[dataset]
        nothing = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in columns.items())
        nothing = f"SELECT {nothing} WHERE false"
        if not files:
            return nothing
        paths = ", ".join("'" + str(self._lake / f).replace("'", "''") + "'" for f in files)
        names = ", ".join(f'"{name}"' for name in columns)
        told = f"FROM read_parquet([{paths}], union_by_name = true)"
        return f"SELECT {names} FROM ({told} UNION ALL BY NAME {nothing})"  # noqa: S608


def _own_folder(tmp: Path) -> Path:
    """Where this process spills what does not fit its memory; those of dead ones are removed.

    Two processes sharing one folder overwrite each other's spills.
    """
    tmp.mkdir(parents=True, exist_ok=True)
    for folder in tmp.glob("reader-*"):
        if not Path(f"/proc/{folder.name.removeprefix('reader-')}").exists():
            shutil.rmtree(folder, ignore_errors=True)
    return tmp / f"reader-{os.getpid()}"


def _failed(question: Question, error: duckdb.Error) -> KhachQuenError:
    return InvariantError(
        "store.question_failed",
        Text(
            vi=f"Câu hỏi {question.name} không trả lời được.",
            en=f"The question {question.name} could not be answered: {type(error).__name__}.",
        ),
        path=question.name,
    )
