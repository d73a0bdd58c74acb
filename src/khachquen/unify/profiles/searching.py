"""What people type to find a person, as conditions on the profile table.

``Profile.search`` holds the folded name, the phone (E.164), the e-mail and the user ids, separated
by spaces. Every word typed must be found: letters at the start of a word ("hoa" is not "Khoa"), an
e-mail or a number of the shop's by how it begins, a phone in any form, by its beginning or its end.
What was typed as a whole may also be the number of an order or of a card. Folding is lossy, so what
was typed with its marks ("hòa") ranks people whose name carries the same marks above those who only
fold alike.

Nothing is scanned. The word that finds fewest people is looked up in an index (``SearchWord``,
``Node.key``), and only those people's texts are read. Where even that word finds more than
``_MANY``, people are met soon enough in any order, and the list's own order is walked.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from khachquen.unify.models import Node, Order, SearchWord
from khachquen.unify.normalise import fold, normalise_phone
from khachquen.unify.normalise.ranking import spellings
from khachquen.unify.records.words import tail_word

_PHONE_LIKE = re.compile(r"[\d\s().+\-]{3,}")
_MAX_WORDS = 8
_MANY = 20_000
_MOST_NUMBERED = 200
_LAST = "\U0010ffff"
_Entries = QuerySet[Any, Any]
Piece = tuple[str, bool]
"""Letters to be found in ``Profile.search``, and whether only at the start of a word."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Whom a search finds. ``is_walked``: too many for all of them to be ranked or counted; then
    ``pieces`` say the same for another store: of each group one is in ``Profile.search``."""

    found: Q
    is_walked: bool = False
    pieces: tuple[Sequence[Piece], ...] = ()


def find(text: str) -> Hits:
    """People whose record holds every word of ``text``; all people when it is empty.

    Costs a count of at most ``_MANY`` entries of an index for each word.
    """
    text = _clean(text)
    if not text:
        return Hits(Q())
    if _PHONE_LIKE.fullmatch(text):
        pieces, entries = [_phone(text)], [_phone_entries(text)]
    else:
        words = text.split()[:_MAX_WORDS]
        pieces, entries = [_word(word) for word in words], [_word_entries(word) for word in words]
    said, few = _said(pieces), _few(entries)
    if few is None:
        return Hits(said, is_walked=True, pieces=tuple(pieces))
    if numbered := _numbered(text):
        said |= Q(id__in=numbered)
        few = few | Q(id__in=numbered)
    return Hits(said & few)


def _few(entries: Sequence[Sequence[_Entries]]) -> Q | None:
    """People the rarest word finds, or else all words together; None where those are many too."""
    counts = [sum(one[: _MANY + 1].count() for one in word) for word in entries]
    rarest, *others = (entries[n] for n in sorted(range(len(counts)), key=counts.__getitem__))
    if min(counts) <= _MANY:
        return Q(id__in=rarest[0].union(*rarest[1:]))
    if not others:
        return None
    both = rarest[0]  # names only: many e-mails begin alike, but few names are no names
    for other in others:
        both = both.filter(profile_id__in=other[0])
    ids = list(both.values_list("profile_id", flat=True)[: _MANY + 1])
    return Q(id__in=ids) if len(ids) <= _MANY else None


def _word_entries(word: str) -> list[_Entries]:
    return [
        SearchWord.objects.filter(_starts("word", fold(word)[:64])).values("profile_id"),
        *_nodes(f"{kind}:{each}" for kind in ("user", "email", "card") for each in _cases(word)),
    ]


def _phone_entries(text: str) -> list[_Entries]:
    if whole := normalise_phone(text):
        return _nodes([f"phone:{whole}"])
    digits = re.sub(r"\D", "", text)
    begun = [f"phone:+{digits}", f"user:{digits}", f"card:{digits}"]
    if digits.startswith("0"):
        begun.append(f"phone:+84{digits[1:]}")
    ended = SearchWord.objects.filter(_starts("word", tail_word(digits))).values("profile_id")
    return [ended, *_nodes(begun)]


def _nodes(begun: Iterable[str]) -> list[_Entries]:
    return [Node.objects.filter(_starts("key", key[:300])).values("profile_id") for key in begun]


def _numbered(text: str) -> list[int]:
    """Whose order or card has this very number."""
    cards = [f"card:{each}" for each in _cases(text)]
    bought = Order.objects.filter(number__in=_cases(text)).values("node_id")[:_MOST_NUMBERED]
    nodes = Node.objects.filter(Q(key__in=cards) | Q(id__in=bought))
    return sorted(set(nodes.values_list("profile_id", flat=True)[:_MOST_NUMBERED]))


def _cases(word: str) -> list[str]:
    return sorted({word, word.lower(), word.upper()})


def _starts(column: str, text: str) -> Q:
    """What begins with ``text``, in the form this database finds by its index."""
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": text, f"{column}__lt": f"{text}{_LAST}"})
    return Q(**{f"{column}__startswith": text})


def rank(text: str) -> Case:
    """0 where the name carries every word exactly as typed, marks included; 1 elsewhere."""
    words = [word for word in _clean(text).split()[:_MAX_WORDS] if word.isalpha()]
    if not words:
        return Case(default=Value(0), output_field=IntegerField())
    exact = Q()
    for word in words:
        exact &= _as_typed(word)
    return Case(When(exact, then=Value(0)), default=Value(1), output_field=IntegerField())


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text.strip())
    return "".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")


def _phone(text: str) -> Sequence[Piece]:
    whole = normalise_phone(text)
    if whole:
        return [(whole, False)]
    digits = re.sub(r"\D", "", text)
    return [(digits, False), *([(f"+84{digits[1:]}", False)] if digits.startswith("0") else [])]


def _word(word: str) -> Sequence[Piece]:
    folded = fold(word)
    return [(folded, True)] if folded.isalpha() else [(folded, False), (word.lower(), False)]


def _said(pieces: Iterable[Sequence[Piece]]) -> Q:
    """All groups hold, of each one of its pieces."""
    said = Q()
    for group in pieces:
        found = Q()
        for letters, is_begun in group:
            if is_begun:
                found |= Q(search__startswith=letters) | Q(search__contains=f" {letters}")
            else:
                found |= Q(search__contains=letters)
        said &= found
    return said


def _as_typed(word: str) -> Q:
    found = Q()
    for spelling in spellings(word.lower()):
        for written in (spelling, spelling.capitalize(), spelling.upper()):
            found |= Q(name__startswith=written) | Q(name__contains=f" {written}")
    return found
