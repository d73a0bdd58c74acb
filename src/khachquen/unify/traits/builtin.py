"""The traits KhachQuen knows by itself, read from ``builtin.toml``."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from khachquen.base import Text
from khachquen.unify.traits.definition import Choice, Definition


@cache
def built_in() -> Mapping[str, Definition]:
    """Key → definition, in the order of the file."""
    text = files(__package__).joinpath("builtin.toml").read_text(encoding="utf-8")
    return {key: _definition(key, told) for key, told in tomllib.loads(text).items()}


def _definition(key: str, told: dict[str, Any]) -> Definition:
    rest = {name: told[name] for name in told if name not in _READ_HERE}
    return Definition(
        key=key,
        label=Text(vi=told["vi"], en=told["en"]),
        aliases=tuple(told.get("aliases", ())),
        choices=tuple(_choice(one) for one in told.get("choices", ())),
        shown=tuple(told.get("shown", (0, 0))),
        **rest,
    )


def _choice(told: dict[str, Any]) -> Choice:
    label = Text(vi=told["vi"], en=told["en"])
    return Choice(told["value"], label, tuple(told.get("spellings", ())))


_READ_HERE = frozenset({"vi", "en", "aliases", "choices", "shown"})
