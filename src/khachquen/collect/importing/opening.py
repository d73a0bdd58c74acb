"""An import: a file of one kind, read in one decided way, its messages and its account."""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from shutil import copyfile
from types import TracebackType
from typing import Any, Protocol, Self

import msgspec

from khachquen.base import InputError, Text
from khachquen.collect.importing.consents import ConsentReader
from khachquen.collect.importing.csvfile import CsvSheet
from khachquen.collect.importing.customers import CustomerReader
from khachquen.collect.importing.events import EventReader
from khachquen.collect.importing.listed import ListedReader
from khachquen.collect.importing.mapping import FileMapping, Plan, Traits, make_plan, read_mapping
from khachquen.collect.importing.messages import Numbering
from khachquen.collect.importing.moments import Calendar, guess_day_order
from khachquen.collect.importing.orders import OrderReader
from khachquen.collect.importing.parquetfile import ParquetSheet
from khachquen.collect.importing.products import ProductReader
from khachquen.collect.importing.sheets import Sheet, detect_format
from khachquen.collect.importing.summary import ErrorFile, Problem, Summary, Tally
from khachquen.collect.importing.workbook_kinds import unknown_sheet
from khachquen.collect.importing.workbooks import WorkbookSheet

KINDS = ("customers", "products", "orders", "events", "consents", "suppressions")
_DATES = ("ordered_at", "birthday", "created_at", "said_at", "expires_at")


class _Reader(Protocol):
    def messages(self) -> Iterator[bytes]: ...


class Import:
    """One file about to be imported. Use as a context: what it writes beside is removed after.

    ``messages()`` may be run once; ``summary()`` and ``save_errors()`` are whole after that.
    """

    def __init__(
        self, scratch: "tempfile.TemporaryDirectory[str]", tally: Tally, numbering: Numbering
    ):
        self.tally = tally
        self.scope = numbering.scope
        self._scratch = scratch
        self._columns: dict[str, str] = {}
        self._ignored: tuple[str, ...] = ()
        self._reader: _Reader | None = None

    def read_with(self, reader: _Reader, sheet: Sheet | None, plan: Plan | None) -> None:
        """Give the import its reader, and what to say about the columns."""
        self._reader = reader
        if sheet and plan:
            found = {**plan.fields, **{f"trait:{name}": i for name, i in plan.traits.items()}}
            self._columns = {sheet.header[index]: field for field, index in found.items()}
            self._ignored = plan.ignored

    def messages(self) -> Iterator[bytes]:
        """Every message, each one JSON object in Segment's shape, ready for the front door.

        Streams: memory does not grow with the file. The same file read in the same way gives the
        same bytes, messageIds included.

        Raises:
            InputError: the file turns out to be broken in the middle.
        """
        if self._reader is None:
            raise RuntimeError("an import is made by open_import")
        return self._reader.messages()

    def batches(self, size: int = 500) -> Iterator[list[bytes]]:
        """The same messages, up to ``size`` at a time."""
        messages = self.messages()
        while batch := list(islice(messages, size)):
            yield batch

    def summary(self) -> Summary:
        """What became of every row so far."""
        return self.tally.summary(self._columns, self._ignored)

    def save_errors(self, path: Path) -> bool:
        """Write every trouble to a CSV file, one a line; False (and no file) when there was none.

        Opens in a spreadsheet as it is: UTF-8 with a mark, no cell a formula.
        """
        self.tally.error_file.close()
        if not self.tally.error_file.path.exists():
            return False
        copyfile(self.tally.error_file.path, path)
        return True

    def close(self) -> None:
        """Remove what was written beside."""
        self.tally.error_file.close()
        self._scratch.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_import(
    path: Path,
    kind: str,
    *,
    mapping: Path | Mapping[str, Any] | None = None,
    sheet: str = "",
    timezone: str,
    currency: str,
    import_id: str | None = None,
    scratch: Path | None = None,
    traits: Traits = (),
) -> Import:
    """Look at a file and decide how it is read; nothing is imported yet.

    ``timezone`` and ``currency`` are the shop's; the mapping may say otherwise for this file.
    With an ``import_id`` the messageIds are those of that import alone: the same file told again
    under another id counts again. ``scratch`` is where order files are sorted (private folder).
    ``traits`` are the names a column of a customer list may be headed by, beyond our own fields.
    ``sheet`` names one of a workbook; without it the first that has rows is read.

    Raises:
        InputError: the kind or the format cannot be imported, or a needed column is missing.
    """
    path = Path(path)
    _check_kind(kind)
    form = detect_format(path)
    said = _with_sheet(read_mapping(mapping), sheet, form, path)
    folder = tempfile.TemporaryDirectory(prefix="import-", dir=scratch)
    tally = Tally(ErrorFile(Path(folder.name) / "errors.csv"))
    try:
        if kind == "events":
            return _open_events(path, form, import_id or _digest(path), folder, tally)
        table = _open_sheet(path, form, Path(folder.name), kind, said)
        place = {"timezone": timezone, "currency": currency}
        plan = make_plan(kind, table.header, said, **place, traits=traits)
        scope = import_id or _scope(_digest(path) + getattr(table, "name", ""), plan)
        numbering = Numbering(scope, kind, import_id)
        done = Import(folder, tally, numbering)
        done.read_with(_reader(table, plan, numbering, tally), table, plan)
        return done
    except BaseException:
        folder.cleanup()
        raise


@contextmanager
def open_table(path: Path, sheet: str = "") -> Iterator[Sheet]:
    """A file of people to look at: CSV, Parquet or a workbook's sheet; nothing is imported.

    Raises:
        InputError: it is missing, empty, or no such file; what would be right is said.
    """
    form = detect_format(path)
    with tempfile.TemporaryDirectory(prefix="table-") as folder:
        said = _with_sheet(FileMapping(), sheet, form, path)
        yield _open_sheet(path, form, Path(folder), "customers", said)


def _with_sheet(said: FileMapping, sheet: str, form: str, path: Path) -> FileMapping:
    """What was said, with the sheet; only a workbook has any."""
    said = msgspec.structs.replace(said, sheet=sheet or said.sheet)
    if said.sheet and form != "workbook":
        raise unknown_sheet(said.sheet, (), path)
    return said


def _reader(sheet: Sheet, plan: Plan, numbering: Numbering, tally: Tally) -> _Reader:
    if plan.kind == "products":
        return ProductReader(sheet, plan, numbering, tally)
    if plan.kind == "suppressions":
        return ListedReader(sheet, plan, tally)
    calendar = _calendar(sheet, plan)
    if plan.kind == "consents":
        return ConsentReader(sheet, plan, calendar, numbering, tally)
    if plan.kind == "customers":
        return CustomerReader(sheet, plan, calendar, numbering, tally)
    return OrderReader(sheet, plan, calendar, numbering, tally)


def _calendar(sheet: Sheet, plan: Plan) -> Calendar:
    """How the file writes times. One look through its dates tells whether months come first."""
    dates = {plan.fields[name] for name in _DATES if name in plan.fields}
    columns = sorted(dates - sheet.timed)
    if plan.date_format or not columns:
        return Calendar(plan.timezone, format=plan.date_format)
    cells = chain.from_iterable(cells for _, cells in sheet.rows(columns, _ignore))
    return Calendar(plan.timezone, guess_day_order(cells))


def _open_sheet(path: Path, form: str, folder: Path, kind: str, said: FileMapping) -> Sheet:
    if form == "parquet":
        return ParquetSheet(path, folder)
    if form == "workbook":
        return WorkbookSheet(path, folder, kind, said)
    if form == "json":
        raise InputError(
            "import.wrong_format",
            Text(vi="Đây là tệp JSON.", en="This is a JSON file."),
            path=path.name,
            hint=Text(
                vi=f"{kind} nhập từ Excel, CSV hoặc Parquet; JSON từng dòng chỉ dùng cho events.",
                en=f"{kind} come from Excel, CSV or Parquet; JSON lines are for events only.",
            ),
        )
    return CsvSheet(path, folder, kind, said)


def _open_events(
    path: Path,
    form: str,
    scope: str,
    folder: "tempfile.TemporaryDirectory[str]",
    tally: Tally,
) -> Import:
    if form != "json":
        raise InputError(
            "import.wrong_format",
            Text(vi="Tệp events phải là JSON từng dòng.", en="Events come as JSON lines."),
            path=path.name,
            hint=Text(
                vi='Mỗi dòng một sự kiện, ví dụ {"type":"track","event":"...","userId":"..."}.',
                en='One event a line, as {"type":"track","event":"...","userId":"..."}.',
            ),
        )
    numbering = Numbering(scope, "events")
    done = Import(folder, tally, numbering)
    done.read_with(EventReader(path, numbering, tally), None, None)
    return done


def _scope(digest: str, plan: Plan) -> str:
    """What the messages are made of: the file's bytes and the decided reading of them.

    A second import with a mended mapping therefore tells anew; one that changes nothing does not.
    """
    decided = msgspec.json.encode(plan, order="sorted")
    return hashlib.sha256(digest.encode() + decided).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ignore(problem: Problem) -> None:
    """Troubles met while only looking are reported when the rows are read."""


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise InputError(
            "import.unknown_kind",
            Text(
                vi=f"Chưa nhập được loại dữ liệu {kind[:40]!r}.",
                en=f"Data of kind {kind[:40]!r} cannot be imported yet.",
            ),
            path="kind",
            hint=Text(vi=f"Có: {', '.join(KINDS)}.", en=f"There are: {', '.join(KINDS)}."),
        )
