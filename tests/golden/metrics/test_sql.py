"""The SQL of every metric, read first by whoever reviews a change of meaning.

``GOLDEN=write pytest tests/golden`` writes the files anew; the difference is the review.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from khachquen.understand.metrics import (
    METRICS,
    Metric,
    Period,
    compile_rows,
    compile_series,
    compile_total,
)

HERE = Path(__file__).parent
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 30), "Asia/Ho_Chi_Minh")


def whole_sql(metric: Metric) -> str:
    questions = (compile_total(metric, PERIOD), compile_series(metric, PERIOD))
    texts = [
        f"-- {question.name} {sorted(question.params)}\n{question.sql};"
        for question in (*questions, compile_rows(metric, PERIOD))
    ]
    return "\n\n".join(texts) + "\n"


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_the_sql_is_as_reviewed(metric: Metric) -> None:
    golden = HERE / f"{metric.key}.sql"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(whole_sql(metric), encoding="utf-8")

    assert whole_sql(metric) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_no_number_but_their_own_counts_robots(metric: Metric) -> None:
    sql = whole_sql(metric)

    if metric.key == "robot_events":
        assert "from events" in sql
    else:  # orders are told by trusted sources only; "people" says whose they are
        assert "from events" not in sql.replace("from events\n  where order_number", "")


def test_no_golden_file_is_left_without_its_metric() -> None:
    assert {path.stem for path in HERE.glob("*.sql")} == set(METRICS)
