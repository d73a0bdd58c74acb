"""One thing seen about one record, and how the records' tags are read."""

from dataclasses import dataclass
from typing import Literal

from khachquen.base import Text

Record = Literal["spf", "dkim", "dmarc", "domain"]
Level = Literal["good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing seen about one record; ``record_text`` is what stands there, or what should."""

    record: Record
    level: Level
    code: str
    message: Text
    record_text: str = ""


def read_tags(record: str) -> dict[str, str]:
    """``tag=value`` pairs divided by semicolons (RFC 6376, 3.2); the first of a name counts.

    >>> read_tags("v=DKIM1; k=rsa; p=MIGf MA0")
    {'v': 'DKIM1', 'k': 'rsa', 'p': 'MIGf MA0'}
    """
    tags: dict[str, str] = {}
    for part in record.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip().lower(), value.strip())
    return tags


def good(record: Record, code: str, message: Text, text: str = "") -> Found:
    """As it should be."""
    return Found(record, "good", code, message, text)


def warn(record: Record, code: str, message: Text, text: str = "") -> Found:
    """Works, and could be better."""
    return Found(record, "warn", code, message, text)


def bad(record: Record, code: str, message: Text, text: str = "") -> Found:
    """Letters will be doubted or refused because of it."""
    return Found(record, "bad", code, message, text)
