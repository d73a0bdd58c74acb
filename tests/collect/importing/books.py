"""Workbooks as shops have them, and as nobody should."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
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


def with_part(book: Path, part: str, content: bytes) -> Path:
    """The same workbook with one part put in the place of its own."""
    with zipfile.ZipFile(book) as parcel:
        parts = {name: parcel.read(name) for name in parcel.namelist()} | {part: content}
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, data in parts.items():
            parcel.writestr(name, data)
    return book
