"""Knows what came of a touch: who visited and acted after it, and whose orders are whose; and what
people were at a moment that is past: their segments, their classes.

Hides SQL. Runs nothing; every function gives a ``store.engine.Question``. What a touch is (a click
in a letter) it is told, so it knows no campaigns.
"""

from khachquen.understand.attribution.asking import (
    ACTIONS,
    MODELS,
    WINDOWS,
    Stood,
    Touch,
    bought,
    classes_then,
    credited,
    segments_then,
    visits,
)

__all__ = [
    "ACTIONS",
    "MODELS",
    "WINDOWS",
    "Stood",
    "Touch",
    "bought",
    "classes_then",
    "credited",
    "segments_then",
    "visits",
]
