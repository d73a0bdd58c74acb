"""Rules as a file and back: plain data in one order, the file's text, a mark to tell two apart."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from khachquen.unify.identity.rules import (
    OWN_RULES,
    STRENGTH,
    KindRules,
    Rules,
    read_rules,
    read_rules_file,
)

__all__ = [
    "STRENGTH",
    "KindRules",
    "as_data",
    "mark_of",
    "read_rules",
    "read_rules_file",
    "to_toml",
    "write_rules",
]
_HEAD = """# Who may be one person. Written by KhachQuen when somebody changed the rules on the page
# "Quy tắc gộp"; the page says who, when and why. Changed by hand, it holds from the next start of
# the server on; `khachquen identity rerun --apply` draws everybody anew by it.
"""


def as_data(rules: Rules) -> dict[str, Any]:
    """Rules as plain data, always in one order; ``read_rules`` is the way back."""
    return {
        "kinds": {
            kind: {
                "limit": one.limit,
                **({"window_days": one.window_days} if one.window_days else {}),
                "strong": one.strong,
                "shared_after": dict(sorted(one.shared_after)),
            }
            for kind, one in rules.kinds.items()
        },
        "evidence": {"order": list(rules.evidence)},
        "public": {"may_join_vouched": rules.may_join_vouched},
        "conflict": {
            "on": rules.conflict_on,
            "fields": sorted(rules.conflict_fields),
            "carried_by": sorted(rules.carriers),
        },
        "blocked": {
            "patterns": list(rules.blocked_patterns),
            "values": sorted(rules.blocked_values),
            "keys": sorted(rules.blocked_keys),
        },
    }


def mark_of(rules: Rules) -> str:
    """Sixteen letters that are the same for the same rules."""
    text = json.dumps(as_data(rules), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def to_toml(rules: Rules) -> str:
    """The text of a rules file.

    >>> from khachquen.unify.identity.rules import load_rules, read_rules
    >>> import tomllib
    >>> read_rules(tomllib.loads(to_toml(load_rules()))) == load_rules()
    True
    """
    data = as_data(rules)
    tables = {f"kinds.{kind}": one for kind, one in data.pop("kinds").items()} | data
    blocks = [
        "\n".join([f"[{name}]", *(f"{key} = {_value(one)}" for key, one in table.items())])
        for name, table in tables.items()
    ]
    return "\n".join([_HEAD, *(f"{block}\n" for block in blocks)])


def write_rules(data: Path, rules: Rules) -> None:
    """Make these the rules of an installation; killed at any moment, the old or the new stand."""
    aside = data / f".{OWN_RULES}.new"
    with aside.open("w", encoding="utf-8") as file:
        file.write(to_toml(rules))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(data / OWN_RULES)
    folder = os.open(data, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _value(one: Any) -> str:
    if isinstance(one, dict):
        return "{ " + ", ".join(f"{key} = {_value(it)}" for key, it in one.items()) + " }"
    if isinstance(one, list):
        return "[" + ", ".join(map(_value, one)) + "]"
    return json.dumps(one, ensure_ascii=False).replace("\x7f", "\\u007f")
