"""A rule as it would be: its sentence, how many people, a few of them, or what is wrong with it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from time import perf_counter
from typing import Any

import msgspec
from django.utils.translation import gettext

from khachquen import store
from khachquen.base import KhachQuenError, UnavailableError
from khachquen.store.engine import Stop
from khachquen.understand.query import (
    Catalogue,
    check_rule,
    compile_count,
    compile_sample,
    parse_rule,
    say_rule,
)
from khachquen.understand.query.explaining import (
    Explanation,
    compile_explain,
    read_explanation,
)
from khachquen.understand.query.fields import Field
from khachquen.understand.query.rule import AllOf, Rule
from khachquen.understand.segments import SegmentView
from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone
from khachquen.understand.segments.rules import events_of
from khachquen.web.components.figures import day, exact, money, number
from khachquen.web.measuring import as_utc, in_language

SAMPLE = 10
TREND_BUDGET_S = 3.0
_TREND_POINTS = 7


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule comes to now; with a ``problem`` nothing else is known."""

    sentence: str = ""
    members: int = 0
    everybody: int = 0
    took_s: float = 0.0
    people: Sequence[Mapping[str, Any]] = ()
    problem: KhachQuenError | None = None

    @property
    def share(self) -> float | None:
        """Which part of all people they are."""
        return self.members / self.everybody if self.everybody else None


def preview_rule(
    told: bytes | Mapping[str, Any], *, now: datetime, stop: Stop | None = None
) -> Preview:
    """Ask a rule that may not be right; what is wrong with it is part of the answer.

    Raises:
        UnavailableError: it was stopped (``store.stopped``).
    """
    began = perf_counter()
    try:
        rule, catalogue = read_rule(told)
        at: dict[str, Any] = {"now": now, "timezone": shop_timezone()}
        members = _count(rule, catalogue, at, stop)
        took_s = perf_counter() - began
        wanted = compile_sample(rule, catalogue, limit=SAMPLE, **at)
        sample = store.ask(wanted, stop=stop).dicts() if members else []
        everybody = _count(AllOf(()), catalogue, at, stop)
    except UnavailableError:
        raise
    except KhachQuenError as error:
        return Preview(problem=error)
    people = [{**row, "last_seen": as_utc(row["last_seen"])} for row in sample]
    return Preview(in_language(say_rule(rule, catalogue)), members, everybody, took_s, people)


def read_rule(told: bytes | Mapping[str, Any]) -> tuple[Rule, Catalogue]:
    """A rule that can be asked in this shop, and what it can ask for.

    Raises:
        InputError, ForbiddenError: as ``check_rule``.
    """
    rule = parse_rule(told)
    catalogue = shop_catalogue(events=events_of(msgspec.to_builtins(rule)))
    check_rule(rule, catalogue)
    return rule, catalogue


@dataclass(frozen=True, slots=True)
class Trend:
    """How many the rule would have been of at instants past, oldest first.

    What was done and bought is as it was then; traits are those of today (``of_today``). It is
    shorter than asked for where there was no time for more.
    """

    days: int
    points: Sequence[tuple[datetime, int]]
    of_today: bool

    @property
    def sizes(self) -> list[int]:
        """The numbers alone."""
        return [size for _, size in self.points]

    @property
    def is_short(self) -> bool:
        """Whether there was no time for all of it."""
        return len(self.points) < _TREND_POINTS


def trend_of(
    told: bytes, *, days: int, now: datetime, stop: Stop, budget_s: float = TREND_BUDGET_S
) -> Trend:
    """A rule asked again as of earlier days, from today backwards while there is time.

    Raises:
        KhachQuenError: as ``read_rule``; or it was stopped.
    """
    rule, catalogue = read_rule(told)
    ends, points = perf_counter() + budget_s, list[tuple[datetime, int]]()
    for n in range(_TREND_POINTS):
        then = now - timedelta(days=days * n / (_TREND_POINTS - 1))
        question = compile_count(rule, catalogue, now=then, timezone=shop_timezone())
        row = store.ask(replace(question, as_of=then), stop=stop).dicts()[0]
        points.append((then, int(row["members"])))
        if perf_counter() > ends:
            break
    return Trend(days, points[::-1], _asks_traits(json.loads(told)))


def _asks_traits(told: Any) -> bool:
    if isinstance(told, Mapping):
        return told.get("kind") == "trait" or any(map(_asks_traits, told.values()))
    return isinstance(told, list) and any(map(_asks_traits, told))


def _count(
    rule: Rule, catalogue: Catalogue, at: Mapping[str, Any], stop: Stop | None = None
) -> int:
    asked = compile_count(rule, catalogue, **at)
    return int(store.ask(asked, stop=stop).dicts()[0]["members"])


def say_rules(rules: Mapping[int, Mapping[str, Any] | None]) -> dict[int, str]:
    """Rules as sentences, by number; one that cannot be said any more is left out."""
    named = events_of(list(rules.values()))
    catalogue = shop_catalogue(events=named)
    said = {}
    for key, told in rules.items():
        if told is None:
            continue
        try:
            rule = parse_rule(told)
            check_rule(rule, catalogue)
            said[key] = in_language(say_rule(rule, catalogue))
        except KhachQuenError:
            continue
    return said


@dataclass(frozen=True, slots=True)
class Line:
    """One condition as it is for somebody; ``depth`` says inside how many others it stands."""

    depth: int
    sentence: str
    holds: bool
    due_at: datetime | None
    evidence: Mapping[str, Any]


def explain_member(segment: SegmentView, profile_id: int, *, now: datetime) -> list[Line]:
    """Every condition of a segment's rule for one person, outer ones first; none of a list.

    Raises:
        InputError: the rule cannot be asked any more.
    """
    if segment.rule is None:
        return []
    rule, catalogue = read_rule(segment.rule)
    at: dict[str, Any] = {"now": now, "timezone": shop_timezone()}
    told = store.ask(compile_explain(rule, catalogue, profile_id, **at))
    found = read_explanation(rule, catalogue, told)
    return list(_lines(found, segment.rule, catalogue, 0)) if found else []


def _lines(
    one: Explanation, told: Mapping[str, Any], catalogue: Catalogue, depth: int
) -> Iterator[Line]:
    field = catalogue.people.get(told.get("trait", ""))
    evidence = {
        name: as_utc(value) if isinstance(value, datetime) else value
        for name, value in one.evidence.items()
        if value is not None
    }
    if "value" in evidence:
        evidence["value"] = _written(evidence["value"], field, catalogue.currency)
    sentence = in_language(one.sentence)
    said = sentence[:1].upper() + sentence[1:]
    yield Line(depth, said, one.holds, as_utc(one.due_at), evidence)
    for part in one.parts:
        step = part.path.removeprefix(one.path)
        inner = told["of"] if step == ".of" else told["of"][int(step[4:-1])]
        yield from _lines(part, inner, catalogue, depth + 1)


def _written(value: Any, field: Field | None, currency: str) -> str:
    """What is known of somebody, as people read it."""
    if isinstance(value, bool):
        return gettext("có") if value else gettext("không")
    if isinstance(value, datetime):
        return exact(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | float):
        is_money = field is not None and field.kind == "money"
        whole = float(value).is_integer()
        return money(int(value), currency) if is_money else number(value, 0 if whole else 2)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    labels = {one.value: in_language(one.label) for one in (field.choices if field else ())}
    return labels.get(value, str(value))
