"""People, drawn from their evidence: a function of the evidence, the decisions and the rules.

Pure, and blind to the order in which anything arrived. Evidence is taken in an order of its own:
what staff joined, then by the rank of the evidence, its time, and its two identifiers. A piece
joins two people unless they would then have too many identifiers of a kind, staff keeps them
apart, or what was told of them contradicts itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from khachquen.unify.identity.evidence import Bond, EdgeState, NodeState, Pair
from khachquen.unify.identity.facts import NO_FACTS, Facts, find_contradiction
from khachquen.unify.identity.rules import Rules

SHARED, APART, AUTHORITY = "shared", "apart", "authority"
CONFLICT = "conflict_"
"""Begins the reason of evidence that facts speak against; the fact follows."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Who is one person: node → the smallest node of the person, which names them.

    ``reasons`` has every piece of evidence, empty where it joins; ``blame`` the decision behind an
    ``apart``. ``group_of`` names what hangs together but is disputed; ``broken`` are decisions to
    join that another decision forbids.
    """

    person_of: dict[int, int]
    reasons: dict[Pair, str]
    blame: dict[Pair, int]
    group_of: dict[int, int | None]
    shared: frozenset[int]
    broken: dict[int, int]
    order: list[EdgeState]


def draw(
    nodes: Mapping[int, NodeState],
    edges: Iterable[EdgeState],
    bonds: Sequence[Bond],
    rules: Rules,
) -> Drawing:
    """Draw the people of some nodes; ``edges`` must be all that touch any of them.

    Costs one sort of the edges and a union for each: some 3 µs an edge.
    """
    order = sorted(edges, key=lambda e: (e.rank, e.at, nodes[e.left_id].key, nodes[e.right_id].key))
    shared = find_shared(nodes, order, rules)
    people = _People(nodes, rules)
    blame: dict[Pair, int] = {}
    broken: dict[int, int] = {}
    for bond in bonds:
        if not bond.together:
            people.keep_apart(bond)
    for bond in sorted(bonds):
        if bond.together and (foe := people.join_by_staff(bond)):
            broken[bond.id] = foe.id
    reasons = {}
    for edge in order:
        if edge.left_id in shared or edge.right_id in shared:
            reasons[edge.pair] = SHARED
            continue
        reasons[edge.pair] = people.join(edge)
        foe = people.foe_of(edge.left_id, edge.right_id) if bonds else None
        if foe:
            blame[edge.pair] = foe.id
    person_of = {node: people.find(node) for node in nodes}
    group_of = _find_disputed(nodes, order, reasons, bonds, rules)
    return Drawing(person_of, reasons, blame, group_of, shared, broken, order)


def find_shared(
    nodes: Mapping[int, NodeState], edges: Iterable[EdgeState], rules: Rules
) -> frozenset[int]:
    """Identifiers told beside too many different others; once shared, always shared."""
    beside: dict[int, Counter[str]] = defaultdict(Counter)
    for edge in edges:
        beside[edge.right_id][nodes[edge.left_id].kind] += 1
        beside[edge.left_id][nodes[edge.right_id].kind] += 1
    found = {
        node_id
        for node_id, kinds in beside.items()
        for kind, most in rules.kinds[nodes[node_id].kind].shared_after
        if kinds[kind] > most
    }
    return frozenset(found | {node.id for node in nodes.values() if node.is_shared})


def is_rename(edge: EdgeState, left: NodeState, right: NodeState) -> bool:
    """A trusted alias of two accounts: the shop itself says that one replaced the other."""
    return edge.trusted and edge.evidence == "alias" and left.kind == right.kind == "user"


@dataclass(slots=True)
class _People:
    """Disjoint sets of nodes, each named by its smallest."""

    nodes: Mapping[int, NodeState]
    rules: Rules
    parent: dict[int, int] = field(default_factory=dict)
    tallies: dict[int, dict[str, int]] = field(default_factory=dict)
    firsts: dict[int, dict[str, list[int]]] = field(default_factory=dict)
    foes: dict[int, dict[int, Bond]] = field(default_factory=dict)
    facts: dict[int, Facts] = field(init=False)

    def __post_init__(self) -> None:
        told = [node for node in self.nodes.values() if node.facts] if self.rules.contested else []
        self.facts = {node.id: frozenset(node.facts.split()) for node in told}

    def find(self, node: int) -> int:
        parent = self.parent
        while (up := parent.get(node, node)) != node:
            parent[node] = parent.get(up, up)
            node = up
        return node

    def keep_apart(self, bond: Bond) -> None:
        self.foes.setdefault(bond.left_id, {}).setdefault(bond.right_id, bond)
        self.foes.setdefault(bond.right_id, {}).setdefault(bond.left_id, bond)

    def foe_of(self, left: int, right: int) -> Bond | None:
        """The first decision that keeps two people apart."""
        mine, theirs = self.find(left), self.find(right)
        between = [b for n, b in self.foes.get(mine, {}).items() if self.find(n) == theirs]
        return min(between, default=None)

    def join_by_staff(self, bond: Bond) -> Bond | None:
        """Limits do not hold staff back; only another decision does, and that is returned."""
        foe = self.foe_of(bond.left_id, bond.right_id)
        if foe is None:
            self._unite(self.find(bond.left_id), self.find(bond.right_id))
        return foe

    def join(self, edge: EdgeState) -> str:
        """Make two people one, or say why not."""
        mine, theirs = self.find(edge.left_id), self.find(edge.right_id)
        if mine == theirs:
            return ""
        reason = self._refusal(edge, mine, theirs)
        if not reason:
            self._unite(mine, theirs)
        return reason

    def _refusal(self, edge: EdgeState, mine: int, theirs: int) -> str:
        if self.foes and self.foe_of(mine, theirs):
            return APART
        a, b = self._tally(mine), self._tally(theirs)
        if not is_rename(edge, self.nodes[edge.left_id], self.nodes[edge.right_id]):
            for kind in self.rules.kinds:
                if kind in a and kind in b and a[kind] + b[kind] > self.rules.limits[kind]:
                    if kind in self.rules.windows and self._fits_window(kind, mine, theirs):
                        continue
                    return f"limit_{kind}"
        if self.facts and (field := self._contradiction(edge, mine, theirs)):
            return CONFLICT + field
        is_claim = a.get("vouched") and b.get("vouched") and not edge.trusted
        return AUTHORITY if is_claim and not self.rules.may_join_vouched else ""

    def _contradiction(self, edge: EdgeState, mine: int, theirs: int) -> str:
        kinds = {self.nodes[end].kind for end in edge.pair}
        if kinds.isdisjoint(self.rules.carriers):
            return ""
        a, b = self.facts.get(mine, NO_FACTS), self.facts.get(theirs, NO_FACTS)
        return find_contradiction(a, b, self.rules.contested)

    def _tally(self, root: int) -> dict[str, int]:
        if root not in self.tallies:
            node = self.nodes[root]
            self.tallies[root] = {node.kind: 1, "vouched": int(node.is_vouched)}
        return self.tallies[root]

    def _times(self, root: int) -> dict[str, list[int]]:
        node = self.nodes[root]
        return self.firsts.get(root) or {node.kind: [node.first_seen]}

    def _fits_window(self, kind: str, mine: int, theirs: int) -> bool:
        times = sorted(self._times(mine)[kind] + self._times(theirs)[kind])
        limit, window = self.rules.limits[kind], self.rules.windows[kind]
        return all(
            late - early >= window for early, late in zip(times, times[limit:], strict=False)
        )

    def _unite(self, mine: int, theirs: int) -> None:
        if mine == theirs:
            return
        root, other = min(mine, theirs), max(mine, theirs)
        tally = self._tally(root)
        for kind, n in self._tally(other).items():
            tally[kind] = tally.get(kind, 0) + n
        if self.rules.windows:
            both = defaultdict(list, self._times(root))
            for kind, times in self._times(other).items():
                both[kind] = both[kind] + times
            self.firsts[root] = both
        self.parent[other] = root
        if other in self.facts:
            self.facts[root] = self.facts.get(root, NO_FACTS) | self.facts[other]
        if other in self.foes:
            foes = self.foes.setdefault(root, {})
            for node, bond in self.foes[other].items():
                foes[node] = min(bond, foes.get(node, bond))


def _find_disputed(
    nodes: Mapping[int, NodeState],
    edges: Sequence[EdgeState],
    reasons: Mapping[Pair, str],
    bonds: Sequence[Bond],
    rules: Rules,
) -> dict[int, int | None]:
    """What hangs together by any usable evidence, where not all of it could simply be joined.

    Everything else is one person each, whatever comes in whatever order.
    """
    groups = _People(nodes, rules)
    disputed = set()
    for bond in bonds:
        if bond.together:
            groups._unite(groups.find(bond.left_id), groups.find(bond.right_id))
        disputed |= {bond.left_id, bond.right_id} & nodes.keys()
    for edge in edges:
        if reasons[edge.pair] != SHARED:
            groups._unite(groups.find(edge.left_id), groups.find(edge.right_id))
            if reasons[edge.pair]:
                disputed.add(edge.left_id)
        else:  # a shared one counts beside the other, and may make that shared too
            left, right = nodes[edge.left_id], nodes[edge.right_id]
            if rules.counts(right.kind, left.kind):
                disputed.add(right.id)
            if rules.counts(left.kind, right.kind):
                disputed.add(left.id)
    roots = {groups.find(node) for node in disputed}
    roots |= {
        root
        for root, tally in groups.tallies.items()
        if any(n > rules.limits[kind] for kind, n in tally.items() if kind != "vouched")
    }
    told = groups.facts.items()
    roots |= {groups.find(node) for node, facts in told if rules.may_contradict(facts)}
    of = {node: groups.find(node) for node in nodes}
    return {node: root if root in roots else None for node, root in of.items()}
