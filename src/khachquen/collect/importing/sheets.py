"""Files of rows: what kind of file it is, its header, and its rows as text cells.

A CSV file may come in UTF-8 (with or without a mark), UTF-16 or windows-1258, with any usual
delimiter, and with title lines above the header. A Parquet file is read by a DuckDB that can open
that one file and nothing else, a workbook by a process beside.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from khachquen.base import InputError, Text
from khachquen.collect.importing.summary import Problem
from khachquen.collect.importing.workbook_kinds import is_workbook

Report = Callable[[Problem], None]
Cells = Sequence[str]
_PARQUET_MAGIC = b"PAR1"
_REFUSED_MAGIC = {
    b"PK\x03\x04": ("ZIP, không phải Excel", "a ZIP, not an Excel"),
    b"\xd0\xcf\x11\xe0": ("Office cũ, không phải Excel", "an old Office, not an Excel"),
    b"\x1f\x8b": ("nén gzip", "a gzip"),
    b"%PDF": ("PDF", "a PDF"),
}


class Sheet(Protocol):
    """A file of rows that can be read again and again."""

    @property
    def header(self) -> tuple[str, ...]:
        """The heading of each column, as written."""

    @property
    def numeric(self) -> frozenset[int]:
        """Columns that hold numbers rather than text that may look like numbers."""

    @property
    def timed(self) -> frozenset[int]:
        """Columns that hold times rather than text, so that day and month are sure."""

    def rows(self, columns: Sequence[int], report: Report) -> Iterator[tuple[int, Cells]]:
        """Row number and the cells of ``columns``, as text; an absent value is ``""``.

        The number is the one a spreadsheet shows. A row that cannot be read goes to ``report``.
        """

    def grouped(
        self, columns: Sequence[int], by: int, report: Report
    ) -> Iterator[tuple[str, int, Cells]]:
        """As ``rows``, but all rows of one key (column ``by``) together: key, number, cells.

        Keys come in the order of their first rows. Memory is bounded: sorting spills to disk.
        """


def detect_format(path: Path) -> str:
    """``parquet``, ``workbook``, ``json`` (one object a line) or ``csv``, told from the bytes.

    Raises:
        InputError: the file is missing, empty, or of a kind that cannot be imported.
    """
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise _cannot_open(path, error) from None
    if not start:
        raise InputError(
            "import.empty_file",
            Text(vi="Tệp trống.", en="The file is empty."),
            path=path.name,
        )
    if is_workbook(path, start):
        return "workbook"
    for magic, (vi, en) in _REFUSED_MAGIC.items():
        if start.startswith(magic):
            raise _wrong_format(path, vi, en)
    if start.startswith(_PARQUET_MAGIC):
        return "parquet"
    return "json" if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") else "csv"


def _cannot_open(path: Path, error: OSError) -> InputError:
    return InputError(
        "import.cannot_open",
        Text(
            vi=f"Không mở được tệp: {error.strerror or error}.",
            en=f"The file cannot be opened: {error.strerror or error}.",
        ),
        path=path.name,
    )


def _wrong_format(path: Path, vi: str, en: str) -> InputError:
    return InputError(
        "import.wrong_format",
        Text(vi=f"Đây là tệp {vi}.", en=f"This is {en} file."),
        path=path.name,
        hint=Text(
            vi="Lưu lại thành Excel (.xlsx) hoặc CSV UTF-8 rồi nhập.",
            en="Save it as Excel (.xlsx) or CSV UTF-8 and import that.",
        ),
    )
