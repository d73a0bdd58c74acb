"""A call and its answer, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """What is posted where."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: a status and the beginning of what was said, or else a problem.

    ``problem`` is ``refused``, ``nowhere``, ``tls``, ``unreachable``, ``timeout`` or ``garbled``.
    ``wait_s`` is what the other side asked us to wait.
    """

    status: int | None
    problem: str = ""
    text: str = ""
    took_ms: int = 0
    wait_s: int = 0

    @property
    def is_good(self) -> bool:
        """Whether it was taken."""
        return self.status is not None and 200 <= self.status < 300
