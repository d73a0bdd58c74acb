"""One thing after another: A, then B within 24 hours, and C not since.

Steps are strictly later than those before them; two events of one instant have no order. A chain
counts from when it is known to hold: with ``then_not`` within 24 hours, 24 hours after its last
step, as long as nothing of the sort came in between.
"""

from typing import NoReturn

import msgspec

from khachquen.base import Text
from khachquen.understand.query import problems
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.comparing import Turning, inside
from khachquen.understand.query.conditions.where import Wheres, check_events, of_events, say_event
from khachquen.understand.query.expressions import (
    NULL,
    TRUE,
    Call,
    Column,
    Compare,
    Expression,
    IsNull,
    Join,
    Select,
    Sum,
    Value,
    Within,
    both,
    either,
    opposite,
)
from khachquen.understand.query.needs import Needed
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.reading import PROFILE
from khachquen.understand.query.windowed import earliest
from khachquen.understand.query.windows import EVER, Span, Window
from khachquen.understand.query.wording import Speech, span, window

_AT = Column("at")
_MOST_STEPS = 6


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event of a chain; ``within``: how soon after the step before it."""

    event: str
    where: Wheres = ()
    within: Span | None = None


class Sequence(
    msgspec.Struct, frozen=True, tag="sequence", tag_field="kind", forbid_unknown_fields=True
):
    """``{"kind": "sequence", "steps": [{"event": "Product Added"}], "then_not": {"event": …}}``.

    ``within`` is the window all steps lie in; it cannot be one that ends in the past.
    """

    steps: tuple[Step, ...]
    then_not: Step | None = None
    within: Window | None = None

    def check(self, catalogue: Catalogue, path: str) -> None:
        least = 1 if self.then_not else 2
        if not least <= len(self.steps) <= _MOST_STEPS:
            _refuse_steps(f"{path}.steps", least)
        for place, step in enumerate(self.steps):
            _check_step(step, catalogue, f"{path}.steps[{place}]")
        if self.steps[0].within:
            _refuse_first(f"{path}.steps[0].within")
        if self.then_not:
            _check_step(self.then_not, catalogue, f"{path}.then_not")
        if self.within:
            self.within.check(f"{path}.within")
            if self.within.ago_from:
                _refuse_past(f"{path}.within")

    def need(self, needed: Needed) -> None:
        steps = (*self.steps, self.then_not) if self.then_not else self.steps
        for step in steps:
            needed.event(step.event, self.within)
        needed.is_timed |= self.then_not is not None and self.then_not.within is not None

    def say(self, speech: Speech) -> Text:
        steps = [self._say_step(speech, step) for step in self.steps]
        when = window(self.within)
        if len(steps) > 1 and self.within:
            when = Text(vi=f", tất cả{when.vi}", en=f", all{when.en}")
        vi = f"đã {' rồi '.join(step.vi for step in steps)}{when.vi}"
        en = f"who {' and then '.join(step.en for step in steps)}{when.en}"
        if self.then_not is None:
            return Text(vi=vi, en=en)
        verb, where = say_event(speech, self.then_not.event, self.then_not.where)
        wait = self.then_not.within
        soon = span(wait) if wait else None
        after_vi = f" trong {soon.vi} sau đó" if soon else " sau đó"
        after_en = f" within {soon.en} after that" if soon else " since"
        did = verb.en.replace("did ", "not ", 1)
        return Text(
            vi=f"{vi} mà không {verb.vi}{where.vi}{after_vi}",
            en=f"{en}, but {did}{where.en}{after_en}",
        )

    def _say_step(self, speech: Speech, step: Step) -> Text:
        verb, where = say_event(speech, step.event, step.where)
        soon = span(step.within) if step.within else None
        return Text(
            vi=f"{verb.vi}{where.vi}{f' trong vòng {soon.vi}' if soon else ''}",
            en=f"{verb.en}{where.en}{f' within {soon.en}' if soon else ''}",
        )

    def answer(self, plan: Plan, path: str) -> Turning:
        chain = _Chain(plan, self.within or EVER)
        for step in self.steps:
            chain.follow(step)
        if self.then_not:
            chain.part(self.then_not)
        return chain.turning()


class _Chain:
    """The named selections a chain is found by: step by step the events that continue one.

    Each row is an event that ends a chain so far, and ``begun`` is the latest instant such a chain
    can have begun: the one that stays longest in a rolling window.
    """

    def __init__(self, plan: Plan, within: Window):
        self._plan = plan
        self._bounds = within.bounds(plan.moment)
        self._inside = inside(_AT, within, plan.moment)
        self._last = ""
        self._wait: Span | None = None
        self._is_parted = False

    def follow(self, step: Step) -> None:
        """Add the events that continue a chain by this step."""
        rows = self._rows(step, self._inside)
        if not self._last:
            self._last = self._add("begun", _events(self._plan, rows, begun=_AT))
            return
        told = self._add("step", _events(self._plan, rows))
        before = Column("at", self._last)
        near = both(
            (
                Compare(_person(self._last), "=", _person(told)),
                Compare(before, "<", Column("at", told)),
            )
        )
        soon: Expression = TRUE
        if step.within:
            soon = Compare(Column("at", told), "<=", Sum(before, Value(step.within.length)))
        columns = (
            (_person(told), "profile_id"),
            (Column("at", told), "at"),
            (Column("begun", self._last), "begun"),
        )
        joined = Select(columns, told, (Join(self._last, near, "asof"),), where=soon)
        self._last = self._add("chain", joined)

    def part(self, step: Step) -> None:
        """Say of each chain when it was first contradicted."""
        since = self._inside[:1] if self._bounds.since else []
        told = self._add("against", _events(self._plan, self._rows(step, since)))
        near = both(
            (
                Compare(_person(told), "=", _person(self._last)),
                Compare(Column("at", told), ">", Column("at", self._last)),
            )
        )
        columns = (
            (_person(self._last), "profile_id"),
            (Column("at", self._last), "at"),
            (Column("begun", self._last), "begun"),
            (Column("at", told), "against"),
        )
        joined = Select(columns, self._last, (Join(told, near, "asof left"),))
        self._last = self._add("parted", joined)
        self._wait, self._is_parted = step.within, True

    def turning(self) -> Turning:
        """Whether there is a chain, and when there will be one or no longer."""
        good, waiting = self._standing()
        if not self._plan.with_due:
            rows = Select(((PROFILE, "profile_id"),), self._last, where=good)
            return Turning(Within(self._plan.person("profile_id"), rows))
        scan = self._plan.scan_of(self._last)
        dues: list[Expression] = []
        count = scan.made(Call("count_rows", (), good))
        if self._bounds.leaves_after:
            begun = scan.made(Call("max", (Column("begun"),), good))
            dues.append(Sum(begun, Value(self._bounds.leaves_after)))
        if waiting is not None and self._wait:
            first = scan.made(Call("min", (_AT,), waiting))
            dues.append(Sum(first, Value(self._wait.length)))
        turning = Turning(Compare(count, ">=", Value(1)), earliest(dues))
        return self._plan.of_each(scan, turning, if_none=False)

    def _standing(self) -> tuple[Expression, Expression | None]:
        """Which chains hold now, and which will once their time is over."""
        if not self._is_parted:
            return TRUE, None
        against = Column("against")
        if not self._wait:
            return IsNull(against), None
        length = Value(self._wait.length)
        untold = either((IsNull(against), Compare(against, ">", Sum(_AT, length))))
        ripe = Compare(Sum(_AT, length), "<=", Value(self._plan.moment.at))
        return both((ripe, untold)), both((opposite(ripe), IsNull(against)))

    def _rows(self, step: Step, where: list[Expression]) -> Expression:
        event = self._plan.catalogue.event(step.event)
        rows = (*of_events(self._plan, event, step.where), *where, *self._plan.of_people())
        return self._plan.picks(both(rows))

    def _add(self, what: str, select: Select) -> str:
        name = f"{what}{len(self._plan.parts) + 1}"
        self._plan.parts.append((name, select))
        return name


def _person(table: str) -> Column:
    return Column("profile_id", table)


def _events(plan: Plan, rows: Expression, begun: Expression = NULL) -> Select:
    columns: list[tuple[Expression, str]] = [(PROFILE, "profile_id"), (_AT, "at")]
    if begun != NULL:
        columns.append((begun, "begun"))
    return Select(tuple(columns), plan.table("human_events"), where=rows)


def _check_step(step: Step, catalogue: Catalogue, path: str) -> None:
    event = catalogue.event(step.event, f"{path}.event")
    check_events(catalogue, event, step.where, path)
    if step.within:
        step.within.check(f"{path}.within")


def _refuse_steps(path: str, least: int) -> NoReturn:
    problems.refuse(
        path,
        Text(
            vi=f"Một chuỗi có từ {least} đến {_MOST_STEPS} bước.",
            en=f"A sequence has {least} to {_MOST_STEPS} steps.",
        ),
        hint=Text(
            vi='Ví dụ: [{"event": "Product Viewed"}, {"event": "Product Added"}].',
            en='For example: [{"event": "Product Viewed"}, {"event": "Product Added"}].',
        ),
    )


def _refuse_first(path: str) -> NoReturn:
    problems.refuse(
        path,
        Text(
            vi="Bước đầu không có bước nào đứng trước để tính thời gian.",
            en="Before the first step there is none to count time from.",
        ),
        hint=Text(
            vi='Đặt khoảng thời gian của cả chuỗi ở "within" bên ngoài.',
            en='Put the window of the whole sequence into its own "within".',
        ),
    )


def _refuse_past(path: str) -> NoReturn:
    problems.refuse(
        path,
        Text(
            vi="Chuỗi không dùng được khoảng kết thúc trong quá khứ.",
            en="A sequence cannot lie in a window that ends in the past.",
        ),
        hint=Text(
            vi='Dùng "last", "from" và "until", hoặc "this".',
            en='Use "last", "from" and "until", or "this".',
        ),
    )
