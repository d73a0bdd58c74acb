"""A table as a file, written a part at a time: what is there may be kept, and gone on with later.

Each writer gives the bytes to be put at the end of the file, and its ``state`` says where it is.
"""

import csv
import io
import zlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from struct import pack
from typing import Literal, Protocol
from xml.sax.saxutils import escape

from khachquen.activate.audiences.spreadsheet import safe_cell

Cell = str | int | Decimal | datetime | None
FileKind = Literal["csv", "xlsx"]
MOST_ROWS = {"csv": 10**9, "xlsx": 1_048_575}
"""How many rows a file can hold below its heads."""
_BOM = "\ufeff"


class TableWriter(Protocol):
    """One file being written. ``state`` is of the bytes given so far."""

    state: list[int]

    def begin(self, heads: Sequence[str]) -> bytes: ...
    def write(self, rows: Sequence[Sequence[Cell]]) -> bytes: ...
    def end(self) -> bytes: ...


def open_writer(kind: FileKind, state: Sequence[int] = ()) -> TableWriter:
    """A writer of a new file, or one that goes on from a state of before."""
    return _Xlsx(state) if kind == "xlsx" else _Csv()


class _Csv:
    """UTF-8 with a BOM, so that Excel reads Vietnamese as it is; text is never a formula."""

    def __init__(self) -> None:
        self.state: list[int] = []

    def begin(self, heads: Sequence[str]) -> bytes:
        return _BOM.encode() + self.write([heads])

    def write(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\r\n")
        lines.writerows([_as_text(cell) for cell in row] for row in rows)
        return text.getvalue().encode()

    def end(self) -> bytes:
        return b""


def _as_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return safe_cell(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)


class _Xlsx:
    """A workbook of one sheet. The sheet is compressed in pieces that need nothing of one another,
    and stands first in the archive, so the file only ever grows at its end.

    Text is text to a spreadsheet, never a formula; what looks like one is marked as quoted, so that
    editing the cell does not make it one. ``state``: bytes, checksum and packed bytes of the sheet.
    """

    def __init__(self, state: Sequence[int] = ()) -> None:
        self.state = list(state) or [0, 0, 0]

    def begin(self, heads: Sequence[str]) -> bytes:
        cells = "".join(_text_cell(head, _BOLD) for head in heads)
        return _local(_SHEET, b"", is_told_later=True) + self._packed(
            f"{_SHEET_HEAD}<row>{cells}</row>"
        )

    def write(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        return self._packed("".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows))

    def end(self) -> bytes:
        last = self._packed("</sheetData></worksheet>") + _LAST_BLOCK
        self.state[2] += len(_LAST_BLOCK)
        size, checksum, packed = self.state
        told = last + pack("<4sIII", b"PK\x07\x08", checksum, packed, size)
        at = len(_local(_SHEET, b"", is_told_later=True)) + packed + 16
        listed = [_listed(_SHEET, checksum, packed, size, at=0, is_told_later=True)]
        for name, text in _PARTS.items():
            data = text.encode()
            listed.append(_listed(name, zlib.crc32(data), len(data), len(data), at=at))
            told += (entry := _local(name, data) + data)
            at += len(entry)
        index = b"".join(listed)
        count = len(listed)
        return (
            told + index + pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(index), at, 0)
        )

    def _packed(self, text: str) -> bytes:
        data = text.encode("utf-8", "replace")
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
        size, checksum, so_far = self.state
        self.state = [size + len(data), zlib.crc32(data, checksum), so_far + len(packed)]
        return packed


_SHEET = "xl/worksheets/sheet1.xml"
_LAST_BLOCK = zlib.compressobj(6, zlib.DEFLATED, -15).flush()
_BOLD, _QUOTED, _TIME = 1, 2, 3
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  # spreadsheets have no zones


def _cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, str):
        safe = safe_cell(cell)
        return _text_cell(
            safe.removeprefix("'") if safe != cell else safe, _QUOTED * (safe != cell)
        )
    if isinstance(cell, datetime):
        days = (cell.replace(tzinfo=None, second=0, microsecond=0) - _DAY_ZERO).total_seconds()
        return f'<c s="{_TIME}"><v>{days / 86_400:.6f}</v></c>'
    return f"<c><v>{cell}</v></c>"


def _text_cell(text: str, style: int = 0) -> str:
    shown = escape(safe_cell(text) if style == _BOLD else text)
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{shown}</t></is></c>'


def _local(name: str, data: bytes, *, is_told_later: bool = False) -> bytes:
    """What stands before an entry of the archive."""
    flags, method = (0x0808, 8) if is_told_later else (0x0800, 0)
    told = (0, 0, 0) if is_told_later else (zlib.crc32(data), len(data), len(data))
    return pack("<4sHHHIIIIHH", b"PK\x03\x04", 20, flags, method, _DATE, *told, len(name), 0) + (
        name.encode()
    )


def _listed(
    name: str, checksum: int, packed: int, size: int, *, at: int, is_told_later: bool = False
) -> bytes:
    """What the archive's index says of an entry."""
    flags, method = (0x0808, 8) if is_told_later else (0x0800, 0)
    head = (b"PK\x01\x02", 20, 20, flags, method, _DATE, checksum, packed, size, len(name))
    return pack("<4sHHHHIIIIHHHHHII", *head, 0, 0, 0, 0, 0, at) + name.encode()


_DATE = 0x00210000  # 1 January 1980: the same people give the same bytes
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org"
_MAIN = f'xmlns="{_OFFICE}/spreadsheetml/2006/main"'
_SHEET_HEAD = (
    f'{_XML}<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
    '<cols><col min="1" max="60" width="20" customWidth="1"/></cols><sheetData>'
)
_RELATIONS = f'xmlns="{_OFFICE}/package/2006/relationships"'
_OF = f"{_OFFICE}/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_OFFICE}/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/{_SHEET}" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships {_RELATIONS}><Relationship Id="r1" Type="{_OF}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook {_MAIN} xmlns:r="{_OF}"><sheets>'
        '<sheet name="KhachQuen" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f"{_XML}<Relationships {_RELATIONS}>"
        f'<Relationship Id="r1" Type="{_OF}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_OF}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'{_XML}<styleSheet {_MAIN}><numFmts count="1">'
        '<numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        "</cellStyleXfs>"
        '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>'
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        "</cellXfs></styleSheet>"
    ),
}
