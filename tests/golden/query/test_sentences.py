"""Every rule of this folder and every template, as one sentence in each language."""

import os
from pathlib import Path

from khachquen.understand.query import check_rule, parse_rule, say_rule
from khachquen.understand.query.templates import TEMPLATES
from tests.understand.query.small_shop import CATALOGUE

HERE = Path(__file__).parent
SENTENCES = HERE / "sentences.md"


def whole_text() -> str:
    rules = {path.stem: parse_rule(path.read_bytes()) for path in (HERE / "rules").glob("*.json")}
    rules |= {f"template {one.key}": parse_rule(one.rule) for one in TEMPLATES}
    lines = []
    for name, rule in sorted(rules.items()):
        check_rule(rule, CATALOGUE)
        told = say_rule(rule, CATALOGUE)
        lines.append(f"**{name}**  \n{told.vi}  \n{told.en}\n")
    return "\n".join(lines)


def test_rules_read_as_people_would_say_them() -> None:
    if os.environ.get("GOLDEN") == "write":
        SENTENCES.write_text(whole_text(), encoding="utf-8")

    assert whole_text() == SENTENCES.read_text(encoding="utf-8")
    assert whole_text().count("**") >= 2 * 30
