"""How a generated page is put together."""

from collections.abc import Iterable, Sequence

UNDOCUMENTED = "(undocumented)"
_WRITTEN_BY = (
    "<!-- Written by `make reference` from the code; a test fails when the two differ. -->"
)


def page(title: str, lead: str, *sections: str) -> str:
    """A whole page: title, what it is, and its sections."""
    return "\n\n".join([_WRITTEN_BY, f"# {title}", lead, *filter(None, sections)]) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar inside a cell is escaped, an empty cell stays empty.

    >>> print(table(["key", "meaning"], [["port", "what it listens on"]]))
    | key | meaning |
    | --- | --- |
    | port | what it listens on |
    """
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    """A piece of code in a sentence; nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def meaning(text: str | None) -> str:
    """What a docstring or help says, or the mark that it says nothing."""
    return " ".join((text or "").replace("``", "`").split()) or UNDOCUMENTED
