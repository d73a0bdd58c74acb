"""The named exceptions of ``exceptions.toml``, and a count of which of them were needed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PATH = Path(__file__).with_name("exceptions.toml")


@dataclass
class Exceptions:
    """Names that are let through one rule; ``unused`` says which nobody needed."""

    section: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def allows(self, name: str) -> bool:
        """Whether this name is let through; remembers that it was asked for."""
        if name not in self.reasons:
            return False
        self.used.add(name)
        return True

    def unused(self) -> list[str]:
        """Sentences about exceptions that excuse nothing any more."""
        return [
            f"{PATH.name} [{self.section}]: {name!r} excuses nothing any more; take it out"
            for name in sorted(set(self.reasons) - self.used)
        ]


def load_exceptions(section: str, path: Path = PATH) -> Exceptions:
    """One section by its dotted name, as ``sizes.functions``."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    for part in section.split("."):
        table = table.get(part, {})
    return Exceptions(section, table)
