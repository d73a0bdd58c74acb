"""What a run found: clusters, suggestions, and the means to look up one more record."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import TracebackType

from khachquen.unify.matching.agreement import Suggestion, agreements_of, probability_of
from khachquen.unify.matching.blocking import Blocking
from khachquen.unify.matching.clustering import Clusters
from khachquen.unify.matching.columns import Columns
from khachquen.unify.matching.model import Model
from khachquen.unify.matching.settings import Settings
from khachquen.unify.matching.workbench import Workbench, held_column, likeness_sql


def processor_s() -> float:
    """Processor time of this process and of the helpers it has waited for."""
    return sum(os.times()[:4])


@dataclass(slots=True)
class Matches:
    """A finished run. Close it, or use ``with``: its tables take memory.

    ``clusters`` gives each row, in order, the number of the first row of its person. ``records``
    are the rows that are left when those that say the same are one; ``pairs`` of them were
    compared. ``took_s`` is seconds by step, ``used_s`` seconds of processor, helpers included.
    """

    bench: Workbench
    settings: Settings
    columns: Columns
    model: Model
    blocking: Blocking
    prior_bits: float
    rows: int
    records: int
    linked: Clusters
    took_s: dict[str, float]
    used_s: dict[str, float]

    def __enter__(self) -> "Matches":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the tables."""
        self.bench.close()

    @property
    def pairs(self) -> int:
        """How many pairs were compared."""
        return self.bench.count("scored")

    @property
    def clusters(self) -> list[int]:
        """For each row the number of the first row of its person."""
        of = self.linked.of
        first: dict[int, int] = {}
        found = [of.get(record, record) for record in self.bench.read_members()]
        for row, cluster in enumerate(found):
            first.setdefault(cluster, row)
        return [first[cluster] for cluster in found]

    def suggest(self, *, limit: int = 1_000) -> list[Suggestion]:
        """Pairs a person should look at, the likeliest first.

        Those from ``ask_at`` up that did not come together by themselves; for two clusters only
        the strongest pair between them.
        """
        best: dict[tuple[int, int], tuple[float, int, int]] = {}
        of = self.linked.of
        for left, right, bits in self.bench.read_scored(
            at_least=self.bits_at(self.settings.ask_at)
        ):
            sides = of.get(left, left), of.get(right, right)
            if sides[0] != sides[1]:
                key = min(sides), max(sides)
                best[key] = min(best.get(key, (0.0, 0, 0)), (-bits, left, right))
        chosen = [(left, right) for _, left, right in sorted(best.values())[:limit]]
        return self.explain(chosen)

    def joined(self, *, limit: int = 1_000) -> list[Suggestion]:
        """Pairs that came together by themselves, the likeliest first: of each cluster as many as
        hold it together. Of rows that say the same, each with the first."""
        alike = [(first, row) for row, first in enumerate(self.bench.read_members()) if first < row]
        held = {(one.left, one.right): one for one in self.explain(self._spanning()[:limit])}
        own = {one.left: one for one in self.explain((first, first) for first, _ in alike[:limit])}
        held |= {(first, row): replace(own[first], right=row) for first, row in alike[:limit]}
        return sorted(held.values(), key=lambda one: (-one.bits, one.left, one.right))[:limit]

    def _spanning(self) -> list[tuple[int, int]]:
        """The strongest pairs that hold each cluster together, strongest first."""
        of, roots = self.linked.of, dict[int, int]()

        def root(record: int) -> int:
            while (above := roots.get(record, record)) != record:
                record = above
            return record

        found = []
        scored = self.bench.read_scored(at_least=self.bits_at(self.settings.join_at))
        for left, right, _ in sorted(scored, key=lambda pair: (-pair[2], pair[0], pair[1])):
            if of.get(left, left) == of.get(right, right) and root(left) != root(right):
                roots[root(left)] = root(right)
                found.append((left, right))
        return found

    def explain(self, pairs: Iterable[tuple[int, int]]) -> list[Suggestion]:
        """Any pairs of records (by their first rows), scored and told field by field."""
        self.bench.write_pairs(list(pairs), into="wanted")
        more = held_column(self.model)
        self.bench.score(self.model, pairs="wanted", into="wanted_scored", more=more)
        scores = {
            (left, right): (bits, is_held)
            for left, right, bits, is_held in self.bench.run("FROM wanted_scored")
        }
        told = [
            self.suggestion(left, right, *scores[left, right], levels)
            for left, right, *levels in self.bench.run(likeness_sql(self.model, pairs="wanted"))
        ]
        return sorted(told, key=lambda one: (-one.bits, one.left, one.right))

    def suggestion(
        self, left: int, right: int, bits: float, is_held: bool, levels: list[int]
    ) -> Suggestion:
        """A pair as it is shown; ``bits`` are without the prior."""
        odds = bits + self.prior_bits
        score = probability_of(odds)
        agreements = agreements_of(self.model, levels)
        is_sure = score >= self.settings.join_at
        return Suggestion(left, right, score, odds, agreements, is_sure, is_held)

    def bits_at(self, probability: float) -> float:
        """What a pair's weight must reach, the prior left out, to be that probable."""
        return self.settings.odds_bits(probability) - self.prior_bits
