"""Filters of the customer list as its address holds them: each a condition, said as a sentence.

An address has a condition as JSON in each ``rule``. One that cannot be read says what is wrong with
it and stands beside the others, so that a slip of the hand loses nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from khachquen.base import KhachQuenError
from khachquen.understand.query import Catalogue, check_rule, parse_rule
from khachquen.understand.query.rule import Rule, say_condition
from khachquen.understand.segments.catalogue import shop_catalogue
from khachquen.understand.segments.rules import events_of
from khachquen.web.measuring import in_language

_MOST = 20
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter: as it was told, as a sentence, or what is wrong with it."""

    told: str
    sentence: str = ""
    rule: Mapping[str, Any] | None = None
    problem: KhachQuenError | None = None

    @property
    def words(self) -> str:
        """What stands on the chip."""
        return self.sentence or self.told[:60]

    @property
    def trouble(self) -> str:
        """What is wrong, and what would be right."""
        if self.problem is None:
            return ""
        parts = (self.problem.message, self.problem.hint)
        return " ".join(in_language(part) for part in parts if part)


def read_chips(told: Sequence[str]) -> tuple[list[Chip], Catalogue]:
    """The filters of an address, and everything that can be asked."""
    parts = [one for text in told for one in _parts(text)][:_MOST]
    catalogue = shop_catalogue(events=events_of([loose(one) for one in parts]))
    return [_chip(one, catalogue) for one in parts], catalogue


def rules_of(chips: Sequence[Chip]) -> tuple[Mapping[str, Any], ...]:
    """The conditions of the filters that can be read."""
    return tuple(chip.rule for chip in chips if chip.rule is not None)


def written(rule: Mapping[str, Any]) -> str:
    """A condition as an address says it.

    >>> written({"kind": "segment", "segment": 12})
    '{"kind":"segment","segment":12}'
    """
    return json.dumps(rule, ensure_ascii=False, separators=(",", ":"))


def _parts(text: str) -> list[str]:
    """Conditions that must all hold are as many filters."""
    told = loose(text)
    if isinstance(told, dict) and told.get("kind") == "all" and isinstance(told.get("of"), list):
        return [written(one) if isinstance(one, dict) else json.dumps(one) for one in told["of"]]
    return [text] if text.strip() else []


def loose(text: str) -> Any:
    """What a text says as JSON; None where it is none."""
    try:
        return msgspec.json.decode(text[:_LONGEST])
    except (msgspec.DecodeError, RecursionError):
        return None


def _chip(told: str, catalogue: Catalogue) -> Chip:
    try:
        rule: Rule = parse_rule(told.encode())
        check_rule(rule, catalogue)
    except KhachQuenError as problem:
        return Chip(told, problem=problem)
    sentence = in_language(say_condition(rule, catalogue))
    return Chip(told, sentence[:1].upper() + sentence[1:], msgspec.json.decode(told))
