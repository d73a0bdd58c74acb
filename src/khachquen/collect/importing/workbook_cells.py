"""One sheet of a workbook as CSV, made by a process of its own. Runs as a script; knows no rooms.

The library holds a whole sheet in memory, as a block from its first used cell to its last, so one
stray cell far out, or a hostile file, can ask for more than there is. Here that ends this process
alone: memory and seconds are limited before the file is looked at.

A cell becomes text: a date in ISO form, a whole number in digits, an error ``MARK`` and its name.
"""

import csv
import json
import os
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import IO, Any
from xml.etree import ElementTree

Errors = dict[int, dict[int, str]]
MARK = "\ue000"
"""Stands before the name of an error (#N/A), which is no value."""
TOP = 20
_MOST_MEMORY = 4 << 30
_MOST_SECONDS = 600
_CHUNK = 1 << 20
_LONGEST_CELL = 1 << 16
_ERROR = re.compile(
    rb'<c\b(?=[^>]*\st="e")[^>]*\sr="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>(.{0,20000}?)</c>', re.S
)
_VALUE = re.compile(rb"<v>([^<]{1,20})</v>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def main(asked: dict[str, str]) -> dict[str, Any]:
    """Write the CSV and tell which sheet it is, and of what kinds the cells of each column are.

    ``top``: the kinds of the first rows, cell by cell; ``below``: those of each column further down
    (``n`` number, ``d`` date, ``t`` text, empty for nothing).
    """
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_path(asked["path"]) as book:
            sheet = _choose(book, asked["sheet"])
            if isinstance(sheet, dict):
                return sheet
            errors = _errors(asked["path"], sheet.name)
            return {"sheet": sheet.name, **_write(sheet, errors, asked)}
    except PasswordError:
        return {"refused": "locked"}


def _choose(book: Any, wanted: str) -> Any:
    """The sheet named, else the first that can be seen and has rows."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    if wanted:
        same = [name for name in names if name.strip().casefold() == wanted.strip().casefold()]
        return book.get_sheet_by_name(same[0]) if same else {"refused": "sheet", "sheets": names}
    hidden = {one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible}
    for name in sorted(names, key=hidden.__contains__):
        sheet = book.get_sheet_by_name(name)
        if sheet.height:
            return sheet
    return {"refused": "empty"}


def _write(sheet: Any, errors: Errors, asked: dict[str, str]) -> dict[str, Any]:
    top: list[list[str]] = []
    below: list[set[str]] = []
    with open(asked["out"], "w", encoding="utf-8", newline="") as file:  # noqa: PTH123
        lines = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for number, row in enumerate(_rows(sheet)):
            told = [_tell(cell, asked) for cell in row]
            for at, error in errors.get(number, {}).items():
                told[at] = ("t", MARK + error)
            kinds = [kind for kind, _ in told]
            if number < TOP:
                top.append(kinds)
                below = below or [set() for _ in kinds]
            else:
                for seen, kind in zip(below, kinds, strict=True):
                    seen.add(kind)
            lines.writerow([text for _, text in told] if any(kinds) else [])
    return {"top": top, "below": ["".join(sorted(seen)) for seen in below]}


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """Every row from the first of the sheet; a cell merged over rows stands in each of them."""
    if not sheet.height:
        return
    left = sheet.start[1]
    ends: dict[int, list[tuple[int, int]]] = {}
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        if last > first and column >= left:
            ends.setdefault(first, []).append((column, last))
    held: dict[int, tuple[int, Any]] = {}
    for number, cells in enumerate(sheet.iter_rows()):
        row = [""] * left + cells
        for column, (last, value) in list(held.items()):
            if number > last:
                del held[column]
            else:
                row[column] = value
        for column, last in ends.get(number, ()):
            if column < len(row):
                held[column] = (last, row[column])
        yield row


def _tell(cell: Any, asked: dict[str, str]) -> tuple[str, str]:
    """Kind and text of a cell."""
    if isinstance(cell, str):
        return ("t", cell.replace(MARK, "")) if cell else ("", "")
    if isinstance(cell, bool):
        return "t", "true" if cell else "false"
    if isinstance(cell, int | float):
        return "n", _number(cell, asked["decimal"])
    if isinstance(cell, date):
        form = asked["date_format"]
        return "d", cell.strftime(form) if form else cell.isoformat(*_seconds(cell))
    return "t", cell.isoformat("seconds") if isinstance(cell, time) else str(cell)


def _seconds(cell: date) -> tuple[str, ...]:
    return (" ", "seconds") if isinstance(cell, datetime) else ()


def _number(cell: float, mark: str) -> str:
    """Whole numbers in digits; others in the fifteen that a spreadsheet keeps.

    Three decimals would read as thousands in a column where some cells are text; they get a fourth.
    """
    if cell == int(cell):
        return str(int(cell))
    text = f"{cell:.15g}"
    whole, _, decimals = text.partition(".")
    if "e" in text:
        return f"{cell:.20f}".rstrip("0")
    return f"{whole}{mark or '.'}{decimals}{'0' * (len(decimals) == 3)}"


def _errors(path: str, name: str) -> Errors:
    """Where errors stand, which the library reads as nothing; only XML workbooks tell."""
    found: Errors = {}
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as parcel:
        if part := _part_of(parcel, name):
            with parcel.open(part) as xml:
                for row, column, error in _scan(xml):
                    found.setdefault(row, {})[column] = error
    return found


def _scan(xml: IO[bytes]) -> Iterator[tuple[int, int, str]]:
    """Row, column and name of each error, a piece of the XML at a time."""
    rest = b""
    while chunk := xml.read(_CHUNK):
        text = rest + chunk
        end = 0
        for one in _ERROR.finditer(text) if b't="e"' in text else ():
            value = _VALUE.search(one[3])
            told = value[1].decode("ascii", "replace") if value else "#?"
            yield int(one[2]) - 1, _column(one[1].decode()), told
            end = one.end()
        rest = text[max(end, len(text) - _LONGEST_CELL, text.rfind(b"<c ")) :]


def _part_of(parcel: zipfile.ZipFile, name: str) -> str:
    """The XML of a sheet, found as a workbook says it: by its name, then by its relation."""
    names = set(parcel.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    book = ElementTree.fromstring(parcel.read("xl/workbook.xml"))  # noqa: S314 - memory is limited
    ids = [one.get(_RELATION) for one in book.iter() if one.get("name") == name]
    told = ElementTree.fromstring(parcel.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = [one.get("Target", "") for one in told if one.get("Id") in ids]
    parts = [one.lstrip("/") if one.startswith("/") else f"xl/{one}" for one in targets]
    return next((one for one in parts if one in names), "")


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _limit() -> None:
    limits = {
        resource.RLIMIT_AS: _MOST_MEMORY,
        resource.RLIMIT_CPU: _MOST_SECONDS,
        resource.RLIMIT_CORE: 0,  # what it held are people
    }
    for what, most in limits.items():
        with suppress(ValueError, OSError):  # a lower limit is set, or none can be
            resource.setrlimit(what, (most, most))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as first:  # noqa: PTH123
        first.write("1000")


if __name__ == "__main__":
    _limit()
    try:
        answer = main(json.loads(sys.argv[1]))
    except MemoryError:
        os.abort()
    json.dump(answer, sys.stdout)
