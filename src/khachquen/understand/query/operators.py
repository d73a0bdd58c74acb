"""What a value can be asked: which operators a type has, and which values each of them takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from khachquen.base import Text, nearest
from khachquen.understand.query import problems
from khachquen.understand.query.fields import FIELD_KINDS, Field, FieldKind
from khachquen.understand.query.windows import Span, check_instant

Operator = Literal[
    "is",
    "is_not",
    "in",
    "not_in",
    "contains",
    "not_contains",
    "starts",
    "at_least",
    "at_most",
    "more",
    "less",
    "between",
    "before",
    "after",
    "in_last",
    "longer_ago",
    "in_next",
    "this",
    "anniversary_this",
    "anniversary_in_next",
    "has",
    "has_not",
    "has_any",
    "is_set",
    "is_not_set",
]
Takes = Literal["one", "many", "two", "span", "stretch", "nothing"]
_MOST = 1000
_LONGEST = 500
_STRETCHES = ("day", "week", "month", "year")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an operator takes, how it is said between a name and a value, and what it is not.

    A negative operator holds exactly where its ``contrary`` does not, so also where nothing is
    known: whoever asks for "not in Hà Nội" means those whose city nobody told as well.
    """

    takes: Takes
    said: Text
    contrary: Operator | None = None
    is_negative: bool = False


def _means(
    takes: Takes, vi: str, en: str, contrary: Operator | None = None, *, negative: bool = False
) -> Meaning:
    return Meaning(takes, Text(vi=vi, en=en), contrary, negative)


OPERATORS: Mapping[Operator, Meaning] = {
    "is": _means("one", "là", "is", "is_not"),
    "is_not": _means("one", "không phải là", "is not", "is", negative=True),
    "in": _means("many", "là một trong", "is one of", "not_in"),
    "not_in": _means("many", "không thuộc", "is none of", "in", negative=True),
    "contains": _means("one", "có chữ", "contains", "not_contains"),
    "not_contains": _means("one", "không có chữ", "does not contain", "contains", negative=True),
    "starts": _means("one", "bắt đầu bằng", "starts with"),
    "at_least": _means("one", "từ", "is at least"),
    "at_most": _means("one", "nhiều nhất", "is at most"),
    "more": _means("one", "hơn", "is more than"),
    "less": _means("one", "dưới", "is less than"),
    "between": _means("two", "từ", "is between"),
    "before": _means("one", "trước", "is before"),
    "after": _means("one", "sau", "is after"),
    "in_last": _means("span", "trong", "is within the last"),
    "longer_ago": _means("span", "cách đây hơn", "is longer ago than"),
    "in_next": _means("span", "trong", "is within the next"),
    "this": _means("stretch", "trong", "is this"),
    "anniversary_this": _means("stretch", "rơi vào", "has its anniversary this"),
    "anniversary_in_next": _means("span", "rơi vào", "has its anniversary within the next"),
    "has": _means("one", "có", "has", "has_not"),
    "has_not": _means("one", "không có", "does not have", "has", negative=True),
    "has_any": _means("many", "có một trong", "has one of"),
    "is_set": _means("nothing", "đã có", "is known", "is_not_set"),
    "is_not_set": _means("nothing", "chưa có", "is not known", "is_set", negative=True),
}
_KNOWN: tuple[Operator, ...] = ("is_set", "is_not_set")
_EQUAL: tuple[Operator, ...] = ("is", "is_not", "in", "not_in")
_WORDS: tuple[Operator, ...] = ("contains", "not_contains", "starts")
_ORDER: tuple[Operator, ...] = ("at_least", "at_most", "more", "less", "between")
_DAYS: tuple[Operator, ...] = ("before", "after", "between", "in_last", "longer_ago", "this")
_YEARLY: tuple[Operator, ...] = ("in_next", "anniversary_this", "anniversary_in_next")
_NUMBERS = ("is", "is_not", *_ORDER, *_KNOWN)
OPERATORS_OF: Mapping[FieldKind, tuple[Operator, ...]] = {
    "text": (*_EQUAL, *_WORDS, *_KNOWN),
    "choice": (*_EQUAL, *_KNOWN),
    "code": (*_EQUAL, *_KNOWN),
    "id": (*_EQUAL, *_KNOWN),
    "number": _NUMBERS,
    "money": _NUMBERS,
    "yes_no": ("is", *_KNOWN),
    "date": ("is", *_DAYS, *_YEARLY, *_KNOWN),
    "time": (*_DAYS, *_KNOWN),
    "list": ("has", "has_not", "has_any", *_KNOWN),
    "any": (*_EQUAL, *_WORDS, *_ORDER, *_KNOWN),
}
RELATIVE: frozenset[Operator] = frozenset(
    ("in_last", "longer_ago", "in_next", "this", "anniversary_this", "anniversary_in_next")
)
"""Operators whose answer depends on when it is asked."""


def kind_asked(field: Field, value: Any) -> FieldKind:
    """The type a comparison is made in: of an untyped property the value decides."""
    if field.kind != "any":
        return field.kind
    sample = value[0] if isinstance(value, list | tuple) and value else value
    if isinstance(sample, bool):
        return "yes_no"
    return "number" if isinstance(sample, int | float) else "text"


def check_asked(
    field: Field, operator: Operator, value: Any, path: str, *, is_inner: bool = False
) -> None:
    """Whether the field has the operator, and the operator takes the value.

    ``is_inner``: inside an event or an order, where nothing turns with time by itself.
    """
    known = OPERATORS_OF[field.kind]
    allowed = [one for one in known if not (is_inner and one in RELATIVE)]
    if operator not in allowed:
        kind = FIELD_KINDS[field.kind]
        problems.refuse(
            f"{path}.is",
            Text(
                vi=f"«{field.label.vi}» là {kind.vi}, không hỏi {operator!r} được.",
                en=f"“{field.label.en}” is a {kind.en}; {operator!r} cannot be asked of it.",
            ),
            hint=nearest(operator, allowed),
        )
    _CHECKS[OPERATORS[operator].takes](field, value, f"{path}.value")


def _check_nothing(field: Field, value: Any, path: str) -> None:
    if value is not None:
        wanted = Text(vi="chỗ trống: phép hỏi này không cần giá trị", en="empty, as it should be")
        problems.wrong_value(path, value, wanted, '{"trait": "email", "is": "is_set"}')


def _check_one(field: Field, value: Any, path: str) -> None:
    if field.kind == "time":
        check_instant(value, path)
    elif not _fits(field, value):
        wanted, example = _WANTED[field.kind]
        problems.wrong_value(path, value, wanted, example)
    if field.choices and value not in {choice.value for choice in field.choices}:
        known = [choice.value for choice in field.choices]
        what = Text(
            vi=f"giá trị nào của «{field.label.vi}» là", en=f"value of “{field.label.en}” like"
        )
        problems.unknown(path, what, value, known)


def _check_many(field: Field, value: Any, path: str) -> None:
    if not isinstance(value, list) or not 1 <= len(value) <= _MOST:
        wanted = Text(vi=f"danh sách từ 1 đến {_MOST} giá trị", en=f"a list of 1 to {_MOST} values")
        problems.wrong_value(path, value, wanted, '["Hà Nội", "Huế"]')
    for place, one in enumerate(value):
        _check_one(field, one, f"{path}[{place}]")


def _check_two(field: Field, value: Any, path: str) -> None:
    if not isinstance(value, list) or len(value) != 2:
        wanted = Text(vi="cặp hai giá trị", en="a pair of values")
        problems.wrong_value(path, value, wanted, "[100000, 500000]")
    for place, one in enumerate(value):
        _check_one(field, one, f"{path}[{place}]")


def _check_span(field: Field, value: Any, path: str) -> None:
    wanted = Text(vi="khoảng thời gian", en="a span of time")
    units = ("day", "week") if field.kind == "date" else ("minute", "hour", "day", "week")
    try:
        span = msgspec.convert(value, Span)
    except msgspec.ValidationError:
        problems.wrong_value(path, value, wanted, '{"n": 30, "unit": "day"}')
    if span.unit not in units:
        problems.unknown(
            f"{path}.unit", Text(vi="đơn vị thời gian nào là", en="unit of time"), span.unit, units
        )
    span.check(path)


def _check_stretch(field: Field, value: Any, path: str) -> None:
    if value not in _STRETCHES:
        what = Text(vi="khoảng lịch nào tên", en="stretch of the calendar named")
        problems.unknown(path, what, value, _STRETCHES)


_CHECKS = {
    "nothing": _check_nothing,
    "one": _check_one,
    "many": _check_many,
    "two": _check_two,
    "span": _check_span,
    "stretch": _check_stretch,
}
_TEXT = (Text(vi="chữ", en="a text"), '"Hà Nội"')
_NUMBER = (Text(vi="số", en="a number"), "3")
_WANTED: Mapping[FieldKind, tuple[Text, str]] = {
    **dict.fromkeys(("text", "choice", "code", "list"), _TEXT),
    **dict.fromkeys(("number", "id"), _NUMBER),
    "money": (Text(vi="số tiền", en="an amount of money"), "500000"),
    "yes_no": (Text(vi="true hay false", en="true or false"), "true"),
    "date": (Text(vi="ngày", en="a day"), '"2026-11-20"'),
    "time": (Text(vi="thời điểm", en="an instant"), '"2026-11-20T09:30:00+07:00"'),
    "any": (Text(vi="chữ, số, true hay false", en="a text, a number, true or false"), '"Hà Nội"'),
}


def _fits(field: Field, value: Any) -> bool:
    kind = field.kind
    if kind == "yes_no":
        return isinstance(value, bool)
    if kind == "id":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    if kind in ("number", "money"):
        return is_number(value)
    if kind == "date":
        return isinstance(value, str) and _is_day(value)
    is_text = isinstance(value, str) and 0 < len(value) <= _LONGEST
    return is_text or (kind == "any" and (isinstance(value, bool) or is_number(value)))


def is_number(value: Any) -> bool:
    """A number one can compare with: not a truth, not infinite, not beyond what columns hold."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
