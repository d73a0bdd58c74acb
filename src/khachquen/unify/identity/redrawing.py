"""Everybody drawn anew from the stored evidence, piece by piece: to see what other rules would do,
or to bring it about.

Three passes, two of them over pairs of identifiers by number only: which identifiers are shared
and what hangs together need some 50 bytes an identifier in memory. Then a few thousand identifiers
at a time are drawn (``_AT_ONCE``), never cutting what hangs together.
"""

from array import array
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

from khachquen.unify.identity.drawing import Drawing, draw
from khachquen.unify.identity.evidence import Bond, EdgeState, NodeState, Pair
from khachquen.unify.identity.ledger import Ledger
from khachquen.unify.identity.rules import STRENGTH, Rules
from khachquen.unify.models import Decision, Edge, Node

_AT_ONCE = 5_000
_READ_AT_ONCE = 50_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some people whole, as they would be drawn.

    ``near`` adds the shared identifiers they touch; ``marks`` is how identifiers are marked now.
    """

    near: dict[int, NodeState]
    edges: dict[Pair, EdgeState]
    bonds: list[Bond]
    inside: set[int]
    drawing: Drawing
    marks: dict[int, tuple[bool, int | None]]

    @property
    def changes_anything(self) -> bool:
        """Whether anything stored says otherwise."""
        drawn = {n: (n in self.drawing.shared, self.drawing.group_of[n]) for n in self.inside}
        reasons = {pair: edge.reason for pair, edge in self.edges.items()}
        return bool(self.moves) or drawn != self.marks or reasons != self.drawing.reasons

    @property
    def moves(self) -> dict[int, tuple[int, int]]:
        """Identifiers that would go from one person to another."""
        person_of = self.drawing.person_of
        found = {n: (self.near[n].profile_id, person_of[n]) for n in self.inside}
        return {n: pair for n, pair in found.items() if pair[0] != pair[1]}


def count_nodes() -> int:
    """How many identifiers there are to draw."""
    return Node.objects.count()


def iter_parts(
    rules: Rules, *, at_once: int = _AT_ONCE, is_frozen: bool = True
) -> Iterator[Piece | None]:
    """Everybody, drawn by these rules, a part of the work at a time; changes nothing.

    None is a part of reading, before there is anybody to draw. Unless ``is_frozen``, evidence may
    come in between two parts: then what hung together at the start is drawn, without it.
    """
    ledger = Ledger(rules)
    blocked: set[int] = set()
    kinds = yield from _read_kinds(rules, blocked)
    shared = blocked | (yield from _find_shared(rules, kinds))
    group = yield from _find_groups(shared, len(kinds))
    for inside in _portions(group, kinds, at_once):
        yield _draw_piece(ledger, rules, inside, shared, is_frozen=is_frozen)


Reading = Generator[None, None, T]


def _read_kinds(rules: Rules, blocked: set[int]) -> Reading[bytearray]:
    """Node → the place of its kind in the order of strength, plus one; 0 is no node.

    ``blocked`` gets those that name nobody by these rules; they join nobody, as if shared.
    """
    top = Node.objects.order_by("-id").values_list("id", flat=True).first() or 0
    kinds = bytearray(top + 1)
    place = {kind: number for number, kind in enumerate(STRENGTH, 1)}
    for start in range(0, top + 1, _READ_AT_ONCE):
        rows = Node.objects.filter(id__gt=start, id__lte=min(top, start + _READ_AT_ONCE))
        for node, kind, key in rows.values_list("id", "kind", "key"):
            kinds[node] = place[kind]
            if key in rules.blocked_keys or rules.is_blocked(key.partition(":")[2]):
                blocked.add(node)
        yield
    return kinds


def _pairs(top: int) -> Iterator[list[Pair]]:
    """All pairs of identifiers up to a number, a part at a time and by no open cursor."""
    newest = Edge.objects.order_by("-id").values_list("id", flat=True).first() or 0
    for start in range(0, newest, _READ_AT_ONCE):
        rows = Edge.objects.filter(id__gt=start, id__lte=min(newest, start + _READ_AT_ONCE))
        found = rows.values_list("left_id", "right_id")
        yield [(left, right) for left, right in found if left < top and right < top]


def _find_shared(rules: Rules, kinds: bytearray) -> Reading[set[int]]:
    counted = {
        (STRENGTH.index(kind) + 1, STRENGTH.index(other) + 1): most
        for kind, one in rules.kinds.items()
        for other, most in one.shared_after
    }
    beside: Counter[Pair] = Counter()
    for pairs in _pairs(len(kinds)):
        for left, right in pairs:
            if (kinds[right], kinds[left]) in counted:
                beside[right, kinds[left]] += 1
            if (kinds[left], kinds[right]) in counted:
                beside[left, kinds[right]] += 1
        yield
    return {node for (node, other), n in beside.items() if n > counted[kinds[node], other]}


def _find_groups(shared: set[int], size: int) -> Reading["array[int]"]:
    """Node → the smallest node it hangs together with."""
    group = array("q", range(size))

    def find(node: int) -> int:
        while group[node] != node:
            group[node] = group[group[node]]
            node = group[node]
        return node

    def unite(left: int, right: int) -> None:
        one, other = find(left), find(right)
        group[max(one, other)] = min(one, other)

    for pairs in _pairs(size):
        for left, right in pairs:
            if left not in shared and right not in shared:
                unite(left, right)
        yield
    decided = Decision.objects.filter(kind="together", applied_at__isnull=False)
    for one, other in decided.values_list("left_id", "right_id"):
        if one is not None and other is not None and max(one, other) < size:
            unite(one, other)
    for node in range(size):
        group[node] = find(node)
    return group


def _portions(group: "array[int]", kinds: bytearray, at_once: int) -> Iterator[set[int]]:
    inside: set[int] = set()
    last = 0
    for node in sorted((n for n in range(1, len(kinds)) if kinds[n]), key=group.__getitem__):
        if group[node] != last and len(inside) >= at_once:
            yield inside
            inside = set()
        inside.add(node)
        last = group[node]
    if inside:
        yield inside


def _draw_piece(
    ledger: Ledger, rules: Rules, inside: set[int], shared: set[int], *, is_frozen: bool
) -> Piece:
    near = {node.id: node for node in ledger.nodes(inside)}
    marks = {node.id: (node.is_shared, node.group_id) for node in near.values()}
    edges = {edge.pair: edge for edge in ledger.edges(inside)}
    if not is_frozen:
        known = inside | shared
        edges = {pair: edge for pair, edge in edges.items() if known.issuperset(pair)}
    ends = {end for pair in edges for end in pair}
    near |= {node.id: node for node in ledger.nodes(ends - near.keys())}
    for node in near.values():
        node.is_shared = node.id in shared
    bonds = sorted(ledger.bonds(inside))
    return Piece(near, edges, bonds, inside, draw(near, edges.values(), bonds, rules), marks)
