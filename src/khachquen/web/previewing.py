"""A rule as it would be: its sentence, how many people, a few of them, or what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

import msgspec

from khachquen import store
from khachquen.base import KhachQuenError
from khachquen.understand.query import (
    Catalogue,
    check_rule,
    compile_count,
    compile_sample,
    parse_rule,
)
from khachquen.understand.query.rule import AllOf, Rule
from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone
from khachquen.understand.segments.rules import events_of
from khachquen.web.measuring import as_utc

SAMPLE = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule comes to now; with a ``problem`` nothing else is known."""

    members: int = 0
    everybody: int = 0
    took_s: float = 0.0
    people: Sequence[Mapping[str, Any]] = ()
    problem: KhachQuenError | None = None

    @property
    def share(self) -> float | None:
        """Which part of all people they are."""
        return self.members / self.everybody if self.everybody else None


def preview_rule(told: bytes | Mapping[str, Any], *, now: datetime) -> Preview:
    """Ask a rule that may not be right; what is wrong with it is part of the answer."""
    began = perf_counter()
    try:
        rule, catalogue = read_rule(told)
        at: dict[str, Any] = {"now": now, "timezone": shop_timezone()}
        members = _count(rule, catalogue, at)
        took_s = perf_counter() - began
        sample = store.ask(compile_sample(rule, catalogue, limit=SAMPLE, **at)).dicts()
        everybody = _count(AllOf(()), catalogue, at)
    except KhachQuenError as error:
        return Preview(problem=error)
    people = [{**row, "last_seen": as_utc(row["last_seen"])} for row in sample]
    return Preview(members, everybody, took_s, people)


def read_rule(told: bytes | Mapping[str, Any]) -> tuple[Rule, Catalogue]:
    """A rule that can be asked in this shop, and what it can ask for.

    Raises:
        InputError, ForbiddenError: as ``check_rule``.
    """
    rule = parse_rule(told)
    catalogue = shop_catalogue(events=events_of(msgspec.to_builtins(rule)))
    check_rule(rule, catalogue)
    return rule, catalogue


def _count(rule: Rule, catalogue: Catalogue, at: Mapping[str, Any]) -> int:
    return int(store.ask(compile_count(rule, catalogue, **at)).dicts()[0]["members"])
