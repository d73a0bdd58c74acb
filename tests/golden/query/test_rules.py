"""The SQL of every kind of condition, read first by whoever reviews a change of meaning.

``rules/<name>.json`` is the rule, ``rules/<name>.sql`` what it compiles to.
``GOLDEN=write pytest tests/golden`` writes the SQL anew; the difference is the review.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from khachquen.store.engine import Question
from khachquen.understand.query import (
    check_rule,
    compile_count,
    compile_members,
    parse_rule,
)
from khachquen.understand.query.rewriting import REWRITES
from khachquen.understand.query.rule import AllOf, Rule
from tests.understand.query.small_shop import CATALOGUE

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
RULES = sorted((HERE / "rules").glob("*.json"))


def told(question: Question) -> str:
    params = "\n".join(f"--   {name} = {value!r}" for name, value in question.params.items())
    return f"-- {question.name}\n{params}\n{question.sql};\n"


def whole_sql(rule: Rule) -> str:
    asked: dict[str, Any] = {"now": NOW, "timezone": "Asia/Ho_Chi_Minh"}
    members = compile_members(rule, CATALOGUE, **asked)
    return told(members) + "\n" + told(compile_count(rule, CATALOGUE, **asked))


@pytest.mark.parametrize("path", RULES, ids=[path.stem for path in RULES])
def test_the_sql_is_as_reviewed(path: Path) -> None:
    rule = parse_rule(path.read_bytes())
    check_rule(rule, CATALOGUE)
    golden = path.with_suffix(".sql")
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(whole_sql(rule), encoding="utf-8")

    assert whole_sql(rule) == golden.read_text(encoding="utf-8")


def test_every_kind_of_condition_has_its_pair() -> None:
    kinds = {kind.__struct_config__.tag for kind in get_args(Rule)}

    assert kinds <= {path.stem.partition("_")[0] for path in RULES}


def test_no_golden_file_is_left_without_its_rule() -> None:
    assert {path.stem for path in (HERE / "rules").glob("*.sql")} == {p.stem for p in RULES}


def test_touched_people_are_asked_with_the_same_sql_of_other_tables() -> None:
    rule = AllOf(tuple(parse_rule(path.read_bytes()) for path in RULES))
    rewrites = REWRITES - {"orders_among"}  # of a few people all orders are at hand
    asked: Any = {"now": NOW, "timezone": "Asia/Ho_Chi_Minh", "rewrites": rewrites}
    of_all = compile_members(rule, CATALOGUE, **asked)
    touched = compile_members(rule, CATALOGUE, now=NOW, timezone="Asia/Ho_Chi_Minh", only=True)
    expected = of_all.sql
    for name, of_touched in (
        ("people", "touched_people"),
        ("human_events", "touched_events"),
        ("orders)", "touched_orders)"),
        ("orders\n", "touched_orders\n"),
        ("memberships", "touched_memberships"),
    ):
        expected = expected.replace(f"from {name}", f"from {of_touched}")
    expected = expected.replace("people.", "touched_people.")

    assert touched.sql == expected
    assert touched.params == of_all.params
