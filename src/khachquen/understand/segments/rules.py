"""What can be read off a rule as it is stored. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from khachquen.understand.query.classes import CLASS_KEYS, HABIT_KEYS


def segments_of(rule: object) -> frozenset[int]:
    """The segments a rule asks for, at any depth.

    >>> segments_of({"kind": "not", "of": {"kind": "segment", "segment": 7}})
    frozenset({7})
    """
    return frozenset(_segments(rule))


def _segments(part: object) -> Iterable[int]:
    if isinstance(part, Mapping):
        if part.get("kind") == "segment" and isinstance(part.get("segment"), int):
            yield part["segment"]
        for inner in part.values():
            yield from _segments(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from _segments(inner)


def events_of(rule: object) -> frozenset[str]:
    """The names of events a rule asks for, at any depth."""
    return frozenset(_named(rule, "event"))


def kinds_of(rule: object) -> frozenset[str]:
    """The kinds of conditions in a rule."""
    return frozenset(_named(rule, "kind"))


def asks_classes(rule: object) -> bool:
    """Whether it asks for a class or a habit, which the shop may define otherwise.

    >>> asks_classes({"kind": "not", "of": {"kind": "trait", "trait": "stage", "is": "is_set"}})
    True
    """
    return not traits_of(rule).isdisjoint((*CLASS_KEYS, *HABIT_KEYS))


def traits_of(rule: object) -> frozenset[str]:
    """The traits and facts of people a rule asks for."""
    return frozenset(_named(rule, "trait"))


def values_of(rule: object, trait: str) -> frozenset[str]:
    """The values a rule asks a trait to be, or not to be.

    >>> rule = {"kind": "trait", "trait": "stage", "is": "in", "value": ["new"]}
    >>> values_of(rule, "stage"), values_of(rule, "rfm")
    (frozenset({'new'}), frozenset())
    """
    return frozenset(_values(rule, trait))


def _values(part: object, trait: str) -> Iterable[str]:
    if isinstance(part, Mapping):
        if part.get("trait") == trait:
            told = part.get("value")
            yield from (str(one) for one in (told if isinstance(told, list) else [told]))
        part = list(part.values())
    if isinstance(part, list | tuple):
        for inner in part:
            yield from _values(inner, trait)


def _named(part: object, key: str) -> Iterable[str]:
    if isinstance(part, Mapping):
        if isinstance(found := part.get(key), str):
            yield found
        part = list(part.values())
    if isinstance(part, list | tuple):
        for inner in part:
            yield from _named(inner, key)


def find_circle(segment_id: int, needs: Mapping[int, frozenset[int]]) -> Sequence[int]:
    """The way from a segment back to itself through what rules ask for; empty when there is none.

    >>> find_circle(1, {1: frozenset({2}), 2: frozenset({3}), 3: frozenset({1})})
    [1, 2, 3, 1]
    >>> find_circle(1, {1: frozenset({2}), 2: frozenset()})
    []
    """
    ways: list[list[int]] = [[segment_id]]
    seen: set[int] = set()
    while ways:
        way = ways.pop()
        for other in sorted(needs.get(way[-1], frozenset())):
            if other == segment_id:
                return [*way, other]
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


def in_order(needs: Mapping[int, frozenset[int]]) -> list[list[int]]:
    """Segments, level by level: each after those its rule asks for; of a circle, those in it last.

    >>> in_order({1: frozenset({2}), 2: frozenset(), 3: frozenset({1, 9}), 4: frozenset()})
    [[2, 4], [1], [3]]
    """
    found: list[list[int]] = []
    left = {one: {other for other in asked if other in needs} for one, asked in needs.items()}
    while left:
        ready = sorted(one for one, asked in left.items() if not asked) or sorted(left)
        found.append(ready)
        left = {one: asked - set(ready) for one, asked in left.items() if one not in ready}
    return found


def from_json(told: Any) -> Any:
    """The rule as plain values, whatever of mappings and sequences it was made of."""
    if isinstance(told, Mapping):
        return {str(key): from_json(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [from_json(value) for value in told]
    return told
