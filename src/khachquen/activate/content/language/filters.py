"""The filters a template may use; there are no others.

Each is total: a value it was not made for comes out as it went in, or as nothing. None makes much
out of little: what a filter gives is never much longer than what it was given.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from liquid.builtin.filters.misc import default
from liquid.exceptions import FilterArgumentError
from liquid.filter import with_context
from liquid.stringify import to_liquid_string
from liquid.undefined import is_undefined

from khachquen.base import exponent_of

_LONGEST = 100_000
_LARGEST = 10**15
_NUMBER = re.compile(r"\s*-?\d{1,15}(\.\d{1,9})?\s*")
_WORDS = {"VND": "đ", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_SWAPPED = str.maketrans(",.", ".,")
_DIRECTIVES = frozenset("dmYyHMjBAe")
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def _refuse(why: str) -> FilterArgumentError:
    return FilterArgumentError(why, token=None)


def _text(value: Any) -> str:
    text = "" if value is None or is_undefined(value) else to_liquid_string(value, False)
    if len(text) > _LONGEST:
        raise _refuse("text is too long")
    return text


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or value is None or is_undefined(value):
        return 0
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value) if "." in value else int(value)
    if not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return 0
    return value


def _small(value: int | float) -> int | float:
    if not abs(value) < _LARGEST:
        raise _refuse("number is too large")
    return value


@with_context
def money(value: Any, currency: Any = None, *, context: Any) -> str:
    """Minor units as a Vietnamese reader writes them: ``1.250.000 đ``; nothing for no amount."""
    if value is None or is_undefined(value) or isinstance(value, bool) or value == "":
        return ""
    unit = _text(currency) or str(context.globals.get("currency") or "VND")
    digits = exponent_of(unit)
    text = f"{_number(value) / 10**digits:,.{digits}f}".translate(_SWAPPED)
    return f"{text}\xa0{_WORDS.get(unit, unit)}"


def number(value: Any) -> str:
    """A number with dots between thousands: ``12.500``, ``3,5``."""
    if value is None or is_undefined(value) or value == "":
        return ""
    found = _number(value)
    whole = int(found) if float(found).is_integer() else round(found, 2)
    return f"{whole:,}".translate(_SWAPPED)


def day(value: Any, form: Any = "%d/%m/%Y") -> str:
    """A day or an instant: ``22/11/2026``, or in a form of your own such as ``"%H:%M %d/%m"``."""
    moment = _moment(value)
    if moment is None:
        return ""
    return re.sub("%(.)", lambda found: _part(found[1], moment), _text(form)[:100])


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value[:40])
    except ValueError:
        return None


def _part(directive: str, moment: datetime) -> str:
    if directive == "%":
        return "%"
    if directive not in _DIRECTIVES:
        raise _refuse(f"%{directive} is no part of a date here")
    if directive == "A":
        return _WEEKDAYS[moment.weekday()]
    if directive == "e":
        return str(moment.day)
    if directive == "B":
        return f"tháng {moment.month}"
    return f"{moment.year:04d}" if directive == "Y" else moment.strftime(f"%{directive}")


def capitalize(value: Any) -> str:
    """The first letter large; the others as they are, for they may be a name."""
    text = _text(value)
    return text[:1].upper() + text[1:]


def replace(value: Any, old: Any, new: Any = "") -> str:
    """Every ``old`` as ``new``."""
    text, before, after = _text(value), _text(old), _text(new)
    if not before:
        return text
    if len(text) + text.count(before) * len(after) > _LONGEST:
        raise _refuse("text is too long")
    return text.replace(before, after)


def truncate(value: Any, length: Any = 50, end: Any = "…") -> str:
    """At most ``length`` letters, the last of them "…" where some are left out."""
    text, most, tail = _text(value), max(0, int(_number(length))), _text(end)
    return text if len(text) <= most else text[: max(0, most - len(tail))].rstrip() + tail


def join(value: Any, between: Any = ", ") -> str:
    """The values of a list in one line."""
    if not isinstance(value, list | tuple):
        return _text(value)
    return _text(between).join(_text(one) for one in value[:1000])


def _at(place: int) -> Callable[[Any], Any]:
    def pick(value: Any) -> Any:
        return value[place] if isinstance(value, list | tuple) and value else None

    return pick


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | list | tuple) else 0


def _divided(value: Any, by: Any) -> int | float:
    left, right = _number(value), _number(by)
    if not right:
        return 0
    is_whole = isinstance(left, int) and isinstance(right, int)
    return left // right if is_whole else left / right


def _rounded(value: Any, digits: Any = 0) -> int | float:
    places = min(6, max(0, int(_number(digits))))
    return round(_number(value), places) if places else round(_number(value))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "append": lambda value, more="": _text(value) + _text(more),
    "capitalize": capitalize,
    "date": day,
    "default": default,
    "divided_by": _divided,
    "downcase": lambda value: _text(value).lower(),
    "first": _at(0),
    "join": join,
    "last": _at(-1),
    "minus": lambda value, other=0: _small(_number(value) - _number(other)),
    "money": money,
    "number": number,
    "plus": lambda value, other=0: _small(_number(value) + _number(other)),
    "prepend": lambda value, more="": _text(more) + _text(value),
    "remove": lambda value, old: replace(value, old),
    "replace": replace,
    "round": _rounded,
    "size": _size,
    "strip": lambda value: _text(value).strip(),
    "times": lambda value, other=0: _small(_number(value) * _number(other)),
    "truncate": truncate,
    "upcase": lambda value: _text(value).upper(),
    "url_encode": lambda value: quote(_text(value), safe=""),
}
