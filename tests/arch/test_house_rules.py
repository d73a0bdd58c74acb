"""Every house rule refuses its bad lines, allows its good ones, and holds."""

from pathlib import Path

import pytest

from scripts import house_rules
from scripts.exceptions import Exceptions
from scripts.house_rules import RULES, Rule


def test_the_house_keeps_its_rules() -> None:
    assert house_rules.main() == 0


@pytest.mark.parametrize(
    ("rule", "line"), [pytest.param(r, b, id=f"{r.name}-{b}") for r in RULES for b in r.bad]
)
def test_a_bad_line_is_refused(rule: Rule, line: str) -> None:
    assert list(rule.find(f"# first\n{line}\n")) == [2]


@pytest.mark.parametrize(
    ("rule", "line"), [pytest.param(r, g, id=f"{r.name}-{g}") for r in RULES for g in r.good]
)
def test_a_good_line_is_allowed(rule: Rule, line: str) -> None:
    assert list(rule.find(f"# first\n{line}\n")) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_why_and_looks_somewhere(rule: Rule) -> None:
    assert rule.why
    assert rule.bad
    assert rule.good
    assert any(rule.covers(path) for path in house_rules.list_files(house_rules.ROOT)) or all(
        pattern.startswith(("web/assets/", "src/*.html")) for pattern in rule.where
    )


def test_files_and_folders_named_after_nothing_are_refused() -> None:
    files = ["src/shop/helpers/__init__.py", "src/shop/money_utils.py", "docs/common.md"]
    assert list(house_rules.find_bad_paths(files)) == [
        "src/shop/helpers",
        "src/shop/money_utils.py",
    ]


def test_a_problem_names_the_place_the_rule_and_the_reason(tmp_path: Path) -> None:
    file = tmp_path / "src" / "khachquen" / "web" / "pages.py"
    file.parent.mkdir(parents=True)
    file.write_text("from khachquen.unify import Profile\n\nPROFILES = Profile.objects.all()\n")
    found = house_rules.find_problems(
        tmp_path, ["src/khachquen/web/pages.py"], Exceptions("house_rules")
    )
    assert found == [
        "src/khachquen/web/pages.py:3: querysets-at-home: a queryset belongs to the room that owns"
        " the model; others ask at its door"
    ]
