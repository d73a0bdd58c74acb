"""People as the connected components of their identifiers, kept up to date event by event.

Pure: what is known comes in through ``Known``, what changed is read off afterwards.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from khachquen.unify.identity.rules import Identifier, refusal_of


@dataclass(slots=True)
class NodeState:
    """One identifier: which person it belongs to and what was seen under it (microseconds UTC)."""

    id: int
    key: str
    kind: str
    profile_id: int
    first_seen: int
    last_seen: int
    events: int


@dataclass(frozen=True, slots=True)
class EdgeState:
    """Evidence joining two identifiers; a refused one carries its reason."""

    left_id: int
    right_id: int
    evidence: str
    source_id: int
    message_id: str
    at: int
    reason: str


class Evidence(NamedTuple):
    """Where a join comes from: the event that carries both identifiers."""

    kind: str
    source_id: int
    message_id: str
    at: int


KindsOf = Callable[[int], Mapping[str, int]]
"""Profile id → how many identifiers of each kind it has, as stored before this batch."""


@dataclass(slots=True)
class Graph:
    """The part of the identity graph a batch touches, and how the batch changes it.

    ``nodes`` and ``edges`` hold what is stored; ``next_id`` numbers new nodes and profiles.
    """

    nodes: dict[str, NodeState]
    edges: set[tuple[int, int]]
    kinds_of: KindsOf
    next_node_id: int
    next_profile_id: int
    new_edges: list[EdgeState] = field(default_factory=list)
    new_profiles: set[int] = field(default_factory=set)
    touched: dict[int, NodeState] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)  # profile that ended → survivor
    changed: set[int] = field(default_factory=set)  # profiles whose identifiers changed
    _kinds: dict[int, Counter[str]] = field(default_factory=dict)

    def resolve(self, identifiers: list[Identifier], evidence: Evidence) -> NodeState | None:
        """The node an event belongs to; joins all its identifiers as far as the rules allow."""
        if not identifiers:
            return None
        if len(identifiers) == 1 and (node := self.nodes.get(identifiers[0].key)):
            self._see(node, evidence.at)  # most events: one visitor known by one id
            node.events += 1
            return node
        identifiers = list(dict.fromkeys(identifiers))
        known = [self.nodes.get(identifier.key) for identifier in identifiers]
        anchor = known[0] or self._add_anchor(identifiers[0], known[1:], evidence)
        self._see(anchor, evidence.at)
        for identifier in identifiers[1:]:
            node = self._join(anchor, identifier, evidence)
            self._see(node, evidence.at)
        anchor.events += 1
        return anchor

    def profile_of(self, node: NodeState) -> int:
        """The profile a node belongs to after the merges of this batch."""
        return self.survivor_of(node.profile_id)

    def survivor_of(self, profile_id: int) -> int:
        """The profile that has another's identifiers after the merges of this batch."""
        while profile_id in self.merged:
            profile_id = self.merged[profile_id]
        return profile_id

    def is_known(self, profile_id: int) -> bool:
        """Whether a person has more than anonymous ids, as far as this batch tells."""
        return any(kind != "anonymous" for kind in self._kinds_now(profile_id))

    def _add_anchor(
        self, identifier: Identifier, others: Iterable[NodeState | None], evidence: Evidence
    ) -> NodeState:
        """A new strongest identifier goes to a person the event also names, if one will have it."""
        for other in others:
            if other is None:
                continue
            profile_id = self.profile_of(other)
            if not refusal_of(self._kinds_now(profile_id), {identifier.kind: 1}):
                return self._add_node(identifier, profile_id, evidence)
        return self._add_node(identifier, self._new_profile(), evidence)

    def _see(self, node: NodeState, at: int) -> None:
        """An event names this identifier, as its own or beside a stronger one."""
        if at < node.first_seen:
            node.first_seen = at
        if at > node.last_seen:
            node.last_seen = at
        self.touched[node.id] = node

    def _join(self, anchor: NodeState, identifier: Identifier, evidence: Evidence) -> NodeState:
        """Join a weaker identifier to the event's own, or note why not; each pair is tried once."""
        other = self.nodes.get(identifier.key)
        if other is not None and (anchor.id, other.id) in self.edges:
            return other
        mine = self.profile_of(anchor)
        if other is None:
            reason = refusal_of(self._kinds_now(mine), {identifier.kind: 1})
            home = self._new_profile() if reason else mine
            other = self._add_node(identifier, home, evidence)
        else:
            reason = self._merge(mine, self.profile_of(other))
        self.edges.add((anchor.id, other.id))
        self.new_edges.append(
            EdgeState(
                anchor.id,
                other.id,
                evidence.kind,
                evidence.source_id,
                evidence.message_id,
                evidence.at,
                reason,
            )
        )
        return other

    def _merge(self, mine: int, theirs: int) -> str:
        """Make two people one, the older keeping its number; or say why not."""
        if mine == theirs:
            return ""
        survivor, ended = min(mine, theirs), max(mine, theirs)
        reason = refusal_of(self._kinds_now(survivor), self._kinds_now(ended))
        if not reason:
            self.merged[ended] = survivor
            self._kinds_now(survivor).update(self._kinds_now(ended))
            self.changed.add(survivor)
        return reason

    def _add_node(self, identifier: Identifier, profile_id: int, evidence: Evidence) -> NodeState:
        node = NodeState(
            self.next_node_id,
            identifier.key,
            identifier.kind,
            profile_id,
            evidence.at,
            evidence.at,
            0,
        )
        self.next_node_id += 1
        self._kinds_now(profile_id)[identifier.kind] += 1
        self.nodes[node.key] = node
        self.touched[node.id] = node
        self.changed.add(profile_id)
        return node

    def _new_profile(self) -> int:
        profile_id = self.next_profile_id
        self.next_profile_id += 1
        self.new_profiles.add(profile_id)
        self._kinds[profile_id] = Counter()
        return profile_id

    def _kinds_now(self, profile_id: int) -> Counter[str]:
        if profile_id not in self._kinds:
            self._kinds[profile_id] = Counter(self.kinds_of(profile_id))
        return self._kinds[profile_id]
