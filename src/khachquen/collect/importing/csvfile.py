"""Rows of a CSV file, whatever its encoding, its delimiter, and the lines above its header."""

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TextIO

from khachquen.base import InputError, Text
from khachquen.collect.importing import duck
from khachquen.collect.importing.fields import FIELDS_OF, squeeze
from khachquen.collect.importing.mapping import FileMapping
from khachquen.collect.importing.sheets import Cells, Report
from khachquen.collect.importing.summary import Problem
from khachquen.collect.importing.values import clean_cell, parse_id

_SAMPLE = 1 << 18
_HEADER_WITHIN = 20  # rows from the top in which the header is looked for
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_SORTED = 10_000  # characters of a cell in an order file
_BAD = "\ufffd"
csv.field_size_limit(131_072)  # where a quote that never closes stops eating rows


class CsvSheet:
    """A CSV file. Row numbers are those a spreadsheet shows: the first line is row 1."""

    numeric: frozenset[int] = frozenset()
    timed: frozenset[int] = frozenset()

    def __init__(self, path: Path, scratch: Path, kind: str, mapping: FileMapping):
        self._path = path
        self._scratch = scratch
        named = mapping.encoding
        self._encoding = _known_encoding(named) if named else detect_encoding(path)
        self._delimiter = mapping.delimiter or _detect_delimiter(path, self._encoding, kind)
        top = _top(path, self._encoding, self._delimiter)
        self._header_row, header = _find_header(top, kind, mapping.columns)
        self.header = tuple(header)

    def rows(self, columns: Sequence[int], report: Report) -> Iterator[tuple[int, Cells]]:
        """See ``Sheet.rows``. A row with more cells than the header has slipped; it is refused."""
        width = len(self.header)
        for number, cells in self._numbered(report):
            if number <= self._header_row:
                continue
            if len(cells) > width and any(cells[width:]):
                report(Problem(number, "", self._delimiter.join(cells), "too_many_cells"))
                continue
            if len(cells) < width:
                cells = cells + [""] * (width - len(cells))
            wanted = [cells[index] for index in columns]
            if _BAD in "".join(wanted):
                self._report_bad_bytes(number, cells, columns, report)
                continue
            yield number, wanted

    def grouped(
        self, columns: Sequence[int], by: int, report: Report
    ) -> Iterator[tuple[str, int, Cells]]:
        """See ``Sheet.grouped``: the rows are written tidily beside, and sorted there."""
        tidy = self._scratch / "rows.csv"
        with tidy.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            for number, cells in self.rows([by, *columns], report):
                if max(map(len, cells)) > _LONGEST_SORTED:
                    report(Problem(number, "", cells[0], "too_long"))
                    continue
                writer.writerow([number, parse_id(cells[0]), *map(clean_cell, cells[1:])])
        connection = duck.open_only(tidy, self._scratch)
        names = [f"c{index}" for index in range(len(columns))]
        types = ", ".join(f"{name}: 'VARCHAR'" for name in ["key", *names])
        source = (
            f"read_csv(?, columns = {{number: 'BIGINT', {types}}}, header = false,"
            " auto_detect = false, delim = ',', quote = '\"', escape = '\"')"
        )
        query = duck.grouped_query(source, "number", "key", names)
        for found, number, values in duck.fetch(connection, query, [str(tidy)]):
            yield found, number, values
        connection.close()

    def _numbered(self, report: Report) -> Iterator[tuple[int, list[str]]]:
        """Records with their number; lines without anything are counted, but are no rows."""
        with _open(self._path, self._encoding) as file:
            records = csv.reader(file, delimiter=self._delimiter)
            number = 0
            while True:
                number += 1
                try:
                    cells = next(records)
                except StopIteration:
                    return
                except csv.Error:  # the reader goes on with the next line
                    report(Problem(number, "", "", "broken_quotes"))
                    continue
                if cells:
                    yield number, cells

    def _report_bad_bytes(
        self, number: int, cells: list[str], columns: Sequence[int], report: Report
    ) -> None:
        index = next(index for index in columns if _BAD in cells[index])
        report(Problem(number, self.header[index], cells[index], "bad_bytes"))


def detect_encoding(path: Path) -> str:
    """By its mark, else UTF-16 by its zeros, else UTF-8 when it is that, else windows-1258."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample[1:200:2].count(0) > sample[:200:2].count(0) + 20:
        return "utf-16-le"
    if sample[:200:2].count(0) > sample[1:200:2].count(0) + 20:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1258"
    return "utf-8-sig"


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)  # some codecs are not encodings of text
    except LookupError:
        raise InputError(
            "import.unknown_encoding",
            Text(vi=f"Không có bảng mã {name[:40]!r}.", en=f"There is no encoding {name[:40]!r}."),
            path="mapping",
            hint=Text(vi="Ví dụ: utf-8, utf-16, cp1258.", en="For example utf-8, utf-16, cp1258."),
        ) from None
    known = codecs.lookup(name).name
    return "utf-8-sig" if known == "utf-8" else known


def _open(path: Path, encoding: str) -> TextIO:
    """The file as text; ``sep=;`` on the first line is a word to Excel, not a row."""
    file = path.open(encoding=encoding, errors="replace", newline="")
    if not file.readline(100).lower().startswith("sep="):
        file.seek(0)
    return file


def _top(path: Path, encoding: str, delimiter: str) -> list[list[str]]:
    """The first rows, as far as this delimiter lets them be read."""
    with _open(path, encoding) as file:
        rows: list[list[str]] = []
        with suppress(csv.Error):
            rows.extend(islice(csv.reader(file, delimiter=delimiter), _HEADER_WITHIN))
        return rows


def _detect_delimiter(path: Path, encoding: str, kind: str) -> str:
    """The one under which most headings are known words; else the one that makes most columns."""

    def worth(delimiter: str) -> tuple[int, int]:
        rows = _top(path, encoding, delimiter)
        known = max((_known_headings(row, kind) for row in rows), default=0)
        return known, max((len(row) for row in rows), default=0)

    return max(_DELIMITERS, key=worth)


def _find_header(rows: list[list[str]], kind: str, named: Iterable[str]) -> tuple[int, list[str]]:
    """(row number, headings): the row with most known words, or the first with anything in it."""
    said = frozenset(map(squeeze, named))
    best, most = 0, -1
    for number, row in enumerate(rows, start=1):
        known = _known_headings(row, kind) + sum(squeeze(cell) in said for cell in row)
        if row and (known > most):
            best, most = number, known
    if not best:
        raise InputError(
            "import.no_header",
            Text(vi="Không tìm thấy dòng tiêu đề.", en="No header row was found."),
            hint=Text(
                vi="Dòng đầu tiên phải là tên các cột.", en="The first row must name the columns."
            ),
        )
    return best, [clean_cell(heading) for heading in rows[best - 1]]


def _known_headings(row: Sequence[str], kind: str) -> int:
    return len({squeeze(cell) for cell in row} & _words(kind))


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(squeeze(h) for f in FIELDS_OF[kind] for h in (*f.headings, f.name))
