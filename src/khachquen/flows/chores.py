"""What the engine does while nothing waits: a part at a time of a job, or of what is due.

A part takes about a tenth of a second, so events keep their five seconds. A mistake in here ends
the chore, never the engine.
"""

import logging
from datetime import datetime, timedelta

from khachquen.base import Clock
from khachquen.flows.recounting import ask_for_due
from khachquen.flows.taking_in import where
from khachquen.store.jobs import Runner
from khachquen.understand.classes import are_scores_due, score
from khachquen.unify.quality import stop_all, tend

_BUSY, _IDLE = timedelta(seconds=0.25), timedelta(seconds=1)
_log = logging.getLogger(__name__)


def do_chores(clock: Clock, jobs: Runner, *, is_idle: bool) -> None:
    """Some parts of what somebody waits for, else one of what is due by itself.

    ``is_idle`` when the round before took nothing in: then jobs get most of the time.
    """
    now = clock()
    until = now + (_IDLE if is_idle else _BUSY)
    if jobs.advance(now):
        while clock() < until and jobs.advance(clock()):
            pass
        return
    _score(now)
    _recount(now)
    try:
        tend(now, is_idle=is_idle)
    except Exception as error:
        _log.error("A chore ended with %s", where(error))
        stop_all(now)


def _score(now: datetime) -> None:
    """Where the scores of RFM begin, anew from the shop's midnight on."""
    try:
        if are_scores_due(now):
            score(now)
    except Exception as error:
        _log.error("Scoring ended with %s", where(error))


def _recount(now: datetime) -> None:
    """Reports too large for a page, anew while something may still come of their letters."""
    try:
        ask_for_due(now)
    except Exception as error:
        _log.error("Asking for a report ended with %s", where(error))
