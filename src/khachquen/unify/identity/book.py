"""What the engine remembers of the identity graph between batches."""

from collections.abc import Sequence

from khachquen.unify.identity.graph import Graph, NodeState
from khachquen.unify.identity.ledger import (
    count_kinds,
    load_edges,
    load_nodes,
    next_ids,
    save_graph,
)
from khachquen.unify.identity.rules import Identifier


class IdentityBook:
    """A bounded memory of nodes and known edges over the stored graph.

    There is one writer of the graph, so what is remembered stays true until ``forget``, which a
    failed batch must call.
    """

    def __init__(self, *, max_nodes: int = 200_000):
        self._max_nodes = max_nodes
        self.forget()

    def forget(self) -> None:
        """Start again from what is stored."""
        self._nodes: dict[str, NodeState] = {}
        self._edges: set[tuple[int, int]] = set()
        self._asked_left: set[int] = set()
        self._next: tuple[int, int] | None = None

    def open_graph(self, named: Sequence[Sequence[Identifier]]) -> Graph:
        """The part of the graph that events naming these identifiers can touch."""
        if len(self._nodes) > self._max_nodes:
            self.forget()
        missing = {
            identifier.key
            for identifiers in named
            for identifier in identifiers
            if identifier.key not in self._nodes
        }
        self._nodes.update(load_nodes(missing))
        self._load_edges(named)
        self._next = self._next or next_ids()
        return Graph(self._nodes, self._edges, count_kinds, *self._next)

    def save(self, graph: Graph) -> None:
        """Write a batch's changes and remember them."""
        save_graph(graph)
        if graph.merged:
            for node in self._nodes.values():
                node.profile_id = graph.profile_of(node)
        self._next = (graph.next_node_id, graph.next_profile_id)

    def _load_edges(self, named: Sequence[Sequence[Identifier]]) -> None:
        anchors = {
            self._nodes[identifiers[0].key].id
            for identifiers in named
            if len(identifiers) > 1 and identifiers[0].key in self._nodes
        }
        fresh = anchors - self._asked_left
        self._edges |= load_edges(fresh)
        self._asked_left |= fresh
