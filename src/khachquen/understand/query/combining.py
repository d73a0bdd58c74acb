"""All of several answers, any of them, and when that may change by time alone.

An answer is two instants: until when it surely **holds** and until when it surely **fails**; one
of them is long past, and an answer that never turns has one in the far future. All of several hold
until the first of their ends and fail until the last; any of several the other way round; "not"
swaps the two. So every level of a rule names the one below once, however deep it is.
"""

from collections.abc import Sequence
from datetime import datetime

from khachquen.understand.query.comparing import Turning
from khachquen.understand.query.expressions import (
    NULL,
    Call,
    Expression,
    Value,
    When,
    both,
    either,
    opposite,
)

_LONG_PAST = Value(datetime(1, 1, 1))  # noqa: DTZ001  # as the lake keeps times
_FOR_EVER = Value(datetime(9999, 12, 31))  # noqa: DTZ001


def all_of(answers: Sequence[Turning]) -> Turning:
    """Every answer is yes."""
    ends = _ends(answers, holds="least", fails="greatest")
    return Turning(both([one.yes for one in answers]), ends=ends)


def any_of(answers: Sequence[Turning]) -> Turning:
    """Some answer is yes."""
    ends = _ends(answers, holds="greatest", fails="least")
    return Turning(either([one.yes for one in answers]), ends=ends)


def not_of(answer: Turning) -> Turning:
    """The answer is no."""
    ends = (answer.ends[1], answer.ends[0]) if answer.ends else None
    return Turning(opposite(answer.yes), answer.due, ends)


def due_of(answer: Turning) -> Expression:
    """When the answer may turn; null where it never does by itself."""
    if not answer.ends:
        return answer.due
    return Call("nullif", (Call("greatest", answer.ends), _FOR_EVER))


def _ends(
    answers: Sequence[Turning], *, holds: str, fails: str
) -> tuple[Expression, Expression] | None:
    """None where no answer ever turns by itself."""
    if all(one.due == NULL and not one.ends for one in answers):
        return None
    told = [one.ends or _ends_of_one(one) for one in answers]
    return (_most(holds, [one[0] for one in told]), _most(fails, [one[1] for one in told]))


def _ends_of_one(answer: Turning) -> tuple[Expression, Expression]:
    end: Expression = _FOR_EVER
    if answer.due != NULL:
        end = Call("coalesce", (answer.due, _FOR_EVER))
    return (
        When(((answer.yes, end),), _LONG_PAST),
        When(((answer.yes, _LONG_PAST),), end),
    )


def _most(function: str, of: Sequence[Expression]) -> Expression:
    return of[0] if len(of) == 1 else Call(function, tuple(of))
