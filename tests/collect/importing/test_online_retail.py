"""A real till's year: every row accounted for, and the sums those of plain DuckDB."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from khachquen.collect.importing import open_import

pytestmark = pytest.mark.shared_data("online_retail")


def test_online_retail_imports_whole(shared_data: Path) -> None:
    path = shared_data / "online_retail" / "online_retail.parquet"
    sums: Counter[str] = Counter()
    units, customers, longest = 0, set(), 0
    money = Decimal(0)

    with open_import(path, "orders", timezone="Europe/London", currency="GBP") as opened:
        for raw in opened.messages():
            told = json.loads(raw, parse_float=Decimal)
            sign = -1 if told["event"] == "Order Refunded" else 1
            products = told["properties"]["products"]
            units += sign * sum(line["quantity"] for line in products)
            money += sign * told["properties"]["total"]
            customers.add(told.get("userId"))
            longest = max(longest, len(products))
            sums[told["event"]] += 1
        summary = opened.summary()

    plain = duckdb.sql(
        "SELECT count(*), count(DISTINCT CustomerID), sum(Quantity),"
        " round(sum(Quantity * UnitPrice::DECIMAL(18, 3)), 2), count(DISTINCT InvoiceNo)"
        f" FROM '{path}'"
    ).fetchall()[0]
    assert plain == (541_909, 4_372, 5_176_450, Decimal("9747747.93"), 25_900)
    assert (summary.rows, len(customers - {None}), units, money, summary.messages) == plain
    assert sums == {
        "Order Completed": 20_725,
        "Order Refunded": 3_836,
        "Stock Adjusted": 1_336,
        "Account Adjusted": 3,
    }
    assert summary.rows_by_fate == {
        "order": 531_282,
        "refund": 9_288,
        "stock_adjustment": 1_336,
        "account_adjustment": 3,
    }
    assert summary.problems_by_code == {}
    assert (summary.notes["several_dates"], longest) == (43, 1_114)
