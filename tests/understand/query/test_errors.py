"""Every mistake in a rule is told with its place, its value, and what would be right."""

from typing import Any

import pytest

from khachquen.base import ForbiddenError, InputError
from khachquen.understand.query import build_catalogue, check_rule, parse_rule, rule_schema
from tests.understand.query.small_shop import CATALOGUE, DEFINITIONS

CITY = {"kind": "trait", "trait": "city", "is": "is", "value": "Huế"}
VIEWED = {"kind": "did", "event": "Product Viewed"}


def refused(told: Any) -> tuple[str, str, str]:
    with pytest.raises(InputError) as caught:
        check_rule(parse_rule(told), CATALOGUE)
    error = caught.value
    assert error.code == "query.bad_rule"
    assert error.hint is not None
    message = error.message.en.removeprefix("The rule is not right. ")
    assert error.message.vi != error.message.en
    return error.path, message, error.hint.en


MISTAKES: tuple[tuple[str, Any, tuple[str, str, str]], ...] = (
    (
        "a kind there is not",
        {"kind": "all", "of": [{"kind": "trai", "trait": "city"}]},
        ("$.of[0].kind", "There is no kind of condition named 'trai'.", "Did you mean trait?"),
    ),
    (
        "an operator there is not",
        {"kind": "all", "of": [CITY, CITY | {"is": "equals"}]},
        (
            "$.of[1].is",
            "There is no operator named 'equals'.",
            "Use one of: after, anniversary_in_next, anniversary_this, at_least, at_most, before,"
            " between, contains, has, has_any, has_not, in ….",
        ),
    ),
    (
        "a trait there is not",
        CITY | {"trait": "ctiy"},
        ("$.trait", "There is no trait or fact named 'ctiy'.", "Did you mean city?"),
    ),
    (
        "an event there is not",
        {"kind": "not", "of": {"kind": "did", "event": "Product View"}},
        ("$.of.event", "There is no event named 'Product View'.", "Did you mean Product Viewed?"),
    ),
    (
        "a property there is not",
        VIEWED | {"where": [{"property": "catgory", "is": "is", "value": "Giày"}]},
        (
            "$.where[0].property",
            "There is no property of 'Product Viewed' named 'catgory'.",
            "Did you mean category?",
        ),
    ),
    (
        "an operator of another type",
        CITY | {"is": "at_least"},
        (
            "$.is",
            "“City” is a text; 'at_least' cannot be asked of it.",
            "Use one of: contains, in, is, is_not, is_not_set, is_set, not_contains, not_in,"
            " starts.",
        ),
    ),
    (
        "a value of another type",
        CITY | {"value": 7},
        ("$.value", "7 is not a text.", 'For example: "Hà Nội".'),
    ),
    (
        "a value that is no choice",
        {"kind": "trait", "trait": "gender", "is": "is", "value": "femal"},
        (
            "$.value",
            "There is no value of “Gender” like 'femal'.",
            "Did you mean female?",
        ),
    ),
    (
        "a month, which has no length",
        VIEWED | {"within": {"last": {"n": 1, "unit": "month"}}},
        (
            "$.within.last.unit",
            "There is no unit of time named 'month'.",
            "Use one of: day, hour, minute, week.",
        ),
    ),
    (
        "two windows in one",
        VIEWED | {"within": {"last": {"n": 1, "unit": "day"}, "this": "month"}},
        (
            "$.within",
            "A stretch of time is written in exactly one way.",
            'Use "last", or "from" and "until", or "ago_from" and "ago_until", or "this".',
        ),
    ),
    (
        "a field there is not",
        VIEWED | {"withn": {}},
        ("$.withn", "There is no field named 'withn'.", "Did you mean within?"),
    ),
    (
        "a field that is missing",
        {"kind": "trait", "trait": "city"},
        (
            "$",
            "'is' is missing.",
            "Did you mean is?",
        ),
    ),
    (
        "a sum of nothing",
        VIEWED | {"measure": "sum"},
        (
            "$.property",
            "The measure 'sum' needs a property.",
            'For example: {"measure": "sum", "property": "price"}.',
        ),
    ),
    (
        "a day that is none",
        {"kind": "trait", "trait": "birthday", "is": "is", "value": "2026-02-30"},
        ("$.value", "'2026-02-30' is not a day.", 'For example: "2026-11-20".'),
    ),
    (
        "a segment there is not",
        {"kind": "segment", "segment": 9},
        ("$.segment", "There is no segment with the number 9.", "Use one of: 3, 7."),
    ),
    (
        "text that is no JSON",
        b"{kind: trait}",
        (
            "$",
            "This is not JSON.",
            'For example: {"kind": "trait", "trait": "city", "is": "is", "value": "Huế"}',
        ),
    ),
    (
        "no condition at all",
        {"kind": "all", "of": ["city"]},
        (
            "$.of[0]",
            "'city' is not a condition.",
            'For example: {"kind": "trait", "trait": "city", "is": "is_set"}.',
        ),
    ),
)


@pytest.mark.parametrize(
    ("told", "expected"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES]
)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(
    told: Any, expected: tuple[str, str, str]
) -> None:
    assert refused(told) == expected


def test_a_rule_too_deep_to_read_is_refused_before_it_is_read() -> None:
    rule: Any = CITY
    for _ in range(5000):
        rule = {"kind": "not", "of": rule}

    path, message, _ = refused(rule)

    assert (path, message) == ("$" + ".of" * 12, "The rule is too long or deep.")


def test_what_the_asker_may_not_see_cannot_be_asked_about() -> None:
    health = {"kind": "trait", "trait": "health", "is": "is", "value": "tốt"}
    sealed = {"kind": "trait", "trait": "national_id", "is": "is_set"}
    trusted = build_catalogue(DEFINITIONS, may_see_sensitive=True)
    analyst = build_catalogue(DEFINITIONS, may_see_sensitive=True, hidden=["phone"])

    check_rule(parse_rule(health), trusted)
    for told, catalogue in (
        (health, CATALOGUE),
        (sealed, trusted),
        ({"kind": "trait", "trait": "phone", "is": "is_set"}, analyst),
    ):
        with pytest.raises(ForbiddenError) as caught:
            check_rule(parse_rule({"kind": "all", "of": [told]}), catalogue)
        assert (caught.value.code, caught.value.path) == ("query.may_not_ask", "$.of[0].trait")


def test_the_schema_names_every_kind() -> None:
    schema = rule_schema()

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    kinds = {
        one["properties"]["kind"]["enum"][0]
        for one in schema["$defs"].values()
        if "kind" in one.get("properties", {})
    }
    assert kinds == {"all", "any", "not", "trait", "did", "bought", "sequence", "segment", "sample"}
