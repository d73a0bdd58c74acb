"""All of several answers, any of them, and when that may change by time alone.

All of them hold until the first turns. Where some do not hold, the whole cannot hold before every
one of those has turned: before the last of their instants, and never if one of them never turns.
"Any" is the mirror image.
"""

from collections.abc import Sequence

from khachquen.understand.query.comparing import Turning
from khachquen.understand.query.expressions import (
    FALSE,
    NULL,
    TRUE,
    Call,
    Expression,
    IsNull,
    Literally,
    When,
    both,
    either,
    opposite,
)
from khachquen.understand.query.plan import Plan
from khachquen.understand.query.windowed import earliest


def all_of(plan: Plan, answers: Sequence[Turning]) -> Turning:
    """Every answer is yes."""
    yes = both([one.yes for one in answers])
    if not plan.with_due or isinstance(yes, Literally):
        return Turning(yes)
    return Turning(yes, _due(yes, answers, holding=True))


def any_of(plan: Plan, answers: Sequence[Turning]) -> Turning:
    """Some answer is yes."""
    yes = either([one.yes for one in answers])
    if not plan.with_due or isinstance(yes, Literally):
        return Turning(yes)
    return Turning(yes, _due(opposite(yes), answers, holding=False))


def _due(settled: Expression, answers: Sequence[Turning], *, holding: bool) -> Expression:
    """``settled``: every answer is ``holding``, so the first to turn turns the whole."""
    if all(one.due == NULL for one in answers):
        return NULL
    if len(answers) == 1:
        return answers[0].due
    against = [(opposite(one.yes) if holding else one.yes, one.due) for one in answers]
    for_good = either([both((is_against, _is_never(due))) for is_against, due in against])
    waits = [When(((is_against, due),), NULL) for is_against, due in against if due != NULL]
    last = waits[0] if len(waits) == 1 else Call("greatest", tuple(waits))
    first = earliest([due for _, due in against])
    branches = [(settled, first)]
    if for_good != FALSE:
        branches.append((for_good, NULL))
    return When(tuple(branches), last)


def _is_never(due: Expression) -> Expression:
    return TRUE if due == NULL else IsNull(due)
