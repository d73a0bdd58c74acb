"""Giving up a question that nobody waits for any more."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from khachquen.base import Text, UnavailableError


class _Asked(Protocol):
    def interrupt(self) -> None: ...


class Stop:
    """Handed to questions by whoever may want to stop them from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: _Asked | None = None
        self._is_stopped = False

    def now(self) -> None:
        """Stop what is being asked, and let nothing more be asked. May be said again."""
        with self._lock:
            self._is_stopped = True
            if self._asked is not None:
                self._asked.interrupt()

    @contextmanager
    def holding(self, asked: _Asked) -> Iterator[None]:
        """What is asked within this block can be stopped.

        Raises:
            UnavailableError: it was stopped before (``store.stopped``).
        """
        with self._lock:
            if self._is_stopped:
                raise stopped()
            self._asked = asked
        try:
            yield
        finally:
            with self._lock:
                self._asked = None


def stopped() -> UnavailableError:
    """What a question says that was given up."""
    return UnavailableError(
        "store.stopped",
        Text(vi="Câu hỏi đã được dừng.", en="The question was stopped."),
    )
