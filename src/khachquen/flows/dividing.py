"""Letters by what their people were when the audience was written down: segments and classes.

As of then and not as of now: whoever bought because of the letter is no longer "about to leave", so
today's classes would give every order to those who buy anyway. The lake keeps who entered and left
which segment when, and every order with its time, so both can still be asked.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple

from khachquen.activate.campaigns.report_counts import Letter, find_parts
from khachquen.activate.campaigns.report_figures import Counts
from khachquen.activate.campaigns.report_letters import Letters
from khachquen.base import to_micros
from khachquen.store import ask
from khachquen.understand.attribution import Stood, classes_then, segments_then
from khachquen.understand.classes import current_classes
from khachquen.understand.classes.defining import shop_clock, shop_currency
from khachquen.unify.profiles.reaching import numbers_now

__all__ = ["CLASSES", "LAKE_SPLITS", "SPLITS", "divide", "divide_few"]

CLASSES = ("stage", "value_tier", "rfm")
LAKE_SPLITS = ("segment", *CLASSES)
"""Splits only the lake knows. Somebody is in one class, and in any number of segments."""
SPLITS = ("variant", *LAKE_SPLITS, "domain")
_AT_ONCE = 200_000
_Row = tuple[str, str, int, int]  # split, part, code, how many


def divide(letters: Letters) -> dict[str, dict[str, Counts]]:
    """Split → part → what its letters count as. The part of those in none is ""."""
    many: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for start in range(0, len(letters.codes), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        stood = Stood(letters.codes[some], letters.people[some], letters.ats[some])
        for split, part, code, count in _told(stood):
            many[split, part][code] += count
    found: dict[str, dict[str, Counts]] = {split: {} for split in LAKE_SPLITS}
    for (split, part), codes in many.items():
        found[split][part] = _sum((letters.counts[code], count) for code, count in codes.items())
    return found


def divide_few(
    letters: Sequence[Letter], splits: Collection[str]
) -> dict[str, dict[int, list[str]]]:
    """Split → letter → the parts it is in, of some thousand letters."""
    found: dict[str, dict[int, list[str]]] = {split: {} for split in splits}
    for split in found.keys() - set(LAKE_SPLITS):
        parts = find_parts(split, [one.number for one in letters])
        found[split] = {letter: [part] for letter, part in parts.items()}
    if letters and found.keys() & set(LAKE_SPLITS):
        stood = Stood(
            [one.number for one in letters],
            [one.person_id for one in letters],
            [to_micros(one.at) for one in letters],
        )
        for split, part, letter, _ in _told(stood, found.keys()):
            if split in found:
                found[split].setdefault(letter, []).append(part)
    return found


def _told(stood: Stood, splits: Collection[str] = LAKE_SPLITS) -> Iterator[_Row]:
    if "segment" in splits:
        # Of whom was somebody then: a number that became another's later is in no newer segment.
        for code, segment, many in ask(segments_then(stood)).rows:
            yield "segment", "" if segment is None else str(segment), code, many
    if not set(CLASSES) & set(splits):
        return
    now_of = numbers_now(set(stood.people))
    today = Stood(stood.codes, [now_of[one] for one in stood.people], stood.ats)
    classes = current_classes()
    question = classes_then(today, classes, timezone=shop_clock(), currency=shop_currency())
    for code, *told, many in ask(question).rows:
        for split, part in zip(CLASSES, told, strict=True):
            if split != "rfm" or classes.cuts:
                yield split, part or "", code, many


def _sum(parts: Iterable[tuple[Counts, int]]) -> Counts:
    rows = [[value * many for value in astuple(one)] for one, many in parts]
    return Counts(*map(sum, zip(*rows, strict=True)))
