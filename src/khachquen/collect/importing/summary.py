"""What became of every row: counted, and each trouble kept with its place."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from khachquen.base import InvariantError, Text

SHOWN_PROBLEMS = 200
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
_ERROR_HEADER = ["row", "column", "value", "code", "refused", "lý do", "reason"]
_REASONS = {
    "no_order_number": Text(vi="Thiếu mã đơn hàng.", en="The order number is missing."),
    "bad_quantity": Text(vi="Số lượng không phải là số.", en="The quantity is not a number."),
    "bad_price": Text(vi="Giá không phải là số tiền.", en="The price is not an amount of money."),
    "bad_total": Text(vi="Tổng tiền không phải là số tiền.", en="The total is not an amount."),
    "bad_date": Text(
        vi="Ngày giờ không đọc được; dạng đúng: 31/12/2026 hoặc 31/12/2026 14:05.",
        en="The date cannot be read; write it as 31/12/2026 or 31/12/2026 14:05.",
    ),
    "no_identifier": Text(
        vi="Không có mã khách hàng, điện thoại hay email.",
        en="There is no customer id, phone or e-mail.",
    ),
    "bad_answer": Text(
        vi="Không rõ khách đồng ý hay từ chối; ghi Có, Không hoặc Rút lại. Để trống là chưa hỏi.",
        en="It is not clear whether they agreed; write Yes, No or Withdrawn. Empty is not asked.",
    ),
    "bad_contact": Text(
        vi="Không phải số điện thoại hay email; số viết như 0912 345 678.",
        en="This is neither a phone number nor an e-mail; write a number as 0912 345 678.",
    ),
    "no_sku": Text(vi="Thiếu mã hàng.", en="The product code is missing."),
    "too_many_cells": Text(
        vi="Dòng có nhiều ô hơn tiêu đề; ô chứa dấu phân cách cần đặt trong ngoặc kép.",
        en="The row has more cells than the header; quote cells that hold the delimiter.",
    ),
    "broken_quotes": Text(
        vi="Dấu ngoặc kép không khép lại hoặc ô quá dài.",
        en="A quoted cell is not closed, or is too long.",
    ),
    "bad_bytes": Text(
        vi="Có ký tự không đọc được với bảng mã của tệp.",
        en="Some characters cannot be read in the file's encoding.",
    ),
    "error_cell": Text(
        vi="Ô Excel đang báo lỗi công thức; sửa công thức hoặc gõ giá trị rồi lưu lại.",
        en="The cell shows an Excel error; mend the formula or type the value, and save again.",
    ),
    "too_long": Text(vi="Giá trị quá dài.", en="The value is too long."),
    "too_many_lines": Text(vi="Đơn hàng có quá nhiều dòng.", en="The order has too many lines."),
    "not_json": Text(vi="Dòng không phải là JSON.", en="The line is not JSON."),
    "not_an_object": Text(
        vi="Dòng không phải là một đối tượng JSON.", en="The line is not a JSON object."
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One trouble: in which row and column, with what value. ``refused``: the row was left out."""

    row: int
    column: str
    value: str
    code: str
    refused: bool = True

    @property
    def message(self) -> Text:
        """The reason in both languages."""
        return _REASONS[self.code]

    def as_dict(self, language: str = "vi") -> dict[str, Any]:
        """Row, column, value, code and message, for JSON."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value[:200],
            "code": self.code,
            "refused": self.refused,
            "message": self.message.in_language(language),
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """Every row of the file and its fate; the fates add up to the rows.

    ``notes`` counts what was decided along the way without refusing anything (several dates in one
    order, a fractional quantity). ``problems`` holds the first few; all are in the error file.
    """

    rows: int
    messages: int
    rows_by_fate: dict[str, int]
    messages_by_event: dict[str, int]
    problems_by_code: dict[str, int]
    notes: dict[str, int]
    problems: tuple[Problem, ...]
    columns: dict[str, str]
    ignored_columns: tuple[str, ...]

    def as_dict(self, language: str = "vi") -> dict[str, Any]:
        """The summary as JSON shows it."""
        return {
            "rows": self.rows,
            "messages": self.messages,
            "rows_by_fate": self.rows_by_fate,
            "messages_by_event": self.messages_by_event,
            "problems_by_code": self.problems_by_code,
            "notes": self.notes,
            "problems": [problem.as_dict(language) for problem in self.problems],
            "columns": self.columns,
            "ignored_columns": list(self.ignored_columns),
        }


class ErrorFile:
    """Every trouble as a line of CSV, written as it comes; no file when there is none."""

    def __init__(self, path: Path):
        self.path = path
        self._file: TextIO | None = None

    def add(self, problem: Problem) -> None:
        """One line; no cell of it is a formula to a spreadsheet."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(_ERROR_HEADER)
        reason = problem.message
        cells = [problem.column, problem.value[:1000], problem.code]
        refused = "yes" if problem.refused else "no"
        row = [problem.row, *map(_inert, cells), refused, reason.vi, reason.en]
        csv.writer(self._file).writerow(row)

    def close(self) -> None:
        """Flush what was written; what comes later begins the file anew."""
        if self._file is not None:
            self._file.close()
            self._file = None


@dataclass(slots=True)
class Tally:
    """Counts as an import goes, and hands every trouble to the error file as it comes."""

    error_file: ErrorFile
    rows: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    shown: list[Problem] = field(default_factory=list)

    def report(self, problem: Problem) -> None:
        """Keep a trouble; a refused row gets its fate here."""
        self.codes[problem.code] += 1
        if problem.refused:
            self.fates["refused"] += 1
        if len(self.shown) < SHOWN_PROBLEMS:
            self.shown.append(problem)
        self.error_file.add(problem)

    def unread(self, problem: Problem) -> None:
        """Keep the trouble of a row nothing could be read of; it is counted here."""
        self.rows += 1
        self.report(problem)

    def summary(self, columns: dict[str, str], ignored: tuple[str, ...]) -> Summary:
        """The account.

        Raises:
            InvariantError: a row has no fate, or two.
        """
        if sum(self.fates.values()) != self.rows:
            raise InvariantError(
                "import.rows_unaccounted",
                Text(
                    vi=f"Đã đọc {self.rows} dòng nhưng chỉ rõ kết quả {sum(self.fates.values())}.",
                    en=f"{self.rows} rows were read, {sum(self.fates.values())} accounted for.",
                ),
            )
        return Summary(
            rows=self.rows,
            messages=sum(self.events.values()),
            rows_by_fate=dict(self.fates),
            messages_by_event=dict(self.events),
            problems_by_code=dict(self.codes),
            notes=dict(self.notes),
            problems=tuple(self.shown),
            columns=columns,
            ignored_columns=ignored,
        )


def _inert(cell: str) -> str:
    """A cell no spreadsheet takes for a formula; a phone number (+84...) stays readable."""
    bare = cell.lstrip(" \xa0\r\n")
    is_number = bare[:1] in "+-" and bare[1:].replace(" ", "").isdecimal()
    return cell if is_number or not bare.startswith(_FORMULA) else f"'{cell}"
