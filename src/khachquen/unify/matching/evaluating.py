"""How well matching does on rows whose truth is known."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass

from khachquen.unify.matching.clustering import find_components
from khachquen.unify.matching.matches import Matches


@dataclass(frozen=True, slots=True)
class Quality:
    """Of the pairs that were joined, how many are right; of those that are right, how many were
    joined; and the harmonic mean of both."""

    precision: float
    recall: float
    f1: float

    def as_dict(self) -> dict[str, float]:
        """Rounded to four digits, as it is printed."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every figure counts pairs of rows, of all there are in the file.

    ``blocking_recall`` is the share of true pairs that were compared at all (or were equal rows):
    the ceiling of ``pairwise``, not of ``clusters``, which join over third rows. ``baseline`` joins
    whoever shares a normalised phone or e-mail, and nothing else.
    """

    rows: int
    records: int
    true_pairs: int
    compared_pairs: int
    blocking_recall: float
    pairwise: Quality
    clusters: Quality
    baseline: Quality
    largest_cluster: int


def evaluate(matches: Matches, truth: Sequence[Hashable]) -> Evaluation:
    """Hold a finished run against the truth, given for each row in order."""
    numbers: dict[Hashable, int] = {}
    codes = [numbers.setdefault(value, len(numbers)) for value in truth]
    clusters = matches.clusters
    true_pairs = _pairs_in(codes)
    blocked, right, claimed = matches.bench.count_true_pairs(
        codes, at_least=matches.bits_at(matches.settings.join_at)
    )
    return Evaluation(
        rows=matches.rows,
        records=matches.records,
        true_pairs=true_pairs,
        compared_pairs=matches.pairs,
        blocking_recall=blocked / max(true_pairs, 1),
        pairwise=_quality(right, claimed, true_pairs),
        clusters=compare_clusters(clusters, codes),
        baseline=compare_clusters(_share_phone_or_email(matches), codes),
        largest_cluster=max(Counter(clusters).values(), default=0),
    )


def compare_clusters(found: Sequence[Hashable], truth: Sequence[Hashable]) -> Quality:
    """The quality of a partition of rows, by its pairs.

    >>> compare_clusters([1, 1, 1, 2], ["Hoa", "Hoa", "Nam", "Nam"]).as_dict()
    {'precision': 0.3333, 'recall': 0.5, 'f1': 0.4}
    """
    right = _pairs_in(list(zip(found, truth, strict=True)))
    return _quality(right, _pairs_in(found), _pairs_in(truth))


def _quality(right: int, claimed: int, true: int) -> Quality:
    precision, recall = right / max(claimed, 1), right / max(true, 1)
    return Quality(precision, recall, 2 * precision * recall / max(precision + recall, 1e-12))


def _pairs_in(labels: Iterable[Hashable]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())


def _share_phone_or_email(matches: Matches) -> list[int]:
    owner: dict[str, int] = {}
    links = []
    rows = matches.bench.run(
        "FROM row_of SELECT row_number, phone, phone_other, email ORDER BY row_number"
    )
    for row, *identifiers in rows:
        links += [(row, owner.setdefault(one, row)) for one in identifiers if one]
    of: dict[int, int] = defaultdict(int)
    for component in find_components(links):
        of |= dict.fromkeys(component, component[0])
    return [of.get(row, row) for row, *_ in rows]
