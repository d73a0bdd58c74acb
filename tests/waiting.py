"""Waiting for another thread or process: look again and again, never longer than a deadline."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
DEADLINE_S = 90.0  # for machines that are busy with something else; nobody waits that long


def wait_for(look: Callable[[], T], *, at_most_s: float = DEADLINE_S, every_s: float = 0.02) -> T:
    """What ``look`` sees, as soon as it sees anything true.

    Raises:
        AssertionError: it did not come about; says what was seen last.
    """
    pause = threading.Event()
    deadline = time.monotonic() + at_most_s
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not within {at_most_s:.0f} s; last seen: {seen!r}"
        pause.wait(every_s)
    return seen
