"""RFM of a real shop's year: figures computed elsewhere, and what our rules make of it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median
from typing import Any

import duckdb
import pytest

from khachquen.understand.query.classes import DEFAULT_CLASSES
from khachquen.understand.query.classing import compile_classes, compile_cuts, read_cuts
from tests.understand.query.small_shop import SmallShop

BUYERS = """
select CustomerID as profile_id, count(distinct InvoiceNo) as orders,
  sum(round(Quantity * UnitPrice * 1000))::bigint as spent_minor,
  min(InvoiceDate) as first_order_at, max(InvoiceDate) as last_order_at
from read_parquet($file) where CustomerID is not null and Quantity > 0 and UnitPrice > 0
group by CustomerID order by CustomerID
"""


@pytest.mark.shared_data("online_retail")
def test_rfm_of_online_retail(shared_data: Path) -> None:
    file = str(shared_data / "online_retail" / "online_retail.parquet")
    found = duckdb.connect().execute(BUYERS, {"file": file})
    names = [column[0] for column in found.description or ()]
    people = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    shop = SmallShop(people=people)
    asked: dict[str, Any] = {"now": datetime(2011, 12, 10, 12, tzinfo=UTC), "timezone": "UTC"}
    day = datetime(2011, 12, 10).date()  # noqa: DTZ001

    cuts = read_cuts(shop.ask(compile_cuts(**asked)))
    told = shop.ask(compile_classes(replace(DEFAULT_CLASSES, cuts=cuts), **asked)).dicts()

    days = [(day - row["last_order_at"].date()).days for row in told]
    orders = [row["orders"] for row in told]
    spent = [row["spent_minor"] / 1000 for row in told]
    assert len(told) == 4_338
    assert sum(orders) == 18_532
    assert (round(fmean(days), 4), round(fmean(orders), 4), round(fmean(spent), 2)) == (
        93.0595,
        4.2720,
        2_054.27,
    )
    assert (median(days), median(orders), round(median(spent), 3)) == (51, 2, 674.485)
    assert round(sum(one > 1 for one in orders) / len(orders), 5) == 0.65583
    # Equal values have equal scores, in every one of the three.
    for key, values in (("rfm_recency", days), ("rfm_frequency", orders), ("rfm_money", spent)):
        pairs = {(value, row[key]) for value, row in zip(values, told, strict=True)}
        assert len(pairs) == len(set(values))
    assert cuts is not None
    assert [round(cut, 1) for cut in cuts.recency] == [14.8, 34, 73, 181]
    assert cuts.frequency == (2, 3, 4, 7)
    assert [round(cut) for cut in cuts.money] == [250_195, 490_097, 942_277, 2_058_427]
    assert Counter(row["rfm"] for row in told) == {
        "potential_loyalist": 1_280,
        "lost": 772,
        "loyal": 688,
        "about_to_sleep": 630,
        "new": 355,
        "champions": 324,
        "promising": 99,
        "cannot_lose": 81,
        "at_risk": 63,
        "need_attention": 32,
        "others": 14,
    }
    stages = Counter(row["stage"] for row in told)
    assert stages == {"active": 2_119, "at_risk": 1_107, "lost": 864, "new": 248}
