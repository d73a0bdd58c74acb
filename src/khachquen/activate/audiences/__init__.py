"""Knows how a list of customers is written as a file other programs can use.

Hides CSV, spreadsheets and their dangers. Does not choose the people: ``flows.finding`` does.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.activate.audiences.customer_file import (
        COLUMNS,
        CustomerTable,
        FileColumn,
        Setting,
    )
    from khachquen.activate.audiences.spreadsheet import safe_cell
    from khachquen.activate.audiences.writing import (
        MOST_ROWS,
        FileKind,
        TableWriter,
        open_writer,
    )

__all__ = [
    "COLUMNS",
    "MOST_ROWS",
    "CustomerTable",
    "FileColumn",
    "FileKind",
    "Setting",
    "TableWriter",
    "open_writer",
    "safe_cell",
]
__getattr__ = door(
    __name__,
    {
        **dict.fromkeys(("COLUMNS", "CustomerTable", "FileColumn", "Setting"), "customer_file"),
        **dict.fromkeys(("MOST_ROWS", "FileKind", "TableWriter", "open_writer"), "writing"),
        "safe_cell": "spreadsheet",
    },
)
