"""Matching as a list of steps: from rows somebody typed to the people they are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import log2
from time import perf_counter

from khachquen.base import InputError, Progress, Text, silent
from khachquen.unify.matching.blocking import Blocking
from khachquen.unify.matching.clustering import Clusters, cluster, find_components, link_one_to_one
from khachquen.unify.matching.columns import Columns
from khachquen.unify.matching.lines import write_lines
from khachquen.unify.matching.matches import Matches, processor_s
from khachquen.unify.matching.model import Model, make_model
from khachquen.unify.matching.settings import Settings
from khachquen.unify.matching.training import RARELY, Learned, learn
from khachquen.unify.matching.workbench import Workbench

Row = Mapping[str, str]

_COMPLETED_TO = 200  # in a component of more records only the pairs compared anyway are looked at
_IMAGINED_ROWS = 1_000  # temper how rare a value seems in a small set


@dataclass(slots=True)
class Run:
    """What a run knows so far; each step adds its part."""

    rows: Iterable[Row]
    columns: Columns
    settings: Settings
    bench: Workbench
    source: str = ""
    lessons: Iterable[Row] | None = None
    row_count: int = 0
    record_count: int = 0
    taught: int = 0
    learned: Learned = field(default_factory=dict)
    model: Model = field(default_factory=lambda: Model((), {}))
    blocking: Blocking = field(default_factory=lambda: Blocking((), (), 0))
    prior_bits: float = 0.0
    clusters: Clusters = field(default_factory=lambda: Clusters({}, ()))
    took_s: dict[str, float] = field(default_factory=dict)
    used_s: dict[str, float] = field(default_factory=dict)


def read_lessons(run: Run) -> None:
    """What each likeness is worth, where other rows teach it than those that are compared.

    Too few teach nothing: then the weights we start from hold.
    """
    if run.lessons is None:
        return
    lines = write_lines(run.lessons, run.columns, processes=run.settings.processes)
    taught = run.bench.load(lines)
    if taught >= run.settings.learn_from:
        run.taught, run.learned = taught, _learn(run)


def normalise_fields(run: Run) -> None:
    """Every value in its one form; what has none is unknown."""
    processes = run.settings.processes
    lines = write_lines(run.rows, run.columns, source=run.source, processes=processes)
    run.row_count = run.bench.load(lines)


def learn_weights(run: Run) -> None:
    """What each likeness is worth in these data; in a small set, what it is worth elsewhere."""
    made = run.bench.list_comparisons(least=0.0)
    if run.lessons is None and run.row_count >= run.settings.learn_from:
        run.taught, run.learned = run.row_count, _learn(run)
    smoothing = 0 if run.taught else _IMAGINED_ROWS
    taught = min(run.taught, run.settings.learn_most)
    run.model = make_model(made, run.learned, learned_from=taught, smoothing=smoothing)


def _learn(run: Run) -> Learned:
    """Learn from the rows that are loaded."""
    bench, settings = run.bench, run.settings
    bench.prepare_lesson(most=settings.learn_most, seed=settings.seed)
    learned = learn(
        bench.connection,
        bench.list_comparisons(least=RARELY),
        filled=bench.find_filled(least=RARELY),
        seed=settings.seed,
    )
    bench.end_lesson()
    return learned


def group_exact(run: Run) -> None:
    """Rows that say the same are one record: no two of them are compared."""
    run.record_count = run.bench.group()
    run.bench.prepare_records(run.model)


def block_pairs(run: Run) -> None:
    """Only records that share something rare are compared."""
    settings = run.settings
    run.blocking = run.bench.block(
        budget=max(settings.least_pairs, settings.pairs_a_record * run.record_count),
        everybody_below=settings.everybody_below,
        largest=settings.largest_block,
    )


def score_pairs(run: Run) -> None:
    """What all comparisons together say of each pair, and how likely any two are one person."""
    run.bench.score(run.model)
    if run.model.learned_from:
        run.prior_bits = find_prior(run.bench.read_histogram(), records=run.record_count)
    else:
        run.prior_bits = -log2(max(run.record_count, _IMAGINED_ROWS))


def cluster_people(run: Run) -> None:
    """People: strongest evidence first, split at bridges, never above the largest size."""
    bench, settings = run.bench, run.settings
    bar = settings.odds_bits(settings.join_at) - run.prior_bits
    strong = bench.read_scored(at_least=bar)
    components = find_components((left, right) for left, right, _ in strong)
    completed_to = 0 if run.source else _COMPLETED_TO  # rows of one list are never compared
    inner = bench.read_inner(components, run.model, completed_to=completed_to)
    weights = {(left, right): bits for left, right, bits, _ in inner}
    held = {(left, right) for left, right, _, is_held in inner if is_held}
    if run.source:
        run.clusters = link_one_to_one(weights, held=held, join_at=bar)
        return
    run.clusters = cluster(
        components,
        weights,
        held=held,
        sizes=bench.read_sizes(),
        join_at=bar,
        largest=settings.largest_cluster,
    )


Step = Callable[[Run], None]
STEPS: tuple[Step, ...] = (
    read_lessons,
    normalise_fields,
    learn_weights,
    group_exact,
    block_pairs,
    score_pairs,
    cluster_people,
)


def match(
    rows: Iterable[Row],
    columns: Columns,
    settings: Settings | None = None,
    *,
    source: str = "",
    lessons: Iterable[Row] | None = None,
    progress: Progress = silent,
) -> Matches:
    """Who is whom among rows as they were typed; rows are read once.

    The same rows and settings give the same clusters, bit for bit. ``source`` names a column that
    says which of two lists a row is of: then rows of one list are never joined, and each finds at
    most one partner in the other. ``lessons`` are rows to learn the weights from in place of the
    rows themselves: where equal phones have made one row of two already, the rows teach nothing of
    phones. ``progress`` hears each step when it begins.

    Raises:
        InputError: no column is of use (``matching.no_columns``), or Splink is not installed
            (``matching.no_splink``).
    """
    if not columns.of:
        raise InputError(
            "matching.no_columns",
            Text(
                vi="Không nhận ra cột nào nói về tên, điện thoại, e-mail, ngày sinh hay địa chỉ.",
                en="No column was recognised as a name, phone, e-mail, birth date, address or id.",
            ),
            hint=Text(
                vi='Nêu tên cột trong tệp ánh xạ: {"full_name": "..."}',
                en='Name the columns in a mapping: {"full_name": "..."}',
            ),
        )
    settings = settings or Settings()
    bench = Workbench(threads=settings.threads, memory=settings.memory)
    run = Run(rows, columns, settings, bench, source, lessons)
    try:
        for number, step in enumerate(STEPS):
            progress(step.__name__, number, len(STEPS))
            started, used = perf_counter(), processor_s()
            step(run)
            run.took_s[step.__name__] = perf_counter() - started
            run.used_s[step.__name__] = processor_s() - used
    except BaseException:
        bench.close()
        raise
    return Matches(
        bench=bench,
        settings=settings,
        columns=columns,
        model=run.model,
        blocking=run.blocking,
        prior_bits=run.prior_bits,
        rows=run.row_count,
        records=run.record_count,
        linked=run.clusters,
        took_s=run.took_s,
        used_s=run.used_s,
    )


def find_prior(histogram: Iterable[tuple[float, int]], *, records: int) -> float:
    """How likely two records are one person before they are looked at, in bits of odds.

    The share of pairs that is one person is the one that the probabilities of all pairs add up to;
    pairs never compared count as two people.

    >>> find_prior([(20.0, 10), (-20.0, 90)], records=100) > find_prior([(20.0, 1)], records=100)
    True
    """
    pairs = max(records * (records - 1) / 2, 1.0)
    counts = sorted(histogram)
    share = 1 / max(records, 2)
    for _ in range(100):
        odds = share / (1 - share)
        found = sum(n * (x := odds * 2.0**bits) / (1 + x) for bits, n in counts)
        updated = min(max(found / pairs, 0.01 / pairs), 0.5)
        if abs(updated - share) <= 1e-9 * share:
            break
        share = updated
    return round(log2(share / (1 - share)), 6)
