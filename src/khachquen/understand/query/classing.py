"""A person's classes as expressions over their row, and the questions that ask for them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from khachquen.base import exponent_of
from khachquen.store.engine import Question, Table
from khachquen.understand.query.classes import CLASS_KEYS, Classes, Cuts
from khachquen.understand.query.comparing import Turning
from khachquen.understand.query.dialect import DuckDialect
from khachquen.understand.query.expressions import (
    NULL,
    Call,
    Column,
    Compare,
    Expression,
    IsNull,
    Literally,
    Select,
    Statement,
    Sum,
    Value,
    When,
    both,
    opposite,
)
from khachquen.understand.query.windowed import earliest
from khachquen.understand.query.windows import Moment
from khachquen.understand.statements import read_statement

__all__ = [
    "compile_classes",
    "compile_cuts",
    "compile_moves",
    "read_cuts",
]
_FIRST, _LAST = "first_order_at", "last_order_at"
_FIGURES = (_FIRST, _LAST, "orders", "spent_minor")
_SCORES = ("rfm_recency", "rfm_frequency", "rfm_money")


class Classing:
    """One person's classes at one moment; ``of`` gives a column of their row."""

    def __init__(
        self, classes: Classes, moment: Moment, of: Callable[[str], Column], currency: str
    ):
        self._classes, self._moment, self._of, self._currency = classes, moment, of, currency

    def told(self, key: str) -> Turning:
        """A class by its key, and when it may turn by time alone; RFM turns at midnight."""
        if key == "stage":
            return Turning(self.stage(), self.stage_due())
        if key == "value_tier":
            return Turning(self.tier())
        return Turning(self.rfm() if key == "rfm" else self.score(_SCORES.index(key)))

    def score(self, which: int) -> Expression:
        """One of the three scores; who never bought has none."""
        return When(((IsNull(self._of(_LAST)), NULL),), self.scores()[which])

    def stage(self) -> Expression:
        """New until some days after the first order; then by how long ago the last one is."""
        steps = (
            (IsNull(self._of(_LAST)), NULL),
            (self._since(_FIRST, self._classes.new_days), Value("new")),
            (self._since(_LAST, self._classes.active_days), Value("active")),
            (self._since(_LAST, self._classes.lost_days), Value("at_risk")),
        )
        return When(steps, Value("lost"))

    def stage_due(self) -> Expression:
        """The next of the three instants a stage ends at."""
        spans = (
            (_FIRST, self._classes.new_days),
            (_LAST, self._classes.active_days),
            (_LAST, self._classes.lost_days),
        )
        return earliest(
            [When(((self._since(of, n), Sum(self._of(of), _days(n))),), NULL) for of, n in spans]
        )

    def tier(self) -> Expression:
        """The highest tier whose amount was spent."""
        scale = 10 ** exponent_of(self._currency)
        spent = self._of("spent_minor")
        tiers = sorted(self._classes.tiers, key=lambda tier: -tier.least)
        steps = tuple((Compare(spent, ">=", Value(t.least * scale)), Value(t.key)) for t in tiers)
        return When(steps, NULL)

    def scores(self) -> tuple[Expression, Expression, Expression]:
        """Recency, frequency and money from 1 to 5, 5 the best."""
        cuts = self._classes.cuts or Cuts((), (), ())
        days = Call("days_until", (self._local_day(), Value(self._moment.today)))
        recency = When(
            tuple(
                (Compare(days, ">=", Value(cut)), Literally(score))
                for score, cut in zip((1, 2, 3, 4), reversed(cuts.recency), strict=False)
            ),
            Literally(5),
        )
        return (
            recency,
            _score(self._of("orders"), cuts.frequency),
            _score(self._of("spent_minor"), cuts.money),
        )

    def rfm(self) -> Expression:
        """The name of the first box that holds the three scores."""
        scores = self.scores()
        steps: list[tuple[Expression, Expression]] = [(IsNull(self._of(_LAST)), NULL)]
        for one in self._classes.rfm:
            boxes = (one.recency, one.frequency, one.money)
            inside = both([_in_box(s, box) for s, box in zip(scores, boxes, strict=True)])
            steps.append((inside, Value(one.key)))
        return When(tuple(steps), Value("others"))

    def _since(self, column: str, days: int) -> Expression:
        return Compare(self._of(column), ">", Value(self._moment.at - timedelta(days=days)))

    def _local_day(self) -> Expression:
        return Call("local_day", (self._of(_LAST), Value(self._moment.timezone)))


def compile_classes(
    classes: Classes,
    *,
    now: datetime,
    timezone: str,
    currency: str = "VND",
    people: Sequence[int] | None = None,
) -> Question:
    """The classes of everybody who bought, or of some people, with the figures they rest on.

    Rows (``profile_id``, ``stage``, ``value_tier``, ``rfm_recency``, ``rfm_frequency``,
    ``rfm_money``, ``rfm``, then the figures), those of RFM only with cuts.
    """
    told = Classing(classes, Moment(now, timezone), Column, currency)
    keys = [key for key in CLASS_KEYS if classes.cuts or not key.startswith("rfm")]
    columns: list[tuple[Expression, str]] = [(Column("profile_id"), "profile_id")]
    columns += [(told.told(key).yes, key) for key in keys]
    columns += [(Column(name), name) for name in _FIGURES]
    where = [opposite(IsNull(Column(_LAST)))]
    if people is not None:
        where.append(Call("is_one_of", (Column("profile_id"), *map(Value, people))))
    dialect = DuckDialect()
    sql = dialect.write(Statement((), Select(tuple(columns), "people", where=both(where))))
    return Question("query.classes", sql, dialect.params)


def compile_moves(
    was: Classes, becomes: Classes, *, now: datetime, timezone: str, currency: str = "VND"
) -> Question:
    """How many people are in which classes, and would be in which by other definitions.

    Rows (``people``, and of each class ``was_<class>`` and ``becomes_<class>``).
    """
    moment = Moment(now, timezone)
    told: list[tuple[Expression, str]] = []
    for name, classes in (("was", was), ("becomes", becomes)):
        classing = Classing(classes, moment, Column, currency)
        keys = ("stage", "value_tier", "rfm") if classes.cuts else ("stage", "value_tier")
        told += [(classing.told(key).yes, f"{name}_{key}") for key in keys]
    select = Select(
        (*told, (Call("count_rows"), "people")),
        "people",
        where=opposite(IsNull(Column(_LAST))),
        group_by=tuple(what for what, _ in told),
    )
    dialect = DuckDialect()
    return Question("query.moves", dialect.write(Statement((), select)), dialect.params)


def compile_cuts(*, now: datetime, timezone: str) -> Question:
    """The quintiles of everybody who bought; ``read_cuts`` makes cuts of the answer."""
    params = {"today": Moment(now, timezone).today, "timezone": timezone}
    return Question("query.cuts", read_statement("query", "cuts"), params)


def read_cuts(told: Table) -> Cuts | None:
    """Where the scores begin; None: nobody has bought yet."""
    row = told.dicts()[0]
    if row["recency"] is None:
        return None
    recency, frequency, money = (
        tuple(float(quantile) + 1 for quantile in row[name])
        for name in ("recency", "frequency", "money")
    )
    return Cuts(recency, frequency, money)


def _days(n: int) -> Expression:
    return Value(timedelta(days=n))


def _score(of: Expression, cuts: tuple[float, ...]) -> Expression:
    best_first = zip((5, 4, 3, 2), reversed(cuts), strict=False)
    steps = tuple((Compare(of, ">=", Value(cut)), Literally(score)) for score, cut in best_first)
    return When(steps, Literally(1))


def _in_box(score: Expression, box: tuple[int, int]) -> Expression:
    low, high = box
    if low == high:
        return Compare(score, "=", Literally(low))
    return both((Compare(score, ">=", Literally(low)), Compare(score, "<=", Literally(high))))
