"""Knows what is counted: each number's one definition, its total, its course and its rows.

Hides how a period becomes instants and how SQL is put together. Does not run the questions it
makes, and knows nothing of pages.
"""

from khachquen.understand.metrics.catalogue import METRICS, get_metric
from khachquen.understand.metrics.measure import (
    Amount,
    compile_rows,
    compile_series,
    compile_total,
    read_series,
    read_totals,
)
from khachquen.understand.metrics.metric import Column, Metric
from khachquen.understand.metrics.period import Bucket, Period

__all__ = [
    "METRICS",
    "Amount",
    "Bucket",
    "Column",
    "Metric",
    "Period",
    "compile_rows",
    "compile_series",
    "compile_total",
    "get_metric",
    "read_series",
    "read_totals",
]
