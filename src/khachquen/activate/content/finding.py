"""What is wrong with a wording, or could be better: each said with its place, so that it is mended
in one go."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from khachquen.base import InputError, Text

__all__ = [
    "Finding",
    "Level",
    "Part",
    "WordingError",
    "at",
]

Level = Literal["error", "warning", "hint"]
Part = Literal["subject", "preheader", "mjml", "text", "block", "all"]

PARTS = {
    "subject": Text(vi="Tiêu đề", en="Subject"),
    "preheader": Text(vi="Dòng xem trước", en="Preheader"),
    "mjml": Text(vi="Nội dung", en="Body"),
    "text": Text(vi="Bản chữ", en="Plain text"),
    "block": Text(vi="Khối", en="Block"),
    "all": Text(vi="Cả thư", en="The whole message"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (``error``), to look at (``warning``) or to know (``hint``).

    ``line`` counts from 1 in the part as it is written; 0 where no line is to blame.
    """

    level: Level
    code: str
    message: Text
    hint: Text | None = None
    part: Part = "mjml"
    line: int = 0

    @property
    def path(self) -> str:
        return f"{self.part}:{self.line}" if self.line else self.part

    @property
    def place(self) -> Text:
        """Where, in words."""
        part = PARTS[self.part]
        if not self.line:
            return part
        return Text(vi=f"{part.vi}, dòng {self.line}", en=f"{part.en}, line {self.line}")


class WordingError(InputError):
    """A wording that cannot be kept as it is; ``findings`` are all its errors, the first leads."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = tuple(findings)
        first = self.findings[0]
        place = first.place
        message = Text(vi=f"{place.vi}: {first.message.vi}", en=f"{place.en}: {first.message.en}")
        super().__init__(first.code, message, path=first.path, hint=first.hint)


def at(findings: Iterable[Finding], part: Part) -> list[Finding]:
    """The same, found in another part."""
    return [replace(one, part=part) for one in findings]
