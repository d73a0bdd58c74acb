"""A call and its answer, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """What is posted where, or with ``method`` GET only asked for.

    ``once``: never again on another connection, whatever became of this one. ``longest`` is how
    much of the answer is kept.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"
    once: bool = False
    longest: int = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: a status and the beginning of what was said, or else a problem.

    ``problem`` is ``refused``, ``nowhere``, ``tls``, ``unreachable``, ``timeout`` or ``garbled``.
    ``wait_s`` is what the other side asked us to wait. ``may_have_arrived``: it broke after there
    was a connection, so the other side may have had the whole call.
    """

    status: int | None
    problem: str = ""
    text: str = ""
    took_ms: int = 0
    wait_s: int = 0
    may_have_arrived: bool = False

    @property
    def is_good(self) -> bool:
        """Whether it was taken."""
        return self.status is not None and 200 <= self.status < 300
