"""What a rule has to have loaded: which columns, and since when."""

from datetime import UTC, datetime
from typing import Any

import pytest

from khachquen.understand.query import needs_of, parse_rule
from khachquen.understand.query.compiling import reads_of
from tests.understand.query.small_shop import CATALOGUE

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
BUY = "Order Completed"


def test_a_rule_reads_the_columns_it_names() -> None:
    lines = {"kind": "bought", "where": [{"property": "category", "is": "is", "value": "Giày"}]}
    viewed = {
        "kind": "did",
        "event": "Product Viewed",
        "where": [{"property": "price", "is": "at_least", "value": 9}],
    }
    women = {"kind": "trait", "trait": "gender", "is": "is", "value": "female"}
    rule = parse_rule({"kind": "all", "of": [lines, viewed, women]})
    read = reads_of(rule, CATALOGUE, timezone=ZONE)

    assert read["touched_events"] == {"profile_id", "type", "name", "properties"}
    assert read["touched_orders"] >= {"lines", "placed_at", "cancelled_at", "source_id", "number"}
    assert read["touched_people"] == {"profile_id", "trait:gender"}


@pytest.mark.parametrize(
    ("within", "oldest"),
    [
        (None, None),
        ({"last": {"n": 30, "unit": "day"}}, datetime(2026, 10, 21, 5)),  # noqa: DTZ001
        ({"this": "month"}, datetime(2026, 10, 31, 17)),  # noqa: DTZ001
        ({"from": "2026-03-01"}, datetime(2026, 2, 28, 17)),  # noqa: DTZ001
        ({"until": "2026-03-01"}, None),
        (
            {"ago_from": {"n": 90, "unit": "day"}, "ago_until": {"n": 30, "unit": "day"}},
            datetime(2026, 8, 22, 5),  # noqa: DTZ001
        ),
    ],
)
def test_events_before_the_oldest_window_say_nothing(within: Any, oldest: Any) -> None:
    rule: dict[str, Any] = {"kind": "did", "event": BUY}
    last_hour = {**rule, "within": {"last": {"n": 1, "unit": "hour"}}}
    if within:
        rule["within"] = within
    needs = needs_of(parse_rule({"kind": "any", "of": [rule, last_hour]}))

    assert needs.oldest_event(NOW, ZONE) == oldest
    trait = parse_rule({"kind": "trait", "trait": "gender", "is": "is_set"})
    assert needs_of(trait).oldest_event(NOW, ZONE) == NOW.replace(tzinfo=None)
