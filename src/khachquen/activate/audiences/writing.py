"""A table as a file, written a part at a time: what is there may be kept, and gone on with later.

The bytes of the parts stand in a growing file. When all are there, ``finish`` makes the file people
get from it. Whoever is killed in that begins it again, and the same parts give the same bytes.
"""

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol

from khachquen.activate.audiences.spreadsheet import safe_cell

Cell = str | int | Decimal | datetime | None
FileKind = Literal["csv", "xlsx"]
MOST_ROWS = {"csv": 10**9, "xlsx": 1_048_575}
"""How many rows a file can hold below its heads."""
_BOM = "\ufeff"


class TableWriter(Protocol):
    """One kind of file; knows nothing of the parts before."""

    def begin(self, heads: Sequence[str]) -> bytes: ...
    def write(self, rows: Sequence[Sequence[Cell]]) -> bytes: ...
    def finish(self, growing: Path, file: Path) -> Iterator[int]:
        """Make ``file`` of all the parts and take them away; tells rows done as it goes."""


def open_writer(kind: FileKind) -> TableWriter:
    """A writer of the parts of one kind of file."""
    return _Xlsx() if kind == "xlsx" else _Csv()


class _Csv:
    """UTF-8 with a BOM, so that Excel reads Vietnamese as it is; text is never a formula."""

    def begin(self, heads: Sequence[str]) -> bytes:
        return _BOM.encode() + self.write([heads])

    def write(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\r\n")
        lines.writerows([_as_text(cell) for cell in row] for row in rows)
        return text.getvalue().encode()

    def finish(self, growing: Path, file: Path) -> Iterator[int]:
        growing.replace(file)
        return iter(())


def _as_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return safe_cell(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)


_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # a workbook says when; ours must be the same again
_WIDTH = 20
_LONGEST = 32_767  # characters of a cell; more are no workbook
_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
_ROWS_AT_ONCE = 10_000


class _Xlsx:
    """A workbook of one sheet, made of lines of JSON: one row a line, each cell of its own type.

    Text is text to a spreadsheet, never a formula; what looks like one is marked as quoted, so that
    editing the cell does not make it one. Memory does not grow with the rows.
    """

    def begin(self, heads: Sequence[str]) -> bytes:
        return self.write([heads])

    def write(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        lines = (json.dumps(row, default=_typed, separators=(",", ":")) for row in rows)
        return "".join(f"{line}\n" for line in lines).encode()

    def finish(self, growing: Path, file: Path) -> Iterator[int]:
        making = file.with_suffix(".making")
        yield from _make_workbook(growing, making)
        with making.open("rb") as made:
            os.fsync(made.fileno())
        making.replace(file)
        growing.unlink()


def _typed(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    return {"at": f"{cell.replace(tzinfo=None):%Y-%m-%dT%H:%M}"}


def _make_workbook(growing: Path, making: Path) -> Iterator[int]:
    """The rows so far, now and then. What the library writes beside stands in the same folder."""
    from xlsxwriter import Workbook

    book = Workbook(
        str(making), {"constant_memory": True, "tmpdir": str(making.parent), "use_zip64": True}
    )
    book.set_properties({"created": _MADE})
    sheet = book.add_worksheet("KhachQuen")
    formats = {
        "bold": book.add_format({"bold": True}),
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
        "time": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    }
    sheet.freeze_panes(1, 0)
    with growing.open(encoding="ascii") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            if number == 0:
                sheet.set_column(0, len(row) - 1, _WIDTH)
            for place, cell in enumerate(row):
                _put_cell(sheet, (number, place), cell, formats)
            if number and number % _ROWS_AT_ONCE == 0:
                yield number
    book.close()


def _put_cell(sheet: Any, at: tuple[int, int], cell: Any, formats: dict[str, Any]) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, dict):
        sheet.write_datetime(*at, datetime.fromisoformat(cell["at"]), formats["time"])
    elif isinstance(cell, str):
        safe = safe_cell(cell)
        is_quoted = safe != cell.strip() and safe == safe_cell(safe[1:])
        text = _for_xml(safe[1:] if is_quoted else safe)
        form = formats["quoted"] if is_quoted else None
        sheet.write_string(*at, text, form if at[0] else formats["bold"])
    elif isinstance(cell, int) and abs(cell) >= _EXACT:
        sheet.write_string(*at, str(cell))
    else:
        sheet.write_number(*at, cell)


def _for_xml(text: str) -> str:
    """What XML cannot say is left out; ``safe_cell`` has taken the control characters."""
    plain = text.encode("utf-8", "replace").decode()
    return plain.replace("\ufffe", "").replace("\uffff", "")[:_LONGEST]
