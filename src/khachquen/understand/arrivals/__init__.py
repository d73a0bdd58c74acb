"""Knows how to ask what came in last, kept or refused, and what arrived since one last looked.

Hides SQL. Runs nothing; every function gives a ``store.engine.Question``.
"""

from khachquen.understand.arrivals.asking import (
    OUTCOMES,
    Newest,
    Wanted,
    count_newer,
    newest,
    rates,
)

__all__ = ["OUTCOMES", "Newest", "Wanted", "count_newer", "newest", "rates"]
