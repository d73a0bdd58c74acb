"""What a check is made of, and the five axes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from khachquen.base import Text
from khachquen.unify.quality.checks import Judge

Axis = Literal["complete", "valid", "unique", "fresh", "consistent"]
Subject = Literal["person", "order", "message", "event"]
Mend = Literal["customer", "source", "quarantine", "plan"]

AXES: Mapping[Axis, Text] = {
    "complete": Text("Đầy đủ", "Complete"),
    "valid": Text("Hợp lệ", "Valid"),
    "unique": Text("Không trùng", "Unique"),
    "fresh": Text("Còn mới", "Fresh"),
    "consistent": Text("Nhất quán", "Consistent"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One check. ``counts`` says which rows it looks at and when one is wrong."""

    key: str
    axis: Axis
    subject: Subject
    name: Text
    counts: Text
    why: Text
    fix: Text
    mend: Mend
    field: str = ""
    weight: int = 1
    judge: Judge | None = None
    propose: Callable[[str], str | None] | None = None  # what was probably meant; never applied
