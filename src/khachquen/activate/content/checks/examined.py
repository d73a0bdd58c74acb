"""A mail as the checks look at it."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from khachquen.activate.content.language.vocabulary import Use
from khachquen.activate.content.making.wording import Made, Wording
from khachquen.base import Text

_LINK = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_IMAGE = re.compile(r"<img\b([^>]*)>", re.IGNORECASE)
_TOLD = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Link:
    """An address in the mail, what is said of it, and the line it is written on (0: in a block)."""

    href: str
    words: str
    line: int


@dataclass(frozen=True)
class Examined:
    """``missing`` is field → the share of people who lack it, ``labels`` what fields are called,
    ``has_identity`` whether the shop told who sends and from where."""

    wording: Wording
    made: Made
    uses: tuple[Use, ...] = ()
    missing: Mapping[str, float] = field(default_factory=dict)
    labels: Mapping[str, Text] = field(default_factory=dict)
    has_address: bool = True
    stale_prices: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)
    stale_blocks: tuple[str, ...] = ()
    currency: str = "VND"

    @cached_property
    def links(self) -> list[Link]:
        """Every link, in order."""
        return [
            Link(href, " ".join(html.unescape(_TAG.sub(" ", found[2])).split()), self._line(href))
            for found in _LINK.finditer(self.made.html)
            if (href := html.unescape(_attributes(found[1]).get("href", "")).strip())
        ]

    @cached_property
    def images(self) -> list[tuple[dict[str, str], int]]:
        """What every picture says of itself, and its line."""
        found = (_attributes(one[1]) for one in _IMAGE.finditer(self.made.html))
        return [(told, self._line(told.get("src", ""))) for told in found]

    @cached_property
    def words(self) -> str:
        """What is read: the subject, the preheader, the text; without Liquid and addresses."""
        text = f"{self.made.subject}\n{self.made.preheader}\n{self.made.text}"
        return re.sub(r"\{\{.*?\}\}|\{%.*?%\}|https?://\S+", " ", text, flags=re.DOTALL)

    def _line(self, value: str) -> int:
        at = self.wording.mjml.find(value) if value else -1
        return self.wording.mjml.count("\n", 0, at) + 1 if at >= 0 else 0


def _attributes(told: str) -> dict[str, str]:
    return {one[1].lower(): one[2] or one[3] or "" for one in _TOLD.finditer(told)}
