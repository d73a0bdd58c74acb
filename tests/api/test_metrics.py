"""A number has one definition, and the same value here as on the screen."""

import pytest

from tests.api.conftest import Caller


def test_the_catalogue_speaks_the_callers_language(caller: Caller) -> None:
    _, english = caller.get("metrics")
    caller.language = "vi"
    _, vietnamese = caller.get("metrics")

    names = {metric["key"]: metric["name"] for metric in english["items"]}
    assert names["revenue"] == "Revenue"
    assert {metric["key"]: metric["name"] for metric in vietnamese["items"]}["revenue"] == (
        "Doanh thu"
    )
    assert all(metric["definition"] for metric in english["items"])


def test_revenue_of_the_week_is_mais_order_on_its_day(caller: Caller, told: int) -> None:
    status, answer = caller.get("metrics/revenue", **{"from": "2026-11-16", "to": "2026-11-20"})

    assert status == 200
    assert answer["timezone"] == "Asia/Ho_Chi_Minh"
    assert answer["totals"] == [
        {
            "value": 190000,
            "money": {"amount": "190000", "minor": 190000, "currency": "VND"},
            "rows": 1,
        }
    ]
    [course] = answer["series"]
    assert [(step["starts_on"], step["value"]) for step in course["steps"]] == [
        ("2026-11-16", 0),
        ("2026-11-17", 0),
        ("2026-11-18", 190000),
        ("2026-11-19", 0),
        ("2026-11-20", 0),
    ]


def test_every_metric_answers_over_an_empty_shop(caller: Caller) -> None:
    _, catalogue = caller.get("metrics")
    for metric in catalogue["items"]:
        status, answer = caller.get(f"metrics/{metric['key']}", bucket="month")
        assert status == 200, metric["key"]
        assert [total["rows"] for total in answer["totals"]] == [0]


@pytest.mark.parametrize(
    ("query", "code", "path"),
    [
        ({"from": "2026-11-20", "to": "2026-11-19"}, "api.bad_period", "query.from"),
        ({"from": "1971-01-01", "to": "2199-12-31"}, "api.bad_period", "query.from"),
        ({"from": "0001-01-01"}, "api.bad_period", "query.from"),
        ({"to": "9999-12-31"}, "api.bad_period", "query.from"),
        ({"from": "hôm qua"}, "api.invalid_parameter", "query.from"),
        ({"bucket": "hour"}, "api.invalid_parameter", "query.bucket"),
    ],
)
def test_a_period_that_is_none_is_refused(
    caller: Caller, query: dict[str, str], code: str, path: str
) -> None:
    status, body = caller.get("metrics/visitors", **query)

    assert status == 422
    assert (body["error"]["code"], body["error"]["path"]) == (code, path)
    assert body["error"]["hint"]


def test_a_metric_that_does_not_exist_names_the_nearest(caller: Caller) -> None:
    status, body = caller.get("metrics/revenu")

    assert status == 404
    assert body["error"]["code"] == "metrics.unknown_metric"
    assert body["error"]["hint"] == "Did you mean revenue?"
