"""How a visitor says no, in the words of the clients that pass it on."""

from typing import Any

import pytest

from khachquen.collect.event import find_denial


@pytest.mark.parametrize(
    ("context", "path"),
    [
        ({"consent": {"analytics": False}}, "$.context.consent.analytics"),
        ({"consent": {"analytics": "denied"}}, "$.context.consent.analytics"),
        ({"consent": {"analytics_storage": "denied"}}, "$.context.consent.analytics_storage"),
        ({"consent": {"analyticsStorage": "Denied"}}, "$.context.consent.analyticsStorage"),
        (
            {"consent": {"categoryPreferences": {"Analytics": False}}},
            "$.context.consent.categoryPreferences.Analytics",
        ),
        ({"consent": "denied"}, "$.context.consent"),
        ({"consent": False}, "$.context.consent"),
        ({"doNotTrack": "1"}, "$.context.doNotTrack"),
        ({"doNotTrack": True}, "$.context.doNotTrack"),
    ],
)
def test_a_no_is_heard(context: dict[str, Any], path: str) -> None:
    assert find_denial(context) == path


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"consent": None},
        {"consent": {}},
        {"consent": []},
        {"consent": {"analytics": True}},
        {"consent": {"analytics": None}},
        {"consent": {"advertising": False, "ad_storage": "denied"}},
        {"consent": {"categoryPreferences": {"Advertising": False, "Analytics": True}}},
        {"consent": {"categoryPreferences": "denied"}},
        {"consent": {"analytics": {"deep": False}}},
        {"doNotTrack": "unspecified"},
        {"doNotTrack": False},
        {"doNotTrack": {"a": 1}},
    ],
)
def test_anything_else_is_no_no(context: dict[str, Any]) -> None:
    assert find_denial(context) is None
