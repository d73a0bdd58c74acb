"""Knows how to ask what was refused, why, and what became of one message.

Hides SQL. Runs nothing; every function gives a ``store.engine.Question``.
"""

from khachquen.understand.quarantine.asking import (
    At,
    Filter,
    kept_under,
    quarantined,
    reasons,
    refused_at,
    refused_under,
    taken_in,
)

__all__ = [
    "At",
    "Filter",
    "kept_under",
    "quarantined",
    "reasons",
    "refused_at",
    "refused_under",
    "taken_in",
]
