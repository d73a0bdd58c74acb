"""DuckDB over the lake's files: one shared in-memory database, one cursor a question."""

import os
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from khachquen.base import InvariantError, KhachQuenError, Text
from khachquen.store.engine.question import Question, Table
from khachquen.store.engine.stopping import Stop, stopped
from khachquen.store.lake.people import is_base
from khachquen.store.lake.schema import quote_name

# Views in the order they are made: each reads those before it.
VIEWS = {
    name: (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("events", "human_events", "refusals", "orders", "people", "memberships")
}
_FILES = (Path(__file__).parent / "files.sql").read_text(encoding="utf-8")
_AMONG = (Path(__file__).parent / "orders_among.sql").read_text(encoding="utf-8")
# Events are asked for through a view that knows who moved since, refusals through one that knows
# which of them were taken in again; the files stand behind them.
_VIEW_OF = {
    "events": "told_events",
    "refusals": "told_refusals",
    "memberships": "membership_changes",
}
_FOLLOW = {"people": "people"}  # views that name all columns, made again when those change
_ListFiles = Callable[[str], Sequence[str]]
_Columns = Mapping[str, str]


def _no_more(dataset: str) -> _Columns:
    return {}


def _unknown() -> object:
    return None


class LakeReader:
    """Answers questions over ``events``, ``refusals``, ``orders``, ``moves``, ``redrives``,
    ``people``, ``memberships`` and ``membership_changes``; ``orders_among('name')`` are the orders
    that stand in the selection of that name.

    ``human_events`` are the events without those of robots: figures are made of them. ``more`` says
    which columns ``people`` have beside the fixed ones; one that no file has is empty.

    The views follow the manifest: before each question the list of files is compared with the one
    the views were made of, unless ``version`` says that no list was changed since. Reading outside
    the lake folder is switched off inside DuckDB and locked. Safe to share between threads.
    """

    def __init__(
        self,
        lake: Path,
        list_files: _ListFiles,
        columns: dict[str, dict[str, str]],
        *,
        memory_mb: int,
        threads: int,
        more: Callable[[str], _Columns] = _no_more,
        version: Callable[[], object] = _unknown,
    ):
        self._lake = lake
        self._list_files = list_files
        self._columns = columns
        self._more = more
        self._version = version
        self._seen: object = None
        self._lock = threading.Lock()
        self._shown: dict[str, tuple[tuple[str, ...], _Columns]] = {}
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
        for dataset, fixed in columns.items():
            self._show(dataset, (), fixed)
        for view, sql in VIEWS.items():
            self._database.execute(f"CREATE VIEW {view} AS {sql}").fetchall()
        among = f"CREATE MACRO orders_among(hits) AS TABLE {_AMONG}{VIEWS['orders']}"
        self._database.execute(among).fetchall()
        self._database.execute("SET lock_configuration = true").fetchall()

    def ask(self, question: Question, *, stop: Stop | None = None) -> Table:
        """The answer, whole in memory.

        Raises:
            KhachQuenError: the engine refused; carries the question's name, never its values.
            UnavailableError: somebody stopped it (``store.stopped``).
        """
        cursor = self._up_to_date_cursor()
        sql, params = self._within(question), dict(question.params)
        if question.as_of:
            params["as_of"] = question.as_of.astimezone(UTC).replace(tzinfo=None)
        try:
            with stop.holding(cursor) if stop else nullcontext():
                cursor.execute(sql, params)
                columns = tuple(column[0] for column in cursor.description or ())
                return Table(columns, cursor.fetchall())
        except duckdb.InterruptException as error:
            raise stopped() from error
        except duckdb.Error as error:
            raise failed(question, error) from error
        finally:
            cursor.close()

    def _within(self, question: Question) -> str:
        """The statement, reading only the months it is about, or as of an instant past."""
        if question.as_of:
            return _over(_AS_OF, question.sql)
        if question.since is None and question.until is None:
            return question.sql
        files, columns = self._shown["events"]
        first, last = _month(question.since) or 0, _month(question.until) or _NO_MONTH
        some = [file for file in files if first <= int(file.split("month=")[1][:6]) <= last]
        return _over({"told_events": self._selection(some, columns)}, question.sql)

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
            version = self._version()  # before the lists: what changes meanwhile is seen next time
            if version is not None and version == self._seen:
                return self._database.cursor()
            for dataset, fixed in self._columns.items():
                files = tuple(self._list_files(dataset))
                columns = {**fixed, **self._more(dataset)} if dataset in _FOLLOW else fixed
                if self._shown.get(dataset) != (files, columns):
                    self._show(dataset, files, columns)
            self._seen = version
            return self._database.cursor()

    def _show(self, dataset: str, files: tuple[str, ...], columns: _Columns) -> None:
        known = self._shown.get(dataset)
        for view, some in _parts(dataset, files).items():
            selection = self._selection(some, columns)
            self._database.execute(f"CREATE OR REPLACE VIEW {view} AS {selection}").fetchall()
        if dataset in _FOLLOW and known and known[1] != columns:
            name = _FOLLOW[dataset]
            self._database.execute(f"CREATE OR REPLACE VIEW {name} AS {VIEWS[name]}").fetchall()
        self._shown[dataset] = files, columns

    def _selection(self, files: Sequence[str], columns: _Columns) -> str:
        """The files as one table; a column files of an older schema lack is NULL there.

        A column that had another type then is read as what it is now, where that can be done.
        """
        named = [(quote_name(name), kind) for name, kind in columns.items()]
        nothing = ", ".join(f"NULL::{kind} AS {name}" for name, kind in named)
        nothing = f"SELECT {nothing} WHERE false"
        if not files:
            return nothing
        paths = ", ".join("'" + str(self._lake / f).replace("'", "''") + "'" for f in files)
        typed = (
            f"TRY_CAST({name} AS {kind}) AS {name}" if name.startswith(_TRAIT) else name
            for name, kind in named
        )
        told = f"FROM read_parquet([{paths}], union_by_name = true)"
        return f"SELECT {', '.join(typed)} FROM ({told} UNION ALL BY NAME {nothing})"  # noqa: S608


_TRAIT = '"trait:'
_NO_MONTH = 999_999


# The views over what had happened by then; a name in a part means the view, not the part itself.
_AS_OF = {
    "told_events": 'SELECT * FROM memory.main.told_events WHERE "at" <= $as_of',
    "membership_changes": 'SELECT * FROM memory.main.membership_changes WHERE "at" <= $as_of',
    "people": "SELECT * FROM memory.main.people WHERE first_seen <= $as_of",
    **{name: VIEWS[name] for name in ("events", "human_events", "orders", "memberships")},
}


def _over(parts: Mapping[str, str], sql: str) -> str:
    """The statement over these in place of the views of their names."""
    told = ", ".join(f"{name} AS NOT MATERIALIZED (\n{part}\n)" for name, part in parts.items())
    rest = f", {sql[5:]}" if sql[:5].lower() in ("with ", "with\n") else f" {sql}"
    return f"WITH {told}{rest}"


def _month(at: datetime | None) -> int | None:
    """The month of files a moment falls into."""
    utc = at.astimezone(UTC) if at else None
    return utc.year * 100 + utc.month if utc else None


def _parts(dataset: str, files: Sequence[str]) -> dict[str, list[str]]:
    """The views files of a dataset stand behind."""
    if dataset != "people":
        return {_VIEW_OF.get(dataset, dataset): list(files)}
    return {
        "base_people": [file for file in files if is_base(file)],
        "newer_people": [file for file in files if not is_base(file)],
    }


def _own_folder(tmp: Path) -> Path:
    """Where this process spills what does not fit its memory; those of dead ones are removed.

    Two processes sharing one folder overwrite each other's spills.
    """
    tmp.mkdir(parents=True, exist_ok=True)
    for folder in tmp.glob("reader-*"):
        if not Path(f"/proc/{folder.name.removeprefix('reader-')}").exists():
            shutil.rmtree(folder, ignore_errors=True)
    return tmp / f"reader-{os.getpid()}"


def failed(question: Question, error: duckdb.Error) -> KhachQuenError:
    """What a question that could not be answered says of itself."""
    return InvariantError(
        "store.question_failed",
        Text(
            vi=f"Câu hỏi {question.name} không trả lời được.",
            en=f"The question {question.name} could not be answered: {type(error).__name__}.",
        ),
        path=question.name,
    )
