"""From a metric and a period to questions, and from their answers to numbers.

Total, course and rows are all made from the same rows, so they cannot tell different stories:
the total of a sum is the sum of its rows; a distinct count is the number of its rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from khachquen.base import InvariantError, Text
from khachquen.store.engine import Question, Table
from khachquen.understand.metrics.metric import How, Metric
from khachquen.understand.metrics.period import Bucket, Grain, Period
from khachquen.understand.statements import read_statement, with_parts

_ROOM = "metrics"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of one currency (empty for counts), and how many rows it rests on.

    ``value`` counts things, or minor units of ``currency``; a mean is rounded half to even and is
    None where nothing was there to divide by.
    """

    value: int | None
    base: int
    currency: str = ""


def compile_total(metric: Metric, period: Period, *, is_split: bool = False) -> Question:
    """The question whose answer ``read_totals`` turns into the number, one a currency.

    With ``is_split`` the answer has a row a part instead (``split``, ``amount``), largest first.
    """
    return _question(metric, period, "split" if is_split else "total")


def compile_series(metric: Metric, period: Period, grain: Grain | None = None) -> Question:
    """The question for the number of each day, week or month of the period.

    A visitor of two days counts on both, so distinct counts of steps may exceed the total.
    """
    extra = {"grain": grain or period.grain, "timezone": period.timezone}
    return _question(metric, period, "series", **extra)


def compile_rows(metric: Metric, period: Period, *, limit: int = 100, offset: int = 0) -> Question:
    """The question for the rows behind the number, newest first; all of them make the number."""
    return _question(metric, period, "rows", limit=limit, offset=offset)


def read_totals(metric: Metric, answer: Table) -> tuple[Amount, ...]:
    """The number in each currency it came in, the largest base first; one zero when there is none.

    Amounts of different currencies are never added up. ``answer`` may also be the course of a sum,
    whose rows lie in one step each; of anything else the steps do not make the total.

    Raises:
        InvariantError: the course of a metric that is no sum.
    """
    rows = answer.dicts()
    if "bucket" in answer.columns:
        rows = _steps_added_up(metric, rows)
    amounts = [_amount(metric.how, row) for row in rows if row["base"]]
    if not amounts:
        return (Amount(None if metric.how == "mean" else 0, 0),)
    return tuple(sorted(amounts, key=lambda amount: (-amount.base, amount.currency)))


def read_series(
    metric: Metric, answer: Table, buckets: Sequence[Bucket], currency: str = ""
) -> tuple[tuple[Bucket, Amount], ...]:
    """The number of every bucket, in order, the empty ones too."""
    nothing = Amount(None if metric.how == "mean" else 0, 0, currency)
    found: dict[date, Amount] = {
        row["bucket"]: _amount(metric.how, row)
        for row in answer.dicts()
        if row["currency"] == currency
    }
    return tuple((bucket, found.get(bucket.starts_on, nothing)) for bucket in buckets)


def _question(metric: Metric, period: Period, form: str, **extra: object) -> Question:
    parts = {part: read_statement(_ROOM, part) for part in metric.parts}
    parts["counted"] = read_statement(_ROOM, metric.key)
    suffix = "_distinct" if metric.how == "distinct" else ""
    sql = with_parts(parts, read_statement(_ROOM, f"_{form}{suffix}"))
    params = {"since": period.since, "until": period.until, **extra}
    return Question(f"metrics.{metric.key}.{form}", sql, params)


def _steps_added_up(metric: Metric, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    if metric.how != "sum":
        raise InvariantError(
            "metrics.not_a_sum",
            Text(
                vi=f"Các bước của {metric.key} không cộng thành tổng.",
                en=f"The steps of {metric.key} do not add up to its total.",
            ),
        )
    added: dict[str, dict[str, Any]] = {}
    for row in rows:
        total = added.setdefault(row["currency"], {**row, "amount": 0, "base": 0})
        total["amount"] += row["amount"]
        total["base"] += row["base"]
    return list(added.values())


def _amount(how: How, row: dict[str, object]) -> Amount:
    amount, base = int(str(row["amount"])), int(str(row["base"]))
    value = _divide(amount, base) if how == "mean" else amount
    return Amount(value, base, str(row["currency"]))


def _divide(amount: int, base: int) -> int | None:
    """Half to even, in whole numbers: no amount of money is too large for it.

    >>> _divide(5, 2), _divide(7, 2), _divide(-5, 2), _divide(1, 0)
    (2, 4, -2, None)
    """
    if not base:
        return None
    whole, rest = divmod(amount, base)
    return whole + (2 * rest > base or (2 * rest == base and whole % 2))
