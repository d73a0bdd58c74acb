"""Cells a spreadsheet shows and never runs.

A cell that begins with ``= + - @`` is a formula to Excel and LibreOffice, also behind spaces and
invisible characters, in full width, and after a line break. Such a cell gets an apostrophe, which
spreadsheets hide.
"""

import unicodedata

_STARTS = frozenset("=+-@|%\t\r\n")


def safe_cell(text: str) -> str:
    """``text`` as a cell: control characters out, line breaks as spaces, no formula.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("\\u200b ＝1+1"), safe_cell("Chị Hoa")
    ("'=HYPERLINK(1)", "'＝1+1", 'Chị Hoa')
    """
    plain = "".join(" " if c in "\t\r\n\v\f\u2028\u2029" else c for c in text)
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("Cc", "Cf")).strip()
    first = unicodedata.normalize("NFKC", plain[:1])[:1]
    return f"'{plain}" if first in _STARTS and first else plain
