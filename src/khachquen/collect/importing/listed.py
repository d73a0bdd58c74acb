"""Rows of a list of numbers and addresses to be left alone → one small note each, row by row."""

from collections.abc import Iterator

import msgspec

from khachquen.collect.importing.mapping import Plan
from khachquen.collect.importing.sheets import Sheet
from khachquen.collect.importing.summary import Tally
from khachquen.collect.importing.values import clean_cell

_encode = msgspec.json.Encoder().encode


class ListedReader:
    """Tells of each row its number and what stands in it. No message for the front door: who is on
    such a list is nobody's event, and must stand nowhere in clear.

    A cell means nothing here yet, so the fate of a row that is not blank is for its reader to note.
    """

    def __init__(self, sheet: Sheet, plan: Plan, tally: Tally):
        self._sheet, self._plan, self._tally = sheet, plan, tally

    def messages(self) -> Iterator[bytes]:
        """``{"row": 2, "phone": "0912 345 678"}``."""
        columns = list(self._plan.fields.values())
        for number, cells in self._sheet.rows(columns, self._tally.unread):
            self._tally.rows += 1
            told = {
                field: clean_cell(cell)
                for field, cell in zip(self._plan.fields, cells, strict=True)
                if cell and not cell.isspace()
            }
            if told:
                yield _encode({"row": number, **told})
            else:
                self._tally.fates["blank"] += 1
