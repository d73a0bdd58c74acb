"""A real till's year through the command, and every number of the pages against plain SQL."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import ACCOUNT, Terminal

YEAR = (date(2010, 1, 1), date(2012, 1, 1))
_INVOICES = """
    WITH invoices AS (
        SELECT
            InvoiceNo AS number,
            any_value(CustomerID) AS customer,
            -- pence, a half rounded to even, as the invoice's total is
            round_even(sum(Quantity * UnitPrice::DECIMAL(18, 3)) * 100, 0)::BIGINT AS pence,
            sum(Quantity) AS units,
            CASE
                WHEN InvoiceNo SIMILAR TO 'C[0-9].*' AND max(Quantity) < 0 THEN 'return'
                WHEN InvoiceNo SIMILAR TO 'A[0-9].*' THEN 'debt written off'
                WHEN max(Quantity) < 0 AND max(UnitPrice) = 0 AND max(CustomerID) IS NULL
                    THEN 'stock corrected'
                WHEN max(Quantity) < 0 THEN 'return'
                ELSE 'sale'
            END AS kind
        FROM till
        GROUP BY InvoiceNo
    )
"""
PLAIN = {
    "people": "SELECT count(DISTINCT CustomerID) FROM till",
    "buyers": "SELECT count(DISTINCT customer) FROM invoices WHERE kind = 'sale'",
    "orders": "SELECT count(*) FROM invoices WHERE kind = 'sale'",
    "returns": "SELECT count(*) FROM invoices WHERE kind = 'return'",
    "units": "SELECT sum(units) FROM invoices WHERE kind = 'sale'",
    "units returned": "SELECT -sum(units) FROM invoices WHERE kind = 'return'",
    "gross_revenue": "SELECT sum(pence) FROM invoices WHERE kind = 'sale'",
    "refunds": "SELECT -sum(pence) FROM invoices WHERE kind = 'return'",
    "revenue": "SELECT sum(pence) FROM invoices WHERE kind IN ('sale', 'return')",
}


def plain_numbers(path: Path) -> dict[str, int]:
    """Each number as the file itself says it."""
    with duckdb.connect() as database:
        database.execute(f"CREATE VIEW till AS SELECT * FROM read_parquet('{path}')")
        numbers = {}
        for name, question in PLAIN.items():
            [answer] = database.execute(_INVOICES + question).fetchall()
            numbers[name] = int(answer[0])
        return numbers


def shown_numbers() -> dict[str, int]:
    """Each number as the pages make it."""
    from khachquen.store import ask
    from khachquen.understand.metrics import Period, compile_rows, get_metric
    from khachquen.unify.profiles import count_profiles
    from khachquen.web.measuring import measure

    period = Period(*YEAR, "Asia/Ho_Chi_Minh")
    shown = {"people": count_profiles()}
    for key in ("buyers", "orders", "returns", "units", "gross_revenue", "refunds", "revenue"):
        [amount] = measure(get_metric(key), period)
        assert amount.currency in {"GBP", ""}
        assert amount.value is not None
        shown[key] = amount.value
    returns = ask(compile_rows(get_metric("returns"), period, limit=1_000_000)).dicts()
    shown["units returned"] = sum(row["units_returned"] for row in returns)
    return shown


@pytest.mark.shared_data("online_retail")
def test_every_number_of_a_real_year_is_that_of_the_file(
    terminal: Terminal, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shared_data / "online_retail" / "online_retail.parquet"
    monkeypatch.setenv("KHACHQUEN_SHOP_CURRENCY", "GBP")
    terminal.ask("init", *ACCOUNT)
    terminal.look_into(terminal.data)

    told = terminal.ask("import", path, "--kind", "orders")

    assert (told["rows"], sum(told["rows_by_fate"].values())) == (541_909, 541_909)
    assert told["messages"] == told["messages_accepted"] == 25_900
    assert told["problems"] == []
    plain = plain_numbers(path)
    assert shown_numbers() == plain
    assert (plain["people"], plain["orders"], plain["returns"]) == (4_372, 20_725, 3_836)
