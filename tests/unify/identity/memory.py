"""A stored graph in memory, to tell evidence to batch by batch without a database."""

import copy
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from khachquen.unify.identity import Evidence, Graph, Identifier, NodeState, Rules, load_rules
from khachquen.unify.identity.evidence import Bond, EdgeState, Pair
from khachquen.unify.identity.facts import Facts
from khachquen.unify.identity.rules import STRENGTH, VOUCHED


class Told(NamedTuple):
    """One event: whom it names, when, and how."""

    keys: tuple[str, ...]
    at: int = 0
    kind: str = "identify"
    trusted: bool = False
    human: bool = True
    born: str = ""

    @property
    def message_id(self) -> str:
        return (
            f"{self.at}-{'+'.join(self.keys)}-{self.kind}{self.trusted:d}{self.human:d}{self.born}"
        )


def ids(*keys: str) -> list[Identifier]:
    """Identifiers as ``user:hoa``, strongest first."""
    found = [Identifier(*key.split(":", 1)) for key in keys]
    return sorted(found, key=lambda identifier: STRENGTH.index(identifier.kind))


class Memory:
    """What a database keeps between batches; it hands out copies, as a database does."""

    def __init__(self, rules: Rules | None = None):
        self.rules = rules or load_rules()
        self.kept_nodes: dict[int, NodeState] = {}
        self.kept_edges: dict[Pair, EdgeState] = {}
        self.decided: list[Bond] = []
        self.born: dict[int, tuple[int, str, str]] = {}  # node → the newest word on it

    def tally(self, profile_id: int) -> tuple[Mapping[str, int], Facts]:
        mine = [n for n in self.kept_nodes.values() if n.profile_id == profile_id]
        tally = Counter(node.kind for node in mine)
        tally[VOUCHED] = sum(node.is_vouched for node in mine)
        return tally, frozenset(" ".join(node.facts for node in mine).split())

    def members(self, profile_ids: Collection[int]) -> list[NodeState]:
        wanted = [n for n in self.kept_nodes.values() if n.profile_id in profile_ids]
        return copy.deepcopy(wanted)

    def nodes(self, node_ids: Collection[int]) -> list[NodeState]:
        return copy.deepcopy([self.kept_nodes[n] for n in node_ids])

    def edges(self, node_ids: Collection[int]) -> list[EdgeState]:
        wanted = [edge for edge in self.kept_edges.values() if {*edge.pair} & {*node_ids}]
        return copy.deepcopy(wanted)

    def bonds(self, node_ids: Collection[int]) -> list[Bond]:
        return [bond for bond in self.decided if {bond.left_id, bond.right_id} & {*node_ids}]

    def open_graph(self) -> Graph:
        nodes = {node.key: node for node in copy.deepcopy([*self.kept_nodes.values()])}
        edges = copy.deepcopy(self.kept_edges)
        return Graph(nodes, edges, self, max(self.kept_nodes, default=0) + 1, self.rules)

    def save(self, graph: Graph) -> None:
        nodes = {node.id: node for node, _ in graph.touched.values()} | graph.moved | graph.altered
        self.kept_nodes |= copy.deepcopy(nodes)
        self.kept_edges |= copy.deepcopy(graph.told)

    def tell(self, *events: Told) -> Graph:
        """One batch."""
        graph = self.open_graph()
        learnt = {}
        for event in events:
            evidence = Evidence(
                event.kind, 1, event.message_id, event.at, event.trusted, event.human
            )
            node = graph.resolve(ids(*event.keys), evidence)
            if node and event.born:
                word = event.at, event.message_id, event.born
                self.born[node.id] = max(word, self.born.get(node.id, word))
                learnt[node.id] = node
        for node in learnt.values():
            graph.learn(node, f"birthday={self.born[node.id][-1]}")
        graph.settle()
        self.save(graph)
        return graph

    def decide(self, number: int, left: str, right: str, *, together: bool) -> Graph:
        """Staff decides of two identifiers."""
        by_key = {node.key: node.id for node in self.kept_nodes.values()}
        self.decided.append(Bond(number, together, by_key[left], by_key[right]))
        return self._draw(by_key[left], by_key[right])

    def undo(self, number: int) -> Graph:
        [bond] = [bond for bond in self.decided if bond.id == number]
        self.decided.remove(bond)
        return self._draw(bond.left_id, bond.right_id)

    def _draw(self, *node_ids: int) -> Graph:
        graph = self.open_graph()
        graph.dirty |= set(node_ids)
        graph.settle()
        self.save(graph)
        return graph

    def people(self) -> set[frozenset[str]]:
        """Who is one person with whom."""
        groups: dict[int, set[str]] = defaultdict(set)
        for node in self.kept_nodes.values():
            groups[node.profile_id].add(node.key)
        return {frozenset(group) for group in groups.values()}

    def refusals(self) -> dict[tuple[str, str], str]:
        """Which evidence joins nobody, and why."""
        return {
            (self.kept_nodes[left].key, self.kept_nodes[right].key): edge.reason
            for (left, right), edge in self.kept_edges.items()
            if edge.reason
        }

    def shared(self) -> set[str]:
        return {node.key for node in self.kept_nodes.values() if node.is_shared}


def groups(*told: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in told}
