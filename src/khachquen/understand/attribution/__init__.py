"""Knows what came of a touch: who visited and acted after it, and whose orders are whose.

Hides SQL. Runs nothing; every function gives a ``store.engine.Question``. What a touch is (a click
in a letter) it is told, so it knows no campaigns.
"""

from khachquen.understand.attribution.asking import (
    ACTIONS,
    MODELS,
    WINDOWS,
    Touch,
    bought,
    credited,
    visits,
)

__all__ = ["ACTIONS", "MODELS", "WINDOWS", "Touch", "bought", "credited", "visits"]
