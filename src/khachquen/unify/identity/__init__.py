"""Knows who is who: identifiers, the evidence that joins them, the people they make.

Hides how the graph is kept and looked up. Does not know what a person is like.
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.unify.identity.graph import Evidence, Graph, NodeState
from khachquen.unify.identity.rules import Identifier, identifiers_of

if TYPE_CHECKING:
    from khachquen.unify.identity.book import IdentityBook
    from khachquen.unify.identity.ledger import ended_profiles

__all__ = [
    "Evidence",
    "Graph",
    "Identifier",
    "IdentityBook",
    "NodeState",
    "ended_profiles",
    "identifiers_of",
]
__getattr__ = door(__name__, {"IdentityBook": "book", "ended_profiles": "ledger"})
