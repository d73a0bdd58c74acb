"""Knows who is who: identifiers, the evidence that joins them, the people they make.

Hides how the graph is kept and looked up. Does not know what a person is like.
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.unify.identity.evidence import Evidence, NodeState
from khachquen.unify.identity.graph import Graph
from khachquen.unify.identity.identifiers import Identifier, identifiers_of
from khachquen.unify.identity.rules import Rules, load_rules, rules_of

if TYPE_CHECKING:
    from khachquen.unify.identity.book import IdentityBook
    from khachquen.unify.identity.redrawing import Piece, count_nodes, iter_parts

__all__ = [
    "Evidence",
    "Graph",
    "Identifier",
    "IdentityBook",
    "NodeState",
    "Piece",
    "Rules",
    "count_nodes",
    "identifiers_of",
    "iter_parts",
    "load_rules",
    "rules_of",
]
__getattr__ = door(
    __name__,
    {"IdentityBook": "book", **dict.fromkeys(("Piece", "count_nodes", "iter_parts"), "redrawing")},
)
