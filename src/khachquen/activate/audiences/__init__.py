"""Knows how a list of customers is written as a file other programs can use.

Hides CSV and its dangers. Does not choose the people: ``unify.profiles`` finds them.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.activate.audiences.customer_file import (
        COLUMNS,
        FileColumn,
        export_customers,
        write_customers,
    )
    from khachquen.activate.audiences.spreadsheet import safe_cell

__all__ = ["COLUMNS", "FileColumn", "export_customers", "safe_cell", "write_customers"]
__getattr__ = door(
    __name__,
    {
        "COLUMNS": "customer_file",
        "FileColumn": "customer_file",
        "export_customers": "customer_file",
        "safe_cell": "spreadsheet",
        "write_customers": "customer_file",
    },
)
