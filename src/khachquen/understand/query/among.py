"""Which people a list is of beside its rule: known or not, found by a search, some by number.

Not part of the language: a segment has nobody looking for somebody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from khachquen.understand.query.expressions import (
    TRUE,
    Call,
    Column,
    Compare,
    Expression,
    Literally,
    Value,
    both,
    either,
    holds,
    opposite,
)

_SEARCH = Column("search")


@dataclass(frozen=True, slots=True)
class Word:
    """Letters to be found in what a person is searched by; ``is_begun``: at the start of a word."""

    text: str
    is_begun: bool = False


@dataclass(frozen=True, slots=True)
class Among:
    """``ids``: nobody but these (None: anybody). ``words``: of each group one is found."""

    who: Literal["known", "visitors", "all"] = "all"
    ids: tuple[int, ...] | None = None
    words: tuple[Sequence[Word], ...] = ()

    def holds(self) -> Expression:
        """What holds of the person, as a filter."""
        parts = [_WHO[self.who]]
        if self.ids is not None:
            parts.append(Call("is_among", (Column("profile_id"), Value(self.ids))))
        parts += [either([_found(word) for word in group]) for group in self.words]
        return both(parts)


EVERYBODY = Among()
_KNOWN = holds(Column("is_known"))
_WHO: dict[str, Expression] = {
    "known": _KNOWN,
    "visitors": both((opposite(_KNOWN), Compare(Column("events"), ">", Literally(0)))),
    "all": TRUE,
}


def _found(word: Word) -> Expression:
    if not word.is_begun:
        return Call("contains", (_SEARCH, Value(word.text)))
    begins = Call("starts_with", (_SEARCH, Value(word.text)))
    return either((begins, Call("contains", (_SEARCH, Value(f" {word.text}")))))
