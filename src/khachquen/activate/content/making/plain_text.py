"""The plain text of a mail, out of its HTML."""

import re
from html.parser import HTMLParser

_BREAKS = frozenset("p div table tr h1 h2 h3 h4 ul ol blockquote".split())
_SKIPPED = frozenset(("head", "style", "script", "title"))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._skipping = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in _SKIPPED or "display:none" in (told.get("style") or "").replace(" ", ""):
            self._skipping += tag not in ("img", "br", "hr", "meta", "link")
            return
        if self._skipping:
            self._skipping += tag not in ("img", "br", "hr", "meta", "link")
        elif tag == "a":
            self._links.append((told.get("href") or "", len(self.pieces)))
        elif tag == "img" and told.get("alt"):
            self.pieces.append(f"[{told['alt']}]")
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag in ("br", "hr"):
            self.pieces.append("\n" if tag == "br" else "\n---\n")
        elif tag in _BREAKS:
            self.pieces.append("\n\n")
        elif tag == "td":
            self.pieces.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif tag == "a" and self._links:
            href, since = self._links.pop()
            said = "".join(self.pieces[since:]).strip()
            if href and href not in said and not href.startswith("#"):
                self.pieces.append(f": {href} " if said else href)
        elif tag in _BREAKS:
            self.pieces.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.pieces.append(re.sub(r"\s+", " ", data))


def to_plain_text(html: str) -> str:
    """What the HTML says: addresses behind their links, pictures by their words, no layout.

    >>> to_plain_text('<p>Chào <b>chị</b></p><p><a href="https://nhamay.vn">Xem</a></p>')
    'Chào chị\\n\\nXem: https://nhamay.vn\\n'
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [
        re.sub(r"[ \t\u2007-\u200f\u034f]+", " ", line).strip()
        for line in "".join(reader.pieces).split("\n")
    ]
    text = "\n".join(
        line for at, line in enumerate(lines) if not _said_again(line, lines[at + 1 :])
    )
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    return f"{text}\n"


def _said_again(line: str, later: list[str]) -> bool:
    """A picture that is a link to where a line below leads as well, as in a card of a product."""
    found = re.fullmatch(r"\[[^\]]*\]: (\S+)", line)
    return found is not None and any(one.endswith(f": {found[1]}") for one in later)
