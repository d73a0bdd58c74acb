"""The question for how often each value stands among some people, and among the rest."""

from collections.abc import Sequence
from datetime import datetime

from khachquen.store.engine import Question
from khachquen.understand.query.catalogue import Catalogue
from khachquen.understand.query.compiling import make_question
from khachquen.understand.query.conditions.trait import value_of
from khachquen.understand.query.expressions import (
    NULL,
    Call,
    Column,
    Expression,
    IsNull,
    Literally,
    Opposite,
    Select,
    Value,
    When,
)
from khachquen.understand.query.habits import has_enough, read_habit
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.rule import Rule, answer
from khachquen.understand.query.windows import Moment

__all__ = ["compile_decile", "compile_shares"]


def compile_shares(
    best: Rule,
    among: Rule,
    catalogue: Catalogue,
    keys: Sequence[str],
    *,
    now: datetime,
    timezone: str,
) -> Question:
    """Rows (``place``, ``value``, ``best``, ``rest``): of the people ``among``, how many of the
    ``best`` and of the rest have the value of the trait at that place of ``keys``, from 1 on.

    Place 0 counts everybody of both. People of whom nothing is known have no value. One question:
    each table is read once, however many traits.
    """
    plan = Plan(catalogue, Moment(now, timezone), with_due=True)
    whole, counted = answer(best, plan, "$best"), answer(among, plan, "$among")
    told = [(_text(plan, key), f"told{place}") for place, key in enumerate(keys, 1)]
    people = plan.answers(*told)
    texts: list[Expression] = [Value(""), *(Column(name) for _, name in told)]
    listed = Call("list_of", tuple(texts))
    each = Select(
        (
            (whole.yes, "is_best"),
            (Call("less", (Call("places_of", (listed,)), Literally(1))), "place"),
            (Call("items_of", (listed,)), "value"),
        ),
        people,
        where=counted.yes,
    )
    place, value, is_best = Column("place"), Column("value"), Column("is_best")
    count = Call("count_rows", (), is_best), Call("count_rows", (), Opposite(is_best))
    select = Select(
        ((place, "place"), (value, "value"), (count[0], "best"), (count[1], "rest")),
        each,
        where=Opposite(IsNull(value)),
        group_by=(place, value),
    )
    return make_question("shares", plan, select)


def compile_decile() -> Question:
    """One row: ``least``, what somebody spent who is in the tenth of buyers that spent most.

    Whoever spent as much belongs: so equal people are treated alike, and it may be more than a
    tenth.
    """
    spent = Column("spent_minor")
    select = Select(
        ((Call("tenth_highest", (spent,)), "least"),),
        "people",
        where=Opposite(IsNull(Column("last_order_at"))),
    )
    return make_question("decile", Plan(_NOTHING, _ANY), select)


_ANY = Moment(datetime(2026, 1, 1), "UTC")  # noqa: DTZ001  # nothing here goes by time
_NOTHING = Catalogue(people={}, events={})


def _text(plan: Plan, key: str) -> Expression:
    field = plan.catalogue.trait(key)
    if field.source != "habit":
        return Call("text_of", (value_of(plan, field).yes,))
    enough, (_, of) = has_enough(plan), read_habit(plan, key)
    return When(((enough, Call("text_of", (of,))),), NULL)
