"""From pairs to people: strongest evidence first, and no chain of weak links.

Joining whatever is linked makes giant blobs: one wrong pair is a bridge between two people. So
within what is linked, two groups become one only if all their pairs agree on average, those that
speak against it included; a bridge that the rest does not bear out stays open, and is reported.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from operator import add

Pair = tuple[int, int]
_MOST_BITS = 12.0  # a pair is surely one person at that; more shall not outvote a conflict
_LEAST_BITS = -12.0
_NEVER = float("-inf")
_AGREED_BITS = 2.0  # what all pairs of two groups must say on average


@dataclass(frozen=True, slots=True)
class Clusters:
    """``of`` names each linked record's cluster by its first record; others are alone.

    ``apart`` are the pairs that reached the bar and yet did not come together: bridges, conflicts,
    clusters that would be too large.
    """

    of: Mapping[int, int]
    apart: tuple[Pair, ...]


def find_components(pairs: Iterable[Pair]) -> list[list[int]]:
    """Records linked with each other in any number of steps; each list in order, lists by first."""
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = node = parent[above]
        return node

    for left, right in pairs:
        a, b = root(left), root(right)
        if a != b:
            parent[max(a, b)] = min(a, b)
    members: dict[int, list[int]] = defaultdict(list)
    for node in sorted(parent):
        members[root(node)].append(node)
    return [members[first] for first in sorted(members)]


def cluster(
    components: Sequence[Sequence[int]],
    weights: Mapping[Pair, float],
    *,
    held: Collection[Pair],
    sizes: Mapping[int, int],
    join_at: float,
    largest: int,
) -> Clusters:
    """Split each component where its records do not bear it out.

    ``weights`` holds every compared pair of the components, in bits and without a prior; two groups
    become one when their strongest pair reaches ``join_at`` and all their pairs together speak for
    it. Pairs that are ``held`` count in the mean, never as the strongest. ``sizes`` says how many
    rows a record stands for (one if it does not say); no cluster gets more than ``largest`` rows.
    """
    of: dict[int, int] = {}
    apart: list[Pair] = []
    for component in components:
        inner = [
            (weights[pair], pair)
            for i, left in enumerate(component)
            for right in component[i + 1 :]
            if (pair := (left, right)) in weights
        ]
        groups = _Groups(component, inner, sizes, held)
        groups.agglomerate(join_at=join_at, largest=largest)
        for group in groups.of.values():
            of |= dict.fromkeys(group, group[0])
        apart += [pair for bits, pair in inner if bits >= join_at and of[pair[0]] != of[pair[1]]]
    return Clusters(of, tuple(sorted(apart)))


class _Groups:
    """The groups of one component, each called by its first record, and how they agree.

    A pair nobody compared says nothing, which is zero bits.
    """

    def __init__(
        self,
        component: Sequence[int],
        inner: Sequence[tuple[float, Pair]],
        sizes: Mapping[int, int],
        held: Collection[Pair],
    ):
        self.of = {node: [node] for node in component}
        self._rows = {node: sizes.get(node, 1) for node in component}
        self._sum: dict[int, dict[int, float]] = {node: {} for node in component}
        self._best: dict[int, dict[int, float]] = {node: {} for node in component}
        for bits, (left, right) in inner:
            said = min(max(bits, _LEAST_BITS), _MOST_BITS)
            self._sum[left][right] = self._sum[right][left] = said
            best = _NEVER if (left, right) in held else bits
            self._best[left][right] = self._best[right][left] = best

    def agglomerate(self, *, join_at: float, largest: int) -> None:
        """Join the two groups that agree most, again and again, until none agree enough."""
        heap = [self._entry(a, b) for a in self.of for b in self._sum[a] if a < b]
        heapify(heap)
        while heap:
            entry = heappop(heap)
            mean, left, right = -entry[0], entry[1], entry[2]
            if mean < _AGREED_BITS:
                break
            if left not in self.of or right not in self.of or self._entry(left, right) != entry:
                continue
            fits = self._rows[left] + self._rows[right] <= largest
            if fits and self._best[left][right] >= join_at:
                self._join(left, right)
                for other in self._sum[left]:
                    heappush(heap, self._entry(min(left, other), max(left, other)))

    def _entry(self, left: int, right: int) -> tuple[float, int, int]:
        pairs = len(self.of[left]) * len(self.of[right])
        return -round(self._sum[left][right] / pairs, 9), left, right

    def _join(self, left: int, right: int) -> None:
        self.of[left] = sorted(self.of[left] + self.of.pop(right))
        self._rows[left] += self._rows.pop(right)
        for known, unite in ((self._sum, add), (self._best, max)):
            for other, bits in known.pop(right).items():
                del known[other][right]
                if other != left:
                    mine = known[left]
                    mine[other] = unite(mine[other], bits) if other in mine else bits
                    known[other][left] = mine[other]


def link_one_to_one(
    weights: Mapping[Pair, float], *, held: Collection[Pair], join_at: float
) -> Clusters:
    """For two files without duplicates of their own: each record's best, when it is mutual.

    Pairs are taken from the strongest down; whoever has a partner takes no other.
    """
    of: dict[int, int] = {}
    left_over: list[Pair] = []
    for pair, bits in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
        if bits < join_at:
            break
        if pair in held or pair[0] in of or pair[1] in of:
            left_over.append(pair)
        else:
            of[pair[0]] = of[pair[1]] = min(pair)
    return Clusters(of, tuple(sorted(left_over)))
