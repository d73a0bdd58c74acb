"""What the engine remembers of the identity graph between batches."""

from collections.abc import Sequence

from khachquen.unify.identity.evidence import EdgeState, NodeState, Pair
from khachquen.unify.identity.graph import Graph
from khachquen.unify.identity.identifiers import Identifier
from khachquen.unify.identity.ledger import Ledger, next_node_id, save_graph
from khachquen.unify.identity.rules import Rules, load_rules


class IdentityBook:
    """A bounded memory of nodes and known edges over the stored graph.

    There is one writer of the graph, so what is remembered stays true until ``forget``, which a
    failed batch must call.
    """

    def __init__(self, rules: Rules | None = None, *, max_nodes: int = 200_000):
        self.rules = rules or load_rules()
        self._max_nodes = max_nodes
        self._ledger = Ledger(self.rules)
        self.forget()

    def forget(self) -> None:
        """Start again from what is stored."""
        self._nodes: dict[str, NodeState] = {}
        self._edges: dict[Pair, EdgeState] = {}
        self._asked_left: set[int] = set()
        self._next_id: int | None = None

    def open_graph(
        self, named: Sequence[Sequence[Identifier]] = (), *, act: int | None = None
    ) -> Graph:
        """The part of the graph that events naming these identifiers can touch.

        ``act`` is a decision that is being applied.
        """
        if len(self._nodes) > self._max_nodes:
            self.forget()
        missing = {
            identifier.key
            for identifiers in named
            for identifier in identifiers
            if identifier.key not in self._nodes
        }
        self._nodes.update((node.key, node) for node in self._ledger.named(missing))
        self._load_edges(named)
        self._next_id = self._next_id or next_node_id()
        ledger = Ledger(self.rules, act=act) if act else self._ledger
        return Graph(self._nodes, self._edges, ledger, self._next_id, self.rules)

    def save(self, graph: Graph) -> None:
        """Write a batch's changes; they are remembered already."""
        save_graph(graph)
        self._next_id = graph.next_node_id

    def _load_edges(self, named: Sequence[Sequence[Identifier]]) -> None:
        """What is known of the pairs these identifiers make; their left end is one of them."""
        anchors = {
            self._nodes[identifier.key].id
            for identifiers in named
            if len(identifiers) > 1
            for identifier in identifiers
            if identifier.kind == identifiers[0].kind and identifier.key in self._nodes
        }
        fresh = anchors - self._asked_left
        for edge in self._ledger.edges_of_left(fresh):
            self._edges.setdefault(edge.pair, edge)
        self._asked_left |= fresh
