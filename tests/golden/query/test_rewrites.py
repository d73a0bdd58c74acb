"""Each rewrite with a pair: the SQL of a rule without it and with it.

``rewrites/<name>.json`` is the rule, ``rewrites/<name>.sql`` both statements.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from khachquen.understand.query import compile_count, parse_rule
from khachquen.understand.query.rewriting import REWRITES
from tests.understand.query.small_shop import CATALOGUE

HERE = Path(__file__).parent / "rewrites"
ASKED: dict[str, Any] = {
    "now": datetime(2026, 11, 20, 5, tzinfo=UTC),
    "timezone": "Asia/Ho_Chi_Minh",
}


def pair(name: str) -> tuple[str, str]:
    rule = parse_rule((HERE / f"{name}.json").read_bytes())
    without = compile_count(rule, CATALOGUE, **ASKED, rewrites=REWRITES - {name})
    return without.sql, compile_count(rule, CATALOGUE, **ASKED).sql


@pytest.mark.parametrize("name", sorted(REWRITES))
def test_the_pair_is_as_reviewed(name: str) -> None:
    without, with_it = pair(name)
    text = f"-- without {name}\n{without};\n\n-- with {name}\n{with_it};\n"
    golden = HERE / f"{name}.sql"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")

    assert text == golden.read_text(encoding="utf-8")
    assert without != with_it


def test_no_pair_is_left_without_its_rewrite() -> None:
    assert {path.stem for path in HERE.glob("*.sql")} == REWRITES
