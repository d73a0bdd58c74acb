"""Rules in words: numbers, spans, windows and comparisons as people say them, in both languages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from khachquen.base import Text
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.fields import Field
from khachquen.understand.query.operators import Operator
from khachquen.understand.query.windows import CalendarStretch, Span, Window

_UNITS = {
    "minute": Text(vi="phút", en="minute"),
    "hour": Text(vi="giờ", en="hour"),
    "day": Text(vi="ngày", en="day"),
    "week": Text(vi="tuần", en="week"),
}
_THIS: Mapping[CalendarStretch, Text] = {
    "day": Text(vi="hôm nay", en="today"),
    "week": Text(vi="tuần này", en="this week"),
    "month": Text(vi="tháng này", en="this month"),
    "year": Text(vi="năm nay", en="this year"),
}
TIMES = Text(vi="lần", en="time")
ORDERS = Text(vi="đơn", en="order")
UNITS = Text(vi="món", en="unit")
NOTHING = Text(vi="", en="")


@dataclass(frozen=True, slots=True)
class Speech:
    """What is needed to say a rule: the names of things, and the shop's money."""

    catalogue: Catalogue

    def value(self, field: Field, told: Any) -> Text:
        """One value of a field as it is read."""
        for choice in field.choices:
            if choice.value == told:
                return choice.label
        if isinstance(told, bool):
            return Text(vi="có", en="yes") if told else Text(vi="không", en="no")
        if field.kind == "money":
            return self.money(told)
        if isinstance(told, int | float):
            return number(told)
        if field.kind in ("date", "time"):
            return moment(told)
        return Text(vi=f"«{told}»", en=f"“{told}”")

    def money(self, told: float) -> Text:
        """An amount in the shop's currency."""
        amount, currency = number(told), self.catalogue.currency
        vi = "đ" if currency == "VND" else currency
        return Text(vi=f"{amount.vi} {vi}", en=f"{amount.en} {currency}")

    def comparison(self, field: Field, operator: Operator, told: Any) -> Text:
        """What follows the name of a field: "từ 5 trở lên", "is at least 5"."""
        if operator in ("is_set", "is_not_set"):
            return _KNOWN[operator]
        if operator in _OF_SPANS:
            return _OF_SPANS[operator](span(Span(**told)))
        if operator in ("this", "anniversary_this"):
            here = "rơi vào" if operator == "anniversary_this" else "trong"
            falls = "falls in" if operator == "anniversary_this" else "is in"
            when = _THIS[told]
            return Text(vi=f"{here} {when.vi}", en=f"{falls} {when.en}")
        if operator in ("in", "not_in", "has_any"):
            one = listed([self.value(field, each) for each in told])
        elif operator == "between":
            low, high = (self.value(field, each) for each in told)
            return Text(vi=f"từ {low.vi} đến {high.vi}", en=f"is between {low.en} and {high.en}")
        else:
            one = self.value(field, told)
        vi, en = _SAID[operator]
        return Text(vi=vi.format(one.vi), en=en.format(one.en))


_KNOWN = {
    "is_set": Text(vi="đã có", en="is known"),
    "is_not_set": Text(vi="chưa có", en="is not known"),
}
_OF_SPANS: Mapping[Operator, Callable[[Text], Text]] = {
    "in_last": lambda of: Text(vi=f"trong {of.vi} qua", en=f"is within the last {of.en}"),
    "longer_ago": lambda of: Text(vi=f"cách đây hơn {of.vi}", en=f"is more than {of.en} ago"),
    "in_next": lambda of: Text(vi=f"trong {of.vi} tới", en=f"is within the next {of.en}"),
    "anniversary_in_next": lambda of: Text(
        vi=f"rơi vào {of.vi} tới", en=f"falls in the next {of.en}"
    ),
}
_SAID: Mapping[Operator, tuple[str, str]] = {
    "is": ("là {}", "is {}"),
    "is_not": ("không phải {} (kể cả chưa rõ)", "is not {} (or not known)"),
    "in": ("là {}", "is {}"),
    "not_in": ("không phải {} (kể cả chưa rõ)", "is not {} (or not known)"),
    "contains": ("có chữ {}", "contains {}"),
    "not_contains": ("không có chữ {} (kể cả chưa rõ)", "does not contain {} (or is not known)"),
    "starts": ("bắt đầu bằng {}", "starts with {}"),
    "at_least": ("từ {} trở lên", "is at least {}"),
    "at_most": ("nhiều nhất {}", "is at most {}"),
    "more": ("hơn {}", "is more than {}"),
    "less": ("dưới {}", "is less than {}"),
    "before": ("trước {}", "is before {}"),
    "after": ("sau {}", "is after {}"),
    "has": ("có {}", "include {}"),
    "has_not": ("không có {} (kể cả chưa rõ)", "do not include {} (or are not known)"),
    "has_any": ("có {}", "include {}"),
}
_COUNTED: Mapping[Operator, tuple[str, str]] = {
    "at_least": ("ít nhất {}", "at least {}"),
    "at_most": ("nhiều nhất {}", "at most {}"),
    "more": ("hơn {}", "more than {}"),
    "less": ("dưới {}", "less than {}"),
    "is": ("đúng {}", "exactly {}"),
    "is_not": ("khác {}", "not exactly {}"),
}


def counted(operator: Operator, told: Any, say: Callable[[Any], Text]) -> Text:
    """How many or how much: "ít nhất 3 lần", "at least 3 times"."""
    if operator == "between":
        low, high = say(told[0]), say(told[1])
        return Text(
            vi=f"từ {low.vi.split(' ')[0]} đến {high.vi}",
            en=f"{low.en.split(' ')[0]} to {high.en}",
        )
    vi, en = _COUNTED[operator]
    amount = say(told)
    return Text(vi=vi.format(amount.vi), en=en.format(amount.en))


def number_of(unit: Text) -> Callable[[Any], Text]:
    """So many of a thing; English has a plural."""

    def say(told: Any) -> Text:
        amount = number(told)
        plural = "" if told == 1 else "s"
        return Text(vi=f"{amount.vi} {unit.vi}", en=f"{amount.en} {unit.en}{plural}")

    return say


def number(told: float) -> Text:
    """1.250.000,5 in Vietnamese, 1,250,000.5 in English."""
    english = f"{told:,.10g}" if isinstance(told, float) and told % 1 else f"{int(told):,}"
    return Text(vi=english.translate(str.maketrans(",.", ".,")), en=english)


def moment(told: str) -> Text:
    """20/11/2026, or with the hour."""
    if len(told) == len("2026-11-20"):
        day = date.fromisoformat(told)
        return Text(vi=f"{day:%d/%m/%Y}", en=told)
    at = datetime.fromisoformat(told)
    return Text(vi=f"{at:%H:%M %d/%m/%Y}", en=f"{at:%Y-%m-%d %H:%M}")


def span(told: Span) -> Text:
    """30 ngày, 30 days."""
    return number_of(_UNITS[told.unit])(told.n)


def window(told: Window | None) -> Text:
    """When, with a space before it; nothing for whenever."""
    if told is None:
        return NOTHING
    if told.last:
        of = span(told.last)
        return Text(vi=f" trong {of.vi} qua", en=f" in the last {of.en}")
    if told.ago_from and told.ago_until:
        far, near = span(told.ago_from), span(told.ago_until)
        return Text(
            vi=f" cách đây từ {near.vi} đến {far.vi}", en=f" between {near.en} and {far.en} ago"
        )
    if told.this:
        when = _THIS[told.this]
        return Text(vi=f" trong {when.vi}", en=f" {when.en}")
    parts = [NOTHING]
    if told.from_:
        since = moment(told.from_)
        parts.append(Text(vi=f" từ {since.vi}", en=f" from {since.en}"))
    if told.until:
        until = moment(told.until)
        whole = " hết" if len(told.until) == len("2026-11-20") else ""
        parts.append(Text(vi=f" đến{whole} {until.vi}", en=f" until {until.en}"))
    return Text(vi="".join(p.vi for p in parts), en="".join(p.en for p in parts))


def listed(of: Sequence[Text], *, word: Text | None = None) -> Text:
    """A, B hoặc C."""
    word = word or Text(vi="hoặc", en="or")
    return Text(
        vi=_chain([one.vi for one in of], word.vi), en=_chain([one.en for one in of], word.en)
    )


def _chain(parts: Sequence[str], word: str) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def lower(label: Text) -> Text:
    """A label inside a sentence; abbreviations keep their capitals."""
    return Text(vi=_lower(label.vi), en=_lower(label.en))


def _lower(label: str) -> str:
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
