"""What the identity graph is made of: identifiers, evidence that joins them, what staff decided."""

from dataclasses import dataclass
from typing import NamedTuple

from khachquen.unify.identity.rules import Rules

Pair = tuple[int, int]
"""Two nodes: the stronger kind first, of one kind the smaller key first."""


@dataclass(slots=True)
class NodeState:
    """One identifier: whose it is, and what was seen under it (microseconds UTC).

    ``first_seen`` and ``last_seen`` count every event that names it, the others only events that
    belong to it; those of people, not of robots, have ``human_events`` and their times. 0 is never.
    ``group_id`` is set where evidence is disputed: the smallest node of all that hang together.
    """

    id: int
    key: str
    kind: str
    profile_id: int
    first_seen: int
    last_seen: int
    events: int = 0
    human_events: int = 0
    first_event: int = 0
    last_event: int = 0
    group_id: int | None = None
    is_vouched: bool = False  # strong, and told of by a trusted key
    is_shared: bool = False  # a household's or a device's: joins nobody
    facts: str = ""  # what no two people share, as told under it: facts.py, with spaces between


class Evidence(NamedTuple):
    """Where a join comes from: the event that carries both identifiers."""

    kind: str
    source_id: int
    message_id: str
    at: int
    trusted: bool = False
    human: bool = True


@dataclass(slots=True)
class EdgeState:
    """The best evidence there is that two identifiers are one person's.

    ``reason`` says why it joins nobody; it is empty where it does.
    """

    left_id: int
    right_id: int
    rank: int
    evidence: str
    trusted: bool
    source_id: int
    message_id: str
    at: int
    reason: str = ""

    @property
    def pair(self) -> Pair:
        return self.left_id, self.right_id

    def improve(self, evidence: Evidence, rank: int) -> bool:
        """Take other evidence for the same pair if it is better; says whether it was."""
        if rank > self.rank or (rank == self.rank and evidence.at > self.at):
            return False
        theirs = (rank, evidence.at, evidence.source_id, evidence.message_id, evidence.kind)
        if theirs >= (self.rank, self.at, self.source_id, self.message_id, self.evidence):
            return False
        self.rank = rank
        self.evidence, self.source_id, self.message_id, self.at, self.trusted, _ = evidence
        return True


def new_edge(left: NodeState, right: NodeState, evidence: Evidence, rules: Rules) -> EdgeState:
    """The first evidence for a pair."""
    rank = rules.rank(evidence.kind, trusted=evidence.trusted)
    kind, source_id, message_id, at, trusted, _ = evidence
    return EdgeState(left.id, right.id, rank, kind, trusted, source_id, message_id, at)


class Bond(NamedTuple):
    """What staff decided of two identifiers and has not taken back."""

    id: int
    together: bool
    left_id: int
    right_id: int
