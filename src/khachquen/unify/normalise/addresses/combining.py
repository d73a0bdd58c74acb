"""Which of the names in an address belong together: the reading that explains most of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from khachquen.unify.normalise.addresses.spans import Span
from khachquen.unify.normalise.addresses.units import TWO_LEVELS_FROM, Country, Node, load_country

_OTHER_PROVINCE = 0.6  # an old district under the province it belongs to today, or the other way
_OUT_OF_ORDER = 1.5
_BY_DATE = 0.5
_MOST_SAME = 12  # units of one name that are looked at when nothing above them is written

Pair = tuple[Span, Node]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Units that fit one another, and the words that name them."""

    score: float
    is_now: bool
    pairs: tuple[Pair, ...]
    province: Node | None
    district: Node | None
    ward: Node | None

    @property
    def spans(self) -> Iterator[Span]:
        """The words it explains."""
        return (span for span, _ in self.pairs)


def read_both(spans: list[Span], on: date | None) -> list[Reading]:
    """The best readings of the words, all equally good; empty when no unit is named.

    Old and new are weighed together. An old reading wins a draw when it has a district, for the
    word "Đống Đa" alone means the wider place; else today's reading wins, unless the text is older.
    """
    country = load_country()
    was_before = on is not None and on < TWO_LEVELS_FROM
    found: list[Reading] = []
    for reading in (*_read_now(country, spans), *_read_old(country, spans)):
        if reading.pairs and _is_apart(reading.pairs):
            found.append(reading)
    if not found:
        return []

    def rank(reading: Reading) -> tuple[float, bool]:
        by_date = _BY_DATE if was_before and not reading.is_now else 0.0
        is_default = bool(reading.district) if not reading.is_now else not was_before
        return (round(reading.score + by_date, 3), is_default)

    best = max(map(rank, found))
    first = [reading for reading in found if rank(reading) == best]
    is_now = first[0].is_now and not any(r.district for r in first)
    return _distinct(r for r in first if r.is_now == is_now)


def _distinct(readings: Iterable[Reading]) -> list[Reading]:
    """One reading for each place."""
    return list({(id(r.province), id(r.district), id(r.ward)): r for r in readings}.values())


def _is_apart(pairs: tuple[Pair, ...]) -> bool:
    """Whether no word is used twice."""
    ranges = sorted((span.begin, span.finish) for span, _ in pairs)
    return all(a[1] < b[0] for a, b in pairwise(ranges))


def _scored(
    is_now: bool, pairs: list[Pair], places: tuple[Node | None, ...], less: float
) -> Reading:
    score = sum(span.weight(node) for span, node in pairs) - less
    order = [span.first for span, _ in pairs]  # province first, so it should fall
    score -= _OUT_OF_ORDER * sum(a < b for a, b in pairwise(order))
    return Reading(score, is_now, tuple(pairs), *places)


def _provinces(
    country: Country, spans: list[Span], *, is_now: bool
) -> Iterator[tuple[list[Pair], Node | None, float]]:
    """Provinces that may be meant: written, or of the other time, or not written at all."""
    yield [], None, 0.0
    for span in spans:
        if not span.fits("province"):
            continue
        for now in country.now_provinces.get(span.key, ()):
            if is_now:
                yield [(span, now)], now, 0.0
            else:
                for old in country.came_from[now.unit.code]:
                    if old.key != now.key:
                        yield [(span, now)], old, _OTHER_PROVINCE
        for old in country.old_provinces.get(span.key, ()):
            if not is_now:
                yield [(span, old)], old, 0.0
            elif (now := country.by_code[country.went_to[old.unit.code]]).key != old.key:
                yield [(span, old)], now, _OTHER_PROVINCE


def _read_now(country: Country, spans: list[Span]) -> Iterator[Reading]:
    for pairs, province, less in _provinces(country, spans, is_now=True):
        if pairs and not less:
            yield _scored(True, pairs, (province, None, None), less)
        for pair in _inside((province or country.now).wards, spans, "ward", whole=province is None):
            above = pair[1].above
            yield _scored(True, [*pairs, pair], (above, None, pair[1]), less)


def _read_old(country: Country, spans: list[Span]) -> Iterator[Reading]:
    for pairs, province, less in _provinces(country, spans, is_now=False):
        if pairs and not less:
            yield _scored(False, pairs, (province, None, None), less)
        place = province or country.old
        for pair in _inside(place.wards, spans, "ward", whole=province is None):
            district = pair[1].above
            above = district.above if district else None
            yield _scored(False, [*pairs, pair], (above, None, pair[1]), less)
        for pair in _inside(place.districts, spans, "district", whole=province is None):
            district = pair[1]
            yield _scored(False, [*pairs, pair], (district.above, district, None), less)
            for ward in _inside(district.wards, spans, "ward"):
                places = (district.above, district, ward[1])
                yield _scored(False, [*pairs, pair, ward], places, less)


def _inside(
    index: dict[str, list[Node]], spans: list[Span], level: str, *, whole: bool = False
) -> Iterator[Pair]:
    for span in spans:
        if span.fits(level):
            same = index.get(span.key, ())
            if not whole or len(same) <= _MOST_SAME:
                for node in same:
                    yield span, node
