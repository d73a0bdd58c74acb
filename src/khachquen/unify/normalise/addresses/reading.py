"""Addresses as people type them, read in both forms: three levels (old), two levels (new).

The words of units are looked up wherever they stand; of all ways to put them together into a
ward of a district of a province, the one that explains most of the text wins. What is left is the
street. Two ways that explain it equally well are both candidates, and a person decides.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from khachquen.unify.normalise.addresses.combining import Reading, read_both
from khachquen.unify.normalise.addresses.spans import Span, Written, find_spans
from khachquen.unify.normalise.addresses.units import (
    TWO_LEVELS_FROM,
    Node,
    Unit,
    load_country,
    named_on,
)
from khachquen.unify.normalise.addresses.words import street_key
from khachquen.unify.normalise.text import clean_text

_LONGEST = 400
_LEVELS = ("province", "district", "ward")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a street is, as far as it is known; ``district`` only in the old form."""

    province: Unit | None = None
    district: Unit | None = None
    ward: Unit | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """From the smallest unit to the largest, as an address is written."""
        found = (self.ward, self.district, self.province)
        return tuple(unit.name for unit in found if unit)


@dataclass(frozen=True, slots=True)
class Address:
    """What was typed, and what it says.

    ``written`` is the form it was typed in: "old", "new", or "" when no unit was found. ``new`` is
    always filled as far as it is sure. ``candidates`` are the communes it can be when it can be
    several, the likeliest first; ``confidence`` is one over their number (0: commune unknown).
    ``notes`` say why a person should look: split (the old ward was divided), same_letters (two
    units fold alike), district_only, marks_differ, several.
    """

    raw: str
    street: str
    written: str
    old: Place
    new: Place
    candidates: tuple[Unit, ...] = ()
    confidence: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def needs_review(self) -> bool:
        """Whether a person should choose; nothing that leads to a wrong door is decided here."""
        return bool(self.notes)

    @property
    def key(self) -> str:
        """Equal for two people at one door: commune and folded street; "" when not sure of it.

        >>> read_address("12 Lê Lợi, P. Bến Nghé, Q1, HCM").key
        '26740|12 le loi'
        """
        if not self.new.ward or not self.street or self.notes:
            return ""
        return f"{self.new.ward.code}|{street_key(self.street)}"

    def format(self, form: str = "new") -> str:
        """In one line, in the "new" or the "old" form; an unknown old form is the new one.

        >>> read_address("12 le loi, p ben nghe q1 tphcm").format()
        '12 le loi, Phường Sài Gòn, Thành phố Hồ Chí Minh'
        """
        place = self.old if form == "old" and self.old.province else self.new
        return ", ".join(filter(None, (self.street, *place.names)))


def read_address(raw: str, *, on: date | None = None) -> Address:
    """The address in both forms, by tables alone: nobody outside is ever asked.

    The old reading is taken when a district or a name that is no more is written; ``on``, the day
    the text was written, settles what is left and under which names units are shown. A text that
    says two things gives candidates and ``needs_review``, never a guess; a divided ward also gives
    a default. Costs about 0.2 ms; the first call reads the tables.

    >>> address = read_address("Phường Bến Nghé, Quận 1, TP.HCM")
    >>> address.new.names, address.new.ward.code, address.needs_review
    (('Phường Sài Gòn', 'Thành phố Hồ Chí Minh'), '26740', False)
    >>> read_address("Xã Hòa Khương, Huyện Hòa Vang, Đà Nẵng").new.ward.name
    'Xã Hòa Tiến'
    """
    if len(raw) > _LONGEST:
        return Address(raw, clean_text(raw), "", Place(), Place())
    return _read(raw, on)


@lru_cache(maxsize=8_192)
def _read(raw: str, on: date | None) -> Address:
    written = Written.of(clean_text(raw))
    spans = find_spans(written)
    best = read_both(spans, on)
    if not best:
        return Address(raw, written.without(()), "", Place(), Place())
    used = tuple(best[0].spans)
    if best[0].is_now:
        return _as_new(raw, written.without(used), best, on)
    said = [span for span in spans if span.level and not any(map(span.touches, used))]
    return _as_old(raw, (written, used, said), best, on)


def _agreed(nodes: list[Node | None]) -> Node | None:
    """The node all readings share; None when they differ."""
    first = nodes[0]
    return first if first and all(node is first for node in nodes) else None


def _as_new(raw: str, street: str, readings: list[Reading], on: date | None) -> Address:
    day = max(on, TWO_LEVELS_FROM) if on else None
    province = _agreed([r.province for r in readings])
    ward = _agreed([r.ward for r in readings])
    possible = _unique([r.ward for r in readings if r.ward])
    notes = _notes(readings, possible, ward)
    candidates = tuple(named_on(node, day) for node in possible)
    place = Place(
        named_on(province, day) if province else None, None, named_on(ward, day) if ward else None
    )
    return Address(raw, street, "new", Place(), place, candidates, _share(possible), notes)


def _as_old(
    raw: str,
    parts: tuple[Written, tuple[Span, ...], list[Span]],
    readings: list[Reading],
    on: date | None,
) -> Address:
    """The old place and what it is today; "(nay là Phường Tân Bình)" settles a split."""
    country, day = load_country(), max(on, TWO_LEVELS_FROM) if on else None
    agreed = [_agreed([getattr(r, level) for r in readings]) for level in _LEVELS]
    province, _, ward = agreed
    codes = [code for r in readings for code in _new_codes(r)]
    possible = _unique([country.by_code[code] for code in codes])
    written, used, said = parts
    named = [node for node in possible if any(_names(span, node) for span in said)]
    if len(named) == 1:
        possible = named
        used += tuple(span for span in said if _names(span, named[0]))
    notes = _notes(readings, possible, ward)
    sure = possible[0] if possible and (ward or len(possible) == 1) else None
    went_to = country.by_code[country.went_to[province.unit.code]] if province else None
    if sure:
        went_to = sure.above
    new = Place(
        named_on(went_to, day) if went_to else None, None, named_on(sure, day) if sure else None
    )
    old = Place(*(node.unit if node else None for node in agreed))
    candidates = tuple(named_on(node, day) for node in possible)
    street = written.without(used)
    return Address(raw, street, "old", old, new, candidates, _share(possible), notes)


def _names(span: Span, node: Node) -> bool:
    return span.fits("ward") and span.key == node.key


def _new_codes(reading: Reading) -> tuple[str, ...]:
    """Communes the old place went to; of a district, the one that kept its name first."""
    if reading.ward:
        return reading.ward.new
    if not reading.district:
        return ()
    district = reading.district
    codes = dict.fromkeys(district.new)
    for ward in district.inside:
        codes.update(dict.fromkeys(ward.new))
    by_code = load_country().by_code
    return tuple(sorted(codes, key=lambda code: by_code[code].key != district.key))


def _notes(readings: list[Reading], possible: list[Node], ward: Node | None) -> tuple[str, ...]:
    notes = []
    first = readings[0]
    if len(readings) > 1 and len(possible) != 1:  # two old places in one commune: no matter
        wards = [r.ward.key for r in readings if r.ward]
        notes.append("same_letters" if len(wards) > 1 and len(set(wards)) == 1 else "several")
    elif len(possible) > 1:
        notes.append("split" if ward else "district_only")
    if any(span.marks_differ(node) for span, node in first.pairs):
        notes.append("marks_differ")
    return tuple(notes)


def _share(possible: list[Node]) -> float:
    return 1 / len(possible) if possible else 0.0


def _unique(nodes: list[Node]) -> list[Node]:
    return list({node.unit.key: node for node in nodes}.values())
