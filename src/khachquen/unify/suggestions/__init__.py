"""Knows which pairs may be one person and wait for somebody's word, and what became of them.

Hides how pairs outlive merges, and when one may be asked about again. Compares nobody itself
(``matching`` does) and joins nobody (``decisions`` does).
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.unify.matching.agreement import Agreement
from khachquen.unify.suggestions.lessons import Advice, Band, advise

if TYPE_CHECKING:
    from khachquen.unify.suggestions.queue import (
        Queue,
        SuggestionView,
        count_queue,
        count_sure,
        find_suggestion,
        list_bands,
        next_suggestion,
        suggestions_of,
    )

_READING = (
    "Queue",
    "SuggestionView",
    "count_queue",
    "count_sure",
    "find_suggestion",
    "list_bands",
    "next_suggestion",
    "suggestions_of",
)
__all__ = [
    "Advice",
    "Agreement",
    "Band",
    "Queue",
    "SuggestionView",
    "advise",
    "count_queue",
    "count_sure",
    "find_suggestion",
    "list_bands",
    "next_suggestion",
    "suggestions_of",
]
__getattr__ = door(__name__, dict.fromkeys(_READING, "queue"))
