"""docs/reference/settings.md: every setting, from the dataclasses of base.config."""

import ast
import inspect
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from khachquen.base import Config, config
from scripts.reference.markdown import code, meaning, page, table

LEAD = """\
Settings are read once, from `khachquen.toml` in the data folder and then from the environment,
which wins: `KHACHQUEN_SECTION_KEY` overrides `[section] key`. An unknown key is refused with the
nearest known one. `khachquen doctor` prints every effective value and where it came from.

Thiết lập được đọc một lần từ `khachquen.toml` trong thư mục dữ liệu, rồi từ biến môi trường (ưu
tiên hơn). Khóa lạ bị từ chối kèm gợi ý khóa gần nhất."""


def render() -> str:
    """The whole page."""
    documented = _docstrings_of_fields()
    sections = [
        _section(section.name, type(section.default), documented)
        for section in fields(Config)
        if section.default is not MISSING
    ]
    return page("Settings · Thiết lập", LEAD, *sections)


def list_settings() -> list[str]:
    """Every setting as ``section.key``."""
    return [
        f"{section.name}.{key.name}"
        for section in fields(Config)
        if section.default is not MISSING
        for key in fields(section.default)
    ]


def _section(name: str, kind: type, documented: dict[tuple[str, str], str]) -> str:
    rows = [
        (
            code(key.name),
            code(_type_name(key.type)),
            code(_default(key)),
            meaning(documented.get((kind.__name__, key.name))),
            code(f"KHACHQUEN_{name}_{key.name}".upper()),
        )
        for key in fields(kind)
    ]
    about = meaning(kind.__doc__).partition(": ")[2] or meaning(kind.__doc__)
    headings = ("Key", "Type", "Default", "Meaning", "Environment")
    return f"## [{name}]\n\n{about[:1].upper()}{about[1:]}\n\n{table(headings, rows)}"


def _type_name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)


def _default(key: Field[Any]) -> str:
    value = key.default if key.default is not MISSING else _made(key)
    return ",".join(value) if isinstance(value, list) else str(value)


def _made(key: Field[Any]) -> Any:
    assert key.default_factory is not MISSING, f"{key.name} has no default"
    return key.default_factory()


def _docstrings_of_fields() -> dict[tuple[str, str], str]:
    """(class, field) -> the string that stands under the field."""
    tree = ast.parse(Path(inspect.getfile(config)).read_text(encoding="utf-8"))
    return {
        (found.name, ast.unparse(line.target)): text.value.value
        for found in tree.body
        if isinstance(found, ast.ClassDef)
        for line, text in zip(found.body, found.body[1:], strict=False)
        if isinstance(line, ast.AnnAssign)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
