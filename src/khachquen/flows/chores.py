"""What the engine does while nothing waits: a part of what is due at a time.

A part takes about a tenth of a second, so events keep their five seconds. A mistake in here ends
the chore, never the engine.
"""

import logging
from datetime import datetime

from khachquen.flows.taking_in import where
from khachquen.unify.quality import stop_all, tend

_log = logging.getLogger(__name__)


def do_chores(now: datetime, *, is_idle: bool) -> None:
    """One part of what is due; ``is_idle`` when the round before took nothing in."""
    try:
        tend(now, is_idle=is_idle)
    except Exception as error:
        _log.error("A chore ended with %s", where(error))
        stop_all(now)
