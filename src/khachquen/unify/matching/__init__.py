"""Knows which records are probably one person, and how sure that is.

Hides Splink, which learns what each likeness is worth, and the DuckDB that compares millions of
pairs. Does not keep anything, join anybody's profile or know Django: rows in, clusters and
suggestions out. What becomes of a suggestion is for ``identity`` and for people to decide.
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.unify.matching.agreement import Suggestion
from khachquen.unify.matching.columns import Columns, guess_columns, read_mapping
from khachquen.unify.matching.settings import Settings

if TYPE_CHECKING:
    from khachquen.unify.matching.evaluating import Evaluation, Quality, compare_clusters, evaluate
    from khachquen.unify.matching.lookup import Lookup
    from khachquen.unify.matching.matches import Matches
    from khachquen.unify.matching.matching import match

__all__ = [
    "Columns",
    "Evaluation",
    "Lookup",
    "Matches",
    "Quality",
    "Settings",
    "Suggestion",
    "compare_clusters",
    "evaluate",
    "guess_columns",
    "match",
    "read_mapping",
]
__getattr__ = door(
    __name__,
    {
        "Evaluation": "evaluating",
        "Lookup": "lookup",
        "Matches": "matches",
        "Quality": "evaluating",
        "compare_clusters": "evaluating",
        "evaluate": "evaluating",
        "match": "matching",
    },
)
