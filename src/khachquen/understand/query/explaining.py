"""Why somebody is in or not: every condition's own answer, and what it rests on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from khachquen.base import Text
from khachquen.store.engine import Question, Table
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.combining import due_of
from khachquen.understand.query.compiling import make_question
from khachquen.understand.query.expressions import Column, Expression, Select
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.rule import AllOf, AnyOf, NotOf, Rule, answer
from khachquen.understand.query.windows import Moment
from khachquen.understand.query.wording import Speech

__all__ = ["Explanation", "compile_explain", "read_explanation"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One condition of a rule as it is for one person.

    ``due_at`` is when it may change by time alone. ``evidence``: ``value`` of a trait, ``count`` of
    events or orders in the window and the ``last`` of them.
    """

    path: str
    sentence: Text
    holds: bool
    due_at: datetime | None
    evidence: dict[str, Any]
    parts: "tuple[Explanation, ...]" = ()


def compile_explain(
    rule: Rule, catalogue: Catalogue, profile_id: int, *, now: datetime, timezone: str
) -> Question:
    """One row with each condition's answer and evidence; none if nobody has that number."""
    moment = Moment(now, timezone)
    plan = Plan(catalogue, moment, with_due=True, profile_id=profile_id)
    answer(rule, plan, "$")
    columns: list[tuple[Expression, str]] = []
    for path, kept in plan.kept.items():
        columns.append((kept.answer.yes, f"{path} holds"))
        columns.append((due_of(kept.answer), f"{path} due_at"))
    told = {f"shown{n}": key for n, key in enumerate(plan.shown)}
    columns += [(Column(name), f"{path} {what}") for name, (path, what) in told.items()]
    inner = plan.answers(*zip(plan.shown.values(), told, strict=True))
    return make_question("explain", plan, Select(tuple(columns), inner))


def read_explanation(rule: Rule, catalogue: Catalogue, told: Table) -> Explanation | None:
    """The answer as a tree like the rule; None: there is no such person."""
    if not told.rows:
        return None
    return _read(rule, "$", told.dicts()[0], Speech(catalogue))


def _read(rule: Rule, path: str, row: dict[str, Any], speech: Speech) -> Explanation:
    sentence = rule.say(speech)
    evidence = {
        what: row[f"{path} {what}"]
        for what in ("value", "count", "last")
        if f"{path} {what}" in row
    }
    parts = tuple(_read(one, place, row, speech) for place, one in _parts(rule, path))
    holds, due_at = bool(row[f"{path} holds"]), row[f"{path} due_at"]
    return Explanation(path, sentence, holds, due_at, evidence, parts)


def _parts(rule: Rule, path: str) -> Iterator[tuple[str, Rule]]:
    if isinstance(rule, AllOf | AnyOf):
        yield from ((f"{path}.of[{n}]", one) for n, one in enumerate(rule.of))
    elif isinstance(rule, NotOf):
        yield f"{path}.of", rule.of
