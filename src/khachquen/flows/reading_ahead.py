"""Judging the next part of the log in a second process while this one takes the last part in.

Reading and judging change nothing, so what was made ahead may be thrown away at any time: after a
failure, or when the log's end was reached, the part is simply read again.
"""

import logging
import os
from collections.abc import Mapping

from khachquen.flows.judging import Part, Reading, from_told, judge_log, tell_log
from khachquen.store import Beside
from khachquen.store.eventlog import Position

_log = logging.getLogger(__name__)
Since = Mapping[str, Position]
_BUSY_PROCESSES = 2
_NICE = 5  # below the engine, which is below whoever acknowledges


def has_core_to_spare() -> bool:
    """Whether reading ahead takes no core from the web process and the engine.

    On two cores it takes in some 9 % more, and acknowledgements wait several times as long.
    """
    return (os.cpu_count() or 1) > _BUSY_PROCESSES


class ReadingAhead:
    """At most one part, made beside the work on the part before it."""

    def __init__(self) -> None:
        self._asked: tuple[Reading, Since] | None = None
        self._beside = Beside(f"{tell_log.__module__}:{tell_log.__name__}", nice=_NICE)

    def begin(self, reading: Reading, since: Since) -> None:
        """Start on the part after ``since``; the process for it then stays until ``close``."""
        self._asked = (reading, dict(since))
        try:
            self._beside.ask(*self._asked)
        except OSError as error:
            _log.warning("Nothing is read ahead: %s", type(error).__name__)

    def take(self, reading: Reading, since: Since) -> Part:
        """The part after ``since``: the one made ahead where it is that one, else read now.

        Raises:
            OSError: the log cannot be read.
        """
        if self._beside.is_busy and self._asked == (reading, since):
            try:
                return from_told(self._beside.answer())
            except Exception as error:
                _log.warning("A part is read once more after %s", type(error).__name__)
        elif self._beside.is_busy:
            self.close()
        return judge_log(reading, since)

    def close(self) -> None:
        """End the process, whatever it is reading."""
        self._beside.close()
