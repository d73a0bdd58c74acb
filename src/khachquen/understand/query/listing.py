"""From a rule to people: a page of them in some order, a few of them, all of them by number."""

from dataclasses import replace
from datetime import datetime

from khachquen.store.engine import Question
from khachquen.understand.query.among import EVERYBODY, Among
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.classes import HABIT_KEYS
from khachquen.understand.query.classing import Classing
from khachquen.understand.query.compiling import ALL, ask_whether, make_question
from khachquen.understand.query.expressions import Column, Compare, Join, Select, Value, both
from khachquen.understand.query.habits import beside_habit
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.rule import Rule
from khachquen.understand.query.sorting import Place, Sort, beyond, key_of, order_of, read_sort

_MOST = 10_000
_MOST_NUMBERS = 2_000_000
_SHOWN = ("profile_id", "name", "phone", "email", "is_known", "last_seen", "orders", "spent_minor")
_PERSON = Column("profile_id")


def compile_list(
    rule: Rule,
    catalogue: Catalogue,
    *,
    now: datetime,
    timezone: str,
    sort: str = "last_seen",
    after: Place | None = None,
    is_back: bool = False,
    among: Among = EVERYBODY,
    limit: int = 50,
    rewrites: frozenset[str] = ALL,
) -> Question:
    """A page of members from after a place on (``is_back``: those before it, the nearest first).

    Each row has its ``sort_key``; with its ``profile_id`` it is the place after which the next page
    begins. Whoever lacks the value comes last.

    Raises:
        InputError: people cannot be sorted so (``query.unknown_sort``).
    """
    plan, whole = ask_whether(rule, catalogue, now, timezone, rewrites)
    order, joins = _by_class(read_sort(sort, catalogue), plan)
    where = [whole.yes, among.holds()]
    if after is not None:
        where.append(beyond(order, after, is_back=is_back))
    columns = (*((Column(name), name) for name in _SHOWN), (key_of(order), "sort_key"))
    select = Select(
        columns,
        "people",
        joins=joins,
        where=plan.picks(both(where)),
        order_by=order_of(order, is_back=is_back),
        limit=max(1, min(limit, _MOST)),
    )
    return make_question("list", plan, select)


def _by_class(order: Sort, plan: Plan) -> tuple[Sort, tuple[Join, ...]]:
    """An order by a class with what it is compared by, and what stands beside people for it."""
    key, catalogue = order.class_key, plan.catalogue
    if key in HABIT_KEYS:
        join, told = beside_habit(plan, key)
        return replace(order, of=told), (join,)
    if not key:
        return order, ()
    classing = Classing(catalogue.classes, plan.moment, plan.person, catalogue.currency)
    return replace(order, of=classing.told(key).yes), ()


def compile_sample(
    rule: Rule, catalogue: Catalogue, *, now: datetime, timezone: str, limit: int = 10
) -> Question:
    """Some members to look at, those seen last first."""
    return compile_list(rule, catalogue, now=now, timezone=timezone, sort="last_seen", limit=limit)


def compile_numbers(
    rule: Rule,
    catalogue: Catalogue,
    *,
    now: datetime,
    timezone: str,
    among: Among = EVERYBODY,
    after: int = 0,
    limit: int = _MOST_NUMBERS,
) -> Question:
    """The numbers of all members, in order, from after one on."""
    plan, whole = ask_whether(rule, catalogue, now, timezone, ALL)
    where = [whole.yes, among.holds(), Compare(_PERSON, ">", Value(after))]
    select = Select(
        ((_PERSON, "profile_id"),),
        "people",
        where=plan.picks(both(where)),
        order_by=((_PERSON, "asc"),),
        limit=limit,
    )
    return make_question("numbers", plan, select)
