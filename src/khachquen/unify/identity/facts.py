"""Facts no two people share: a birth date, a number of the state. Pure.

A fact is text, ``birthday=1992-11-25`` or ``national_id=12:5e0c…``, so that those of an identifier
stand in one column and meet as sets. What could be anybody's default (1 January 1970), a guess
(``25/11/92``) or no number at all is no fact.
"""

from collections.abc import Callable, Iterable
from datetime import date

from khachquen.unify.normalise.papers import read_cccd, read_tax_code
from khachquen.unify.normalise.reading import read_date

Facts = frozenset[str]
NO_FACTS: Facts = frozenset()
_NOBODYS_DAYS = {date(1900, 1, 1), date(1970, 1, 1), date(2000, 1, 1)}
_OLDEST = 1905
_LATER = date(2199, 12, 31)  # settles two-digit years only, which are guesses and no facts


def _read_birthday(text: str) -> str:
    """The day as ``1992-11-25``; 1 January stands for a year alone, and is kept as that."""
    read = read_date(text, today=_LATER)
    on = None if read.is_guess else read.on
    return on.isoformat() if on and on.year >= _OLDEST and on not in _NOBODYS_DAYS else ""


def _read_national_id(text: str) -> str:
    """The number behind its length: an old card of 9 digits says nothing of a new one of 12."""
    number = read_cccd(text).number
    return f"{len(number)}:{number}" if number else ""


def _read_tax_code(text: str) -> str:
    """The code without its branch; a citizen's twelve digits say nothing of a company's ten."""
    code = (read_tax_code(text).code or "").partition("-")[0]
    return f"{len(code)}:{code}" if code else ""


READERS: dict[str, Callable[[str], str]] = {
    "birthday": _read_birthday,
    "national_id": _read_national_id,
    "tax_code": _read_tax_code,
}
"""Trait → how its value becomes a fact; empty where it tells nothing."""


def find_contradiction(mine: Facts, theirs: Facts, fields: Iterable[str]) -> str:
    """The first field two people cannot both be one person by; empty when they can.

    They contradict when both are told of it and nothing told of one agrees with anything told of
    the other: a mistake corrected anywhere, by anybody, stops speaking against them.

    >>> a, b = frozenset({"birthday=1970-03-12"}), frozenset({"birthday=1992-11-25"})
    >>> find_contradiction(a, b, ["birthday"]), find_contradiction(a, a | b, ["birthday"])
    ('birthday', '')
    """
    for field in fields:
        pairs = [(a, b) for a in _told(mine, field) for b in _told(theirs, field) if _meet(a, b)]
        if pairs and not any(_agree(field, a, b) for a, b in pairs):
            return field
    return ""


def may_contradict(facts: Facts, fields: Iterable[str]) -> bool:
    """Whether more than one thing is told of a field; where not, nobody contradicts anybody.

    >>> may_contradict(frozenset({"birthday=1970-03-12"}), ["birthday"])
    False
    """
    return len(facts) > 1 and any(len(_told(facts, field)) > 1 for field in fields)


def is_same_day(one: str, other: str) -> bool:
    """Whether two birth dates may be one, written twice.

    One of them mistyped: of the eight digits of ddmmyyyy one differs, two neighbours changed
    places, or day and month did. Or one is 1 January, as systems write who knows the year only.

    >>> is_same_day("1992-11-25", "1992-11-26"), is_same_day("1992-04-03", "1992-03-04")
    (True, True)
    >>> is_same_day("1992-11-25", "1992-01-01"), is_same_day("1970-03-12", "1992-11-25")
    (True, False)
    """
    if one[:4] == other[:4]:
        is_year_alone = "-01-01" in (one[4:], other[4:])
        if is_year_alone or (one[5:7], one[8:]) == (other[8:], other[5:7]):
            return True
    a, b = _day_first(one), _day_first(other)
    differs = [place for place in range(8) if a[place] != b[place]]
    if len(differs) < 2:
        return True
    first, second = differs[0], differs[-1]
    is_swapped = a[first] + a[second] == b[second] + b[first]
    return len(differs) == 2 and second == first + 1 and is_swapped


def _day_first(iso: str) -> str:
    return iso[8:] + iso[5:7] + iso[:4]


def _told(facts: Facts, field: str) -> list[str]:
    start = f"{field}="
    return [fact[len(start) :] for fact in facts if fact.startswith(start)]


def _meet(one: str, other: str) -> bool:
    """Whether two values can be compared: numbers of different length cannot."""
    return one.partition(":")[0] == other.partition(":")[0] or ":" not in one + other


def _agree(field: str, one: str, other: str) -> bool:
    return one == other or (field == "birthday" and is_same_day(one, other))
