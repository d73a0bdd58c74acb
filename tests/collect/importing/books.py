"""Workbooks as shops have them, and as nobody should."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from struct import pack
from typing import Any

from xlsxwriter import Workbook

Rows = Sequence[Sequence[Any]]
_MANIFEST = """<?xml version="1.0"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"""


def excel(path: Path, **sheets: Rows) -> Path:
    """A workbook of these sheets; dates as dates, text that begins with ``#`` as an error."""
    with Workbook(str(path)) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, date):
                        is_moment = isinstance(cell, datetime)
                        sheet.write_datetime(number, place, cell, moment if is_moment else day)
                    elif str(cell).startswith("#"):
                        sheet.write_formula(number, place, "=1/0", None, cell)
                    elif cell is not None:
                        sheet.write(number, place, cell)
    return path


def open_document(path: Path, rows: Rows) -> Path:
    """A LibreOffice sheet, as little of one as there can be."""
    cells = [
        "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{cell}</text:p></table:table-cell>"
            for cell in row
        )
        for row in rows
    ]
    lines = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Khach">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as parcel:
        parcel.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parcel.writestr("META-INF/manifest.xml", _MANIFEST)
        parcel.writestr("content.xml", content)
    return path


def old_excel(path: Path, rows: Rows) -> Path:
    """An .xls of Excel 97: a compound file with one stream, text in Unicode and numbers."""

    def record(kind: int, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return pack("<HH", kind, len(body)) + body

    def cell(row: int, column: int, value: Any) -> bytes:
        place = pack("<HHH", row, column, 0)
        if isinstance(value, str):
            text = pack("<HB", len(value), 1) + value.encode("utf-16-le")
            return record(0x0204, place, text)
        return record(0x0203, place, pack("<d", value))

    begin = [record(0x0809, pack("<HHHHII", 0x0600, kind, 0, 1997, 0, 6)) for kind in (5, 16)]
    name = pack("<BB", 5, 0) + b"Khach"
    top = len(begin[0]) + 4 + 6 + len(name) + 4
    book = begin[0] + record(0x0085, pack("<IH", top, 0), name) + record(0x000A)
    cells = [cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row)]
    stream = (book + begin[1] + b"".join(cells) + record(0x000A)).ljust(4096, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6) + pack("<IIIIIIIII", 0, 1, 1, 0, 4096,
        _END, 0, _END, 0)  # fmt: skip
    head += pack("<109I", 0, *[_FREE] * 108)
    table = [0xFFFFFFFD, _END, *range(3, 10), _END]
    entries = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    fat = pack("<128I", *table, *[_FREE] * (128 - len(table)))
    path.write_bytes(head + fat + entries + bytes(256) + stream)
    return path


_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    words = name.encode("utf-16-le")
    tree = pack("<HBBIII", len(words) + 2, kind, 1, _FREE, _FREE, child)
    return words.ljust(64, b"\0") + tree + bytes(36) + pack("<IQ", start, size)


def with_part(book: Path, part: str, content: bytes) -> Path:
    """The same workbook with one part put in the place of its own."""
    with zipfile.ZipFile(book) as parcel:
        parts = {name: parcel.read(name) for name in parcel.namelist()} | {part: content}
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, data in parts.items():
            parcel.writestr(name, data)
    return book
