"""The identity graph event by event: what is plain is joined at once, what is disputed is drawn.

Evidence that breaks no limit makes one person, whatever order it comes in, so it is joined as it is
told. Where it would break one, or staff decided something, or somebody unproven claims what another
has, nothing is joined on the way: ``settle`` draws all that hangs together there anew
(``drawing.draw``). Either way people are a function of the evidence.

Pure: what is known comes in through ``Stored``, what changed is read off afterwards.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from khachquen.unify.identity.drawing import SHARED, Drawing, draw
from khachquen.unify.identity.evidence import (
    Bond,
    EdgeState,
    Evidence,
    NodeState,
    Pair,
    new_edge,
)
from khachquen.unify.identity.facts import NO_FACTS, Facts
from khachquen.unify.identity.identifiers import Identifier
from khachquen.unify.identity.rules import VOUCHED, Rules


class Stored(Protocol):
    """What is stored of the graph, to be asked for where a batch touches it."""

    def tally(self, profile_id: int) -> tuple[Mapping[str, int], Facts]:
        """How many identifiers of each kind a person has, how many vouched ones, and facts."""
        ...

    def members(self, profile_ids: Collection[int]) -> list[NodeState]:
        """The identifiers of some people."""
        ...

    def nodes(self, node_ids: Collection[int]) -> list[NodeState]:
        """Identifiers by number."""
        ...

    def edges(self, node_ids: Collection[int]) -> list[EdgeState]:
        """Everything known of some identifiers, by either end."""
        ...

    def bonds(self, node_ids: Collection[int]) -> list[Bond]:
        """What staff decided of some identifiers and has not taken back."""
        ...


class Before(NamedTuple):
    """What a node was before the batch touched it."""

    events: int
    human_events: int


class Join(NamedTuple):
    """A person that became part of another, and the evidence for it."""

    ended: int
    edge: EdgeState


@dataclass(slots=True)
class Graph:
    """The part of the identity graph a batch touches, and how the batch changes it.

    ``nodes`` and ``edges`` hold what is remembered of the stored graph; both grow. A profile is
    numbered after its smallest node.
    """

    nodes: dict[str, NodeState]
    edges: dict[Pair, EdgeState]
    stored: Stored
    next_node_id: int
    rules: Rules
    new: dict[int, NodeState] = field(default_factory=dict)
    touched: dict[int, tuple[NodeState, Before]] = field(default_factory=dict)
    told: dict[Pair, EdgeState] = field(default_factory=dict)  # new, better or judged otherwise
    was: dict[int, int] = field(default_factory=dict)  # stored node that moved → its old profile
    began: dict[int, int] = field(default_factory=dict)  # the same before the whole batch
    moved: dict[int, NodeState] = field(default_factory=dict)
    drawn: dict[int, NodeState] = field(default_factory=dict)  # whom the drawing is about
    altered: dict[int, NodeState] = field(default_factory=dict)  # marked otherwise than before
    earlier: set[int] = field(default_factory=set)  # stored nodes first seen earlier than known
    drawing: Drawing | None = None
    near: dict[int, NodeState] = field(default_factory=dict)  # what the drawing looked at
    joins: list[Join] = field(default_factory=list)
    dirty: set[int] = field(default_factory=set)  # nodes whose surroundings must be drawn
    _merged: dict[int, int] = field(default_factory=dict)
    _tallies: dict[int, dict[str, int]] = field(default_factory=dict)
    _facts: dict[int, Facts] = field(default_factory=dict)  # of people who have any

    def resolve(self, identifiers: Sequence[Identifier], evidence: Evidence) -> NodeState | None:
        """The node an event belongs to; all its identifiers are told to be one person's."""
        if not identifiers:
            return None
        if len(identifiers) == 1:  # most events: one visitor known by one id
            node = self.nodes.get(identifiers[0].key) or self._add_node(identifiers[0], evidence.at)
            if evidence.trusted and not node.is_vouched:
                self._vouch([node])
        else:
            node = self._resolve_all(list(dict.fromkeys(identifiers)), evidence)
        at = evidence.at
        if node.id not in self.touched:
            self.touched[node.id] = node, Before(node.events, node.human_events)
        if at < node.first_seen or at > node.last_seen:
            self._see(node, at)
        node.events += 1
        if evidence.human:
            node.human_events += 1
            if at > node.last_event:
                node.last_event = at
            if at < node.first_event or not node.first_event:
                node.first_event = at
        return node

    def profile_of(self, node: NodeState) -> int:
        """The profile a node belongs to now; exact once the graph is settled."""
        return self._survivor_of(node.profile_id)

    def _resolve_all(self, identifiers: Sequence[Identifier], evidence: Evidence) -> NodeState:
        known = [self.nodes.get(identifier.key) for identifier in identifiers]
        nodes = [
            node or self._add_node(identifier, evidence.at)
            for node, identifier in zip(known, identifiers, strict=True)
        ]
        if evidence.trusted:
            self._vouch(nodes)
        for other in nodes[1:]:
            if other.id not in self.touched:
                self.touched[other.id] = other, Before(other.events, other.human_events)
            if not other.first_seen <= evidence.at <= other.last_seen:
                self._see(other, evidence.at)
            self._tell(nodes[0], other, evidence)
        return nodes[0]

    def _add_node(self, identifier: Identifier, at: int) -> NodeState:
        number = self.next_node_id
        self.next_node_id += 1
        node = NodeState(number, identifier.key, identifier.kind, number, at, at)
        self.nodes[node.key] = node
        self.new[number] = node
        self.touched[number] = node, Before(0, 0)
        return node

    def _see(self, node: NodeState, at: int) -> None:
        """An event names this identifier, as its own or beside a stronger one."""
        if at > node.last_seen:
            node.last_seen = at
        if at < node.first_seen:
            node.first_seen = at
            self.earlier.add(node.id)
            if node.group_id is not None and node.kind in self.rules.windows:
                self.dirty.add(node.id)

    def _tell(self, anchor: NodeState, other: NodeState, evidence: Evidence) -> None:
        """Take in that two identifiers are one person's; each pair keeps its best evidence."""
        left, right = anchor, other
        if left.kind == right.kind and right.key < left.key:
            left, right = right, left
        pair = left.id, right.id
        known = self.edges.get(pair)
        if known is None:
            edge = new_edge(left, right, evidence, self.rules)
            self.edges[pair] = self.told[pair] = edge
            self._join(left, right, edge)
        elif known.improve(evidence, self.rules.rank(evidence.kind, trusted=evidence.trusted)):
            self.told[pair] = known
            if left.group_id is not None or right.group_id is not None:
                self.dirty |= {left.id, right.id}

    def _join(self, left: NodeState, right: NodeState, edge: EdgeState) -> None:
        """Make two people one if nothing speaks against it; else leave it to the drawing."""
        if left.is_shared or right.is_shared:
            edge.reason = SHARED
            for one, other in ((left, right), (right, left)):
                if not one.is_shared and self.rules.counts(one.kind, other.kind):
                    self.dirty.add(one.id)
            return
        mine, theirs = self.profile_of(left), self.profile_of(right)
        is_disputed = left.group_id is not None or right.group_id is not None
        if mine == theirs and not is_disputed:
            return
        if is_disputed or self._may_dispute(mine, theirs, edge):
            self.dirty |= {left.id, right.id}
            return
        survivor, ended = min(mine, theirs), max(mine, theirs)
        tally = self._tally(survivor)
        for kind, n in self._tally(ended).items():
            tally[kind] = tally.get(kind, 0) + n
        if ended in self._facts:
            self._facts[survivor] = self._facts.get(survivor, NO_FACTS) | self._facts[ended]
        self._merged[ended] = survivor
        if ended not in self.new:
            self.joins.append(Join(ended, edge))

    def _may_dispute(self, mine: int, theirs: int, edge: EdgeState) -> bool:
        a, b = self._tally(mine), self._tally(theirs)
        is_claim = not edge.trusted and a.get(VOUCHED) and b.get(VOUCHED)
        return bool(is_claim) or self.rules.may_dispute(a, b) or self._may_contradict(mine, theirs)

    def _may_contradict(self, mine: int, theirs: int) -> bool:
        a, b = self._facts.get(mine), self._facts.get(theirs)
        return bool(a and b) and self.rules.may_contradict((a or NO_FACTS) | (b or NO_FACTS))

    def learn(self, node: NodeState, facts: str) -> None:
        """What is told under an identifier now, all of it; call once the batch is resolved.

        Facts that agree change nobody. Whoever they may speak against, or no longer do, is drawn.
        """
        if facts == node.facts:
            return
        node.facts = facts
        if node.id not in self.touched:
            self.touched[node.id] = node, Before(node.events, node.human_events)
        home = self.profile_of(node)
        self._tally(home)
        known = self._facts.get(home, NO_FACTS) | frozenset(facts.split())
        self._facts[home] = known
        if node.group_id is not None or self.rules.may_contradict(known):
            self.dirty.add(node.id)

    def _vouch(self, nodes: Sequence[NodeState]) -> None:
        """A trusted key speaks of these; what it says holds against what others claimed.

        Where it vouches for somebody who was joined, by a claim, to somebody vouched for before,
        that claim must be looked at again.
        """
        fresh = [n for n in nodes if not n.is_vouched and n.kind in self.rules.strong_kinds]
        if not fresh and all((nodes[0].id, n.id) in self.edges for n in nodes[1:]):
            return
        proven = {self.profile_of(node) for node in nodes if node.is_vouched}
        for node in nodes:
            home = self.profile_of(node)
            if node.group_id is not None or (
                home not in proven and self._tally(home).get(VOUCHED, 0)
            ):
                self.dirty.add(node.id)
        for node in fresh:
            node.is_vouched = True
            tally = self._tally(self.profile_of(node))
            tally[VOUCHED] = tally.get(VOUCHED, 0) + 1
            if node.id not in self.touched:
                self.touched[node.id] = node, Before(node.events, node.human_events)

    def home_of(self, profile_id: int) -> int:
        """Where a profile's own identifier is now: itself, or the profile it became part of."""
        node = self.new.get(profile_id) or self.moved.get(profile_id)
        return node.profile_id if node else profile_id

    @property
    def reshaped(self) -> set[int]:
        """People who got or lost identifiers that were stored before; read after ``settle``."""
        touched = {*self.was.values(), *(node.profile_id for node in self.moved.values())}
        return {profile for profile in touched if self.home_of(profile) == profile}

    def moved_with_events(self) -> list[NodeState]:
        """Identifiers that moved and had events before this batch."""
        before = {n: self.touched[n][1].events for n in self.moved if n in self.touched}
        return [node for n, node in self.moved.items() if before.get(n, node.events)]

    def _survivor_of(self, profile_id: int) -> int:
        while profile_id in self._merged:
            profile_id = self._merged[profile_id]
        return profile_id

    def _tally(self, profile_id: int) -> dict[str, int]:
        if profile_id not in self._tallies:
            if node := self.new.get(profile_id):
                tally = {node.kind: 1}
            else:
                told, facts = self.stored.tally(profile_id)
                tally = dict(told)
                if facts:
                    self._facts[profile_id] = facts
            self._tallies[profile_id] = tally
        return self._tallies[profile_id]

    def settle(self) -> None:
        """Draw what is disputed, and move every identifier to the person it now belongs to."""
        if self.dirty:
            self._draw_dirty()
        ended = [profile for profile in self._merged if profile not in self.new]
        moving = [self._remember(node) for node in self.stored.members(ended)] if ended else []
        if self._merged:
            for node in [*moving, *(node for node, _ in self.touched.values())]:
                if node.id not in self.drawn:
                    self._move(node, self._survivor_of(node.profile_id))
        if self.drawing:
            for node in self.drawn.values():
                self._move(node, self.drawing.person_of[node.id])
        self._merged.clear()
        self.joins = [j for j in self.joins if j.ended in self.was and j.ended not in self.drawn]

    def _move(self, node: NodeState, profile_id: int) -> None:
        if node.profile_id == profile_id:
            return
        if node.id not in self.new:
            self.began.setdefault(node.id, node.profile_id)
            self.was[node.id] = node.profile_id
            self.moved[node.id] = node
        node.profile_id = profile_id

    def _remember(self, node: NodeState) -> NodeState:
        return self.nodes.setdefault(node.key, node)

    def _draw_dirty(self) -> None:
        """Draw all that hangs together with what is dirty; shared identifiers stay closed."""
        bonds: set[Bond] = set()
        beside: dict[int, list[EdgeState]] = {}
        for edge in self.told.values():
            beside.setdefault(edge.left_id, []).append(edge)
            beside.setdefault(edge.right_id, []).append(edge)
        nodes: dict[int, NodeState] = {node.id: node for node, _ in self.touched.values()}
        edges: dict[Pair, EdgeState] = {}
        inside: set[int] = set()
        ahead = set(self.dirty)
        while ahead:
            inside |= ahead
            found = {edge.pair: edge for node in ahead for edge in beside.get(node, ())}
            for edge in self.stored.edges([node for node in ahead if node not in self.new]):
                found.setdefault(edge.pair, self.edges.setdefault(edge.pair, edge))
            edges |= found
            decided = self.stored.bonds([node for node in ahead if node not in self.new])
            bonds.update(decided)
            bonded = _ends(bond for bond in decided if bond.together)
            self._complete(nodes, {n for pair in found for n in pair} | ahead | bonded)
            open_ends = {
                end
                for left, right in found
                if not nodes[left].is_shared and not nodes[right].is_shared
                for end in (left, right)
            }
            ahead = (open_ends | bonded) - inside
        near = {n for edge in edges for n in edge} | inside
        self.near = {n: nodes[n] for n in near}
        drawing = draw(self.near, edges.values(), sorted(bonds), self.rules)
        self.take(drawing, edges, inside)

    def _complete(self, nodes: dict[int, NodeState], wanted: set[int]) -> None:
        missing = wanted - nodes.keys()
        if missing:
            found = [self._remember(node) for node in self.stored.nodes(missing)]
            nodes.update((node.id, node) for node in found)

    def take(
        self, drawing: Drawing, edges: Mapping[Pair, EdgeState], inside: Collection[int]
    ) -> None:
        """Let a drawing of ``near`` hold for the identifiers ``inside``; ``settle`` moves them."""
        self.drawing = drawing
        for pair, reason in drawing.reasons.items():
            if edges[pair].reason != reason:
                edges[pair].reason = reason
                self.told[pair] = edges[pair]
        for node_id in inside:
            node = self.drawn[node_id] = self.near[node_id]
            marks = node_id in drawing.shared, drawing.group_of[node_id]
            if marks != (node.is_shared, node.group_id):
                node.is_shared, node.group_id = marks
                self.altered[node_id] = node


def _ends(bonds: Iterable[Bond]) -> set[int]:
    return {end for bond in bonds for end in (bond.left_id, bond.right_id)}
