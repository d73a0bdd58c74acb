"""The words of an address that may name a unit, and what stands before and after them."""

import re
from dataclasses import dataclass

from khachquen.unify.normalise.addresses.units import Node, load_country
from khachquen.unify.normalise.addresses.words import split_kind, word_key, words_of
from khachquen.unify.normalise.text import with_tone_in_place

_LONGEST_NAME = 6
_GLUED = re.compile(r"(p|ph|f|q|phuong|quan)(\d{1,2})", re.I)
_PART = re.compile(r"[,;\n|]")
_MOST_WORDS = 60

# What is written before a name -> level and kinds it may mean.
_BEFORE = {
    "p": ("ward", "Phường"),
    "ph": ("ward", "Phường"),
    "f": ("ward", "Phường"),
    "phuong": ("ward", "Phường"),
    "x": ("ward", "Xã"),
    "xa": ("ward", "Xã"),
    "tt": ("ward", "Thị trấn"),
    "thitran": ("ward", "Thị trấn"),
    "dackhu": ("ward", "Đặc khu"),
    "dakkhu": ("ward", "Đặc khu"),
    "ward": ("ward", ""),
    "q": ("district", "Quận"),
    "quan": ("district", "Quận"),
    "h": ("district", "Huyện"),
    "huyen": ("district", "Huyện"),
    "tx": ("district", "Thị xã"),
    "thixa": ("district", "Thị xã"),
    "district": ("district", ""),
    "tp": ("city", "Thành phố"),
    "thanhpho": ("city", "Thành phố"),
    "t": ("province", "Tỉnh"),
    "tinh": ("province", "Tỉnh"),
}
_AFTER = {"ward": "ward", "district": "district", "citi": "city", "province": "province"}
_STREET = frozenset(
    "duong pho ngo ngach hem kiet quoclo ql tinhlo dailo lo to khu kp khupho ap thon xom doi "
    "so cau cho chungcu toa".split()
)
_COUNTRY = frozenset({"vietnam", "vn"})
_POST_CODE = re.compile(r"\d{5,6}")
_WIDER = {"province": 0.5, "district": 0.1}  # a bare name is rather the wider place of that name
# What is left of "(nay là Phường Sài Gòn)" and "(P. Bến Nghé, Quận 1 cũ)" without the units.
_EMPTY_BRACKETS = re.compile(
    r"\((?:[^\w()]|(?:nay là|trước đây|trước|là|thuộc|cũ|mới)(?!\w))*\)", re.I
)
_EDGES = " ,;.-–|/\n\t"


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its key, where it stands, and in which part between commas."""

    key: str
    text: str
    start: int
    end: int
    part: int


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Words that carry a unit's name; ``level`` and ``kind`` say what is written before them."""

    first: int
    last: int
    begin: int  # with the words that say what it is
    finish: int
    key: str
    text: str
    level: str  # "", "ward", "district", "province", or "city" (of either kind)
    kind: str
    is_snug: bool  # stands alone between two commas
    is_free: bool  # nothing before it makes a street of it
    is_lone: bool  # one word in the middle of others, too little for a ward
    is_marked: bool  # the address is written with marks, so what has none means none

    def fits(self, level: str) -> bool:
        """Whether the words may name a unit of this level."""
        if not self.level:
            return self.is_free and (level == "province" or not self.is_lone)
        return self.level == level or (self.level == "city" and level in ("province", "district"))

    def touches(self, other: "Span") -> bool:
        """Whether they share a word."""
        return self.begin <= other.finish and other.begin <= self.finish

    def weight(self, node: Node) -> float:
        """How much it speaks for the unit: said outright, alone between commas, or just there."""
        weight = 3.0 if self.level else 2.0 if self.is_snug else 1.0
        weight += _WIDER.get(node.unit.level, 0) if not self.level else 0
        weight += 0.1 * (self.last - self.first)
        if self.kind:
            weight += 0.5 if self.kind in node.kinds else -0.25
        return weight + 0.25 * (self.is_marked and self.is_exact(node))

    def is_exact(self, node: Node) -> bool:
        """Whether the name is written with the very marks of the unit's."""
        own = split_kind(node.unit.name)[1]
        return with_tone_in_place(self.text).lower() == own.lower()

    def marks_differ(self, node: Node) -> bool:
        """Whether marks were typed, and they are others than the unit's."""
        is_own_name = node.unit.level == "ward" and self.key == node.key
        return is_own_name and not self.text.isascii() and not self.is_exact(node)


@dataclass(frozen=True, slots=True)
class Written:
    """An address as words, in order, with the text they stand in."""

    text: str
    words: tuple[Word, ...]

    @classmethod
    def of(cls, text: str) -> "Written":
        """The words of a text; ``P15`` is two words."""
        commas = [found.start() for found in _PART.finditer(text)]
        words: list[Word] = []
        part = 0
        for found in words_of(text)[:_MOST_WORDS]:
            while part < len(commas) and commas[part] < found.start():
                part += 1
            glued = _GLUED.fullmatch(found[0])
            cut = found.start() + (len(glued[1]) if glued else 0)
            for start, end in ((found.start(), cut), (cut, found.end())):
                if start < end:
                    words.append(Word(word_key(text[start:end]), text[start:end], start, end, part))
        return cls(text, tuple(words))

    def without(self, spans: tuple[Span, ...]) -> str:
        """What is left when the units, the country and a post code are taken out: the street."""
        cuts = [(self.words[s.begin].start, self.words[s.finish].end) for s in spans]
        cuts += self._tail()
        kept, at = [], 0
        for start, end in sorted(cuts):
            kept.append(self.text[at:start])
            at = max(at, end)
        kept.append(self.text[at:])
        left = _EMPTY_BRACKETS.sub(" ", ",".join(kept))
        parts = (" ".join(part.strip(_EDGES).split()) for part in _PART.split(left))
        return ", ".join(part for part in parts if part)

    def _tail(self) -> list[tuple[int, int]]:
        cuts: list[tuple[int, int]] = []
        words = list(self.words)
        while words and len(words) > 1:
            last = words[-1]
            size = 2 if "".join(w.key for w in words[-2:]) in _COUNTRY else 1
            is_tail = size == 2 or last.key in _COUNTRY or _POST_CODE.fullmatch(last.text)
            if not is_tail:
                break
            cuts.append((words[-size].start, last.end))
            del words[-size:]
        return cuts


def find_spans(written: Written) -> list[Span]:
    """Every run of words that is some unit's name, with what stands around it."""
    words, keys = written.words, load_country().keys
    found = []
    for first in range(len(words)):
        key = ""
        for last in range(first, min(first + _LONGEST_NAME, len(words))):
            if words[last].part != words[first].part:
                break
            key += words[last].key
            if key in keys:
                span = _span(written, first, last, key)
                if span.level or (span.is_free and not key.isdigit()):
                    found.append(span)
    return found


def _span(written: Written, first: int, last: int, key: str) -> Span:
    words = written.words
    begin, level, kind = _said_before(words, first)
    finish, after = _said_after(words, last)
    if after and not level:
        level, kind = after, ""
    part = words[first].part
    opens = begin == 0 or words[begin - 1].part != part
    closes = finish + 1 == len(words) or words[finish + 1].part != part
    return Span(
        first,
        last,
        begin,
        finish if after and not kind else last,
        key,
        written.text[words[first].start : words[last].end],
        level,
        kind,
        opens and closes,
        opens or not _makes_a_street(words, begin),
        first == last and not opens,
        not written.text.isascii(),
    )


def _said_before(words: tuple[Word, ...], first: int) -> tuple[int, str, str]:
    part = words[first].part
    for size in (2, 1):
        before = words[max(0, first - size) : first]
        if len(before) == size and before[0].part == part:
            said = _BEFORE.get("".join(word.key for word in before))
            if said:
                return first - size, *said
    return first, "", ""


def _said_after(words: tuple[Word, ...], last: int) -> tuple[int, str]:
    if last + 1 < len(words) and words[last + 1].part == words[last].part:
        after = _AFTER.get(words[last + 1].key, "")
        return (last + 1, after) if after else (last, "")
    return last, ""


def _makes_a_street(words: tuple[Word, ...], begin: int) -> bool:
    """Whether the word before is of a street, or the number of a house."""
    before = words[begin - 1]
    two = words[begin - 2].key + before.key if begin > 1 else ""
    if before.key in _STREET or two in _STREET:
        return two not in _BEFORE
    if any(letter.isdigit() for letter in before.key):
        is_unit = begin > 1 and words[begin - 2].key in _BEFORE and before.key.isdigit()
        return not is_unit
    return False
