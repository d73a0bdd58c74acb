"""How a long piece of work says how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the name of the work, the units done, and the units in all (0 when unknown)."""


def silent(name: str, done: int, total: int) -> None:
    """Progress nobody watches."""
