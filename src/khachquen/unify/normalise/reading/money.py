"""Amounts of money as people write them: 1.250.000đ, 1,250,000 VND, 1250k, 1tr250, 2 tỷ."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from khachquen.base import Money
from khachquen.unify.normalise.text import fold

_CURRENCIES = {
    **dict.fromkeys(("d", "₫", "vnd", "vnđ", "dong", "vn dong", "viet nam dong"), "VND"),
    **dict.fromkeys(("$", "usd", "us$", "do", "do la"), "USD"),
    **dict.fromkeys(("€", "eur", "euro"), "EUR"),
}
_WORDS = {
    **dict.fromkeys(("k", "ngan", "nghin", "ng", "n"), 3),
    **dict.fromkeys(("tr", "trieu", "m", "cu"), 6),
    **dict.fromkeys(("ty", "ti", "b"), 9),
}
_MARK = "|".join(sorted(map(re.escape, _CURRENCIES), key=len, reverse=True))
_UNIT = "|".join(sorted(_WORDS, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?P<sign>-|\()?\s*(?P<before>{_MARK})?\s*(?P<minus>-)?\s*(?P<number>\d[\d.,' ]*)"
    rf"\s*(?P<unit>{_UNIT})?\s*(?P<rest>\d{{1,3}})?\s*(?P<of>{_UNIT})?\s*(?P<after>{_MARK})?\s*\)?"
)
_FLOAT = re.compile(r"\d(?:[.,]\d+)?e\d{1,2}", re.ASCII)  # Excel's 1.25E+06
_LONGEST = 60
_MOST = Decimal(10) ** 15

Reason = Literal["", "empty", "no_amount", "too_large"]


@dataclass(frozen=True, slots=True)
class Amount:
    """What was written and what it is worth, in whole units of the smallest coin.

    ``is_ambiguous``: another reader could see another amount ("1.250 USD": 1250 or 1.25), so one
    look at the column it came from is due.
    """

    raw: str
    money: Money | None
    is_ambiguous: bool = False
    reason: Reason = ""


def read_money(raw: str, *, currency: str = "VND") -> Amount:
    """The amount, in ``currency`` unless another is written beside it.

    Đồng have no decimals: a dot or comma before three digits parts thousands, so "1.250" is 1.250 đ
    and never 1,25. ``k`` is a thousand, ``tr`` a million, ``tỷ`` a thousand million; digits behind
    them go on where they stop (1tr2 is 1.200.000, 1tr250 is 1.250.000, 1tr50 is flagged) or have
    a unit of their own (1tr250k, 2 tỷ 500 triệu).

    >>> [read_money(text).money.minor for text in ("1tr250", "1.250.000đ", "1,250,000 VND")]
    [1250000, 1250000, 1250000]
    >>> read_money("1.234.567,89", currency="USD").money
    Money(minor=123456789, currency='USD')
    """
    text = fold(raw[:_LONGEST]).replace("+", "") if len(raw) <= _LONGEST else ""
    if not text:
        return Amount(raw, None, reason="no_amount" if raw.strip() else "empty")
    if _FLOAT.fullmatch(text):
        return _checked(raw, Decimal(text.replace(",", ".")), currency)
    found = _AMOUNT.fullmatch(text)
    if not found or (found["rest"] and not found["unit"]) or (found["of"] and not found["rest"]):
        return Amount(raw, None, reason="no_amount")
    currency = _CURRENCIES.get(found["before"] or found["after"] or "", currency)
    number, is_open = _number(found["number"].strip(), currency, _WORDS.get(found["unit"] or "", 0))
    if number is None:
        return Amount(raw, None, reason="no_amount")
    amount = _scaled(number, found["unit"] or "", found["rest"] or "", found["of"] or "")
    is_open = is_open or (len(found["rest"] or "") == 2 and not found["of"])
    sign = -1 if found["sign"] or found["minus"] else 1
    return _checked(raw, sign * amount, currency, is_open=is_open)


def _checked(raw: str, amount: Decimal, currency: str, *, is_open: bool = False) -> Amount:
    if abs(amount) >= _MOST:
        return Amount(raw, None, reason="too_large")
    return Amount(raw, Money.from_major(amount, currency), is_open)


def _scaled(number: Decimal, unit: str, rest: str, rest_unit: str) -> Decimal:
    power = _WORDS.get(unit, 0)
    more = _WORDS[rest_unit] if rest_unit else power - len(rest)
    return number.scaleb(power) + (Decimal(rest).scaleb(more) if rest else 0)


def _number(text: str, currency: str, power: int) -> tuple[Decimal | None, bool]:
    """The digits as a number, and whether its dot or comma could be read another way."""
    text = text.replace("'", " ")
    if " " in text and not _is_grouped(text.split(",")[0].split(".")[0], " "):
        return None, False
    digits = text.replace(" ", "")
    dot, comma = digits.rfind("."), digits.rfind(",")
    if dot >= 0 and comma >= 0:  # 1.234.567,89 or 1,234,567.89: the last one parts the decimals
        last, other = (".", ",") if dot > comma else (",", ".")
        whole, _, cents = digits.rpartition(last)
        if digits.count(last) > 1 or not _is_grouped(whole, other):
            return None, False
        return Decimal(f"{whole.replace(other, '')}.{cents or 0}"), False
    mark = "." if dot >= 0 else ","
    parts = digits.split(mark)
    if len(parts) == 1:
        return Decimal(digits), False
    if _is_grouped(digits, mark) and power <= 3:  # 1.250k is a million and a quarter; so is 1.250tr
        is_open = len(parts) == 2 and (currency != "VND" or power > 0)
        return Decimal("".join(parts)), is_open
    if len(parts) == 2 and parts[0]:  # 1,25tr; 12.50
        is_odd = currency == "VND" and power == 0 and bool(parts[1].strip("0"))
        return Decimal(f"{parts[0]}.{parts[1] or 0}"), is_odd
    return None, False


def _is_grouped(digits: str, mark: str) -> bool:
    """Whether the marks stand before every third digit: 1.250.000."""
    first, *rest = digits.split(mark)
    return not rest or (1 <= len(first) <= 3 and all(len(group) == 3 for group in rest))
