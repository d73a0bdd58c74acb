"""Rows of a workbook: Excel's four kinds (.xlsx, .xlsm, .xlsb, .xls) and OpenDocument's (.ods).

A process beside reads one sheet into a CSV file in the private folder (``workbook_cells.py``); what
is known of its cells there, that they are dates or numbers, is kept. The values are those that were
saved: no formula is worked out, and nothing a workbook points at is fetched.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from khachquen.collect.importing.csvfile import CsvSheet
from khachquen.collect.importing.mapping import FileMapping
from khachquen.collect.importing.sheets import Cells, Report
from khachquen.collect.importing.summary import Problem
from khachquen.collect.importing.workbook_cells import MARK
from khachquen.collect.importing.workbook_kinds import (
    broken,
    locked,
    nothing_in_it,
    too_large,
    unknown_sheet,
)

_CHILD = Path(__file__).with_name("workbook_cells.py")


class WorkbookSheet(CsvSheet):
    """One sheet of a workbook. Row numbers are the workbook's own."""

    def __init__(self, path: Path, scratch: Path, kind: str, mapping: FileMapping):
        csv_path = scratch / "sheet.csv"
        told = _read_beside(path, csv_path, mapping)
        self.name: str = told["sheet"]
        said = msgspec.structs.replace(mapping, encoding="utf-8", delimiter=",")
        super().__init__(csv_path, scratch, kind, said)
        kinds = [
            {*below, *(row[place] for row in told["top"][self._header_row :])} - {""}
            for place, below in enumerate(told["below"])
        ]
        self.timed = frozenset(i for i, seen in enumerate(kinds) if seen == {"d"})
        is_plain = mapping.decimal != ","  # else numbers are written as the text around them is
        self.numeric = frozenset(i for i, seen in enumerate(kinds) if is_plain and seen == {"n"})

    def rows(self, columns: Sequence[int], report: Report) -> Iterator[tuple[int, Cells]]:
        """See ``Sheet.rows``. A row with an error in a wanted cell is refused, with its place."""
        for number, cells in super().rows(columns, report):
            wrong = next((i for i, cell in enumerate(cells) if cell.startswith(MARK)), None)
            if wrong is None:
                yield number, cells
                continue
            column = columns[wrong]
            place = f"{self.header[column]} ({self.name}!{_letters(column)}{number})"
            report(Problem(number, place, cells[wrong].removeprefix(MARK), "error_cell"))


def _read_beside(path: Path, out: Path, mapping: FileMapping) -> dict[str, Any]:
    """What the other process says of the sheet it has written.

    Raises:
        InputError: it cannot be read, is locked, is too large, or has no such sheet.
    """
    asked = {
        "path": str(path.resolve()),
        "out": str(out),
        "sheet": mapping.sheet,
        "decimal": mapping.decimal,
        "date_format": mapping.date_format,
    }
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-P", str(_CHILD), json.dumps(asked)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
    )
    if done.returncode < 0:
        raise too_large(path)
    if done.returncode:
        raise broken(path)
    told: dict[str, Any] = json.loads(done.stdout)
    refused = told.get("refused")
    if refused == "locked":
        raise locked(path)
    if refused == "sheet":
        raise unknown_sheet(mapping.sheet, told["sheets"], path)
    if refused == "empty":
        raise nothing_in_it(path)
    return told


def _letters(column: int) -> str:
    """The name of a column, as a spreadsheet shows it."""
    name, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        name = chr(65 + letter) + name
    return name
