"""What people type to find a person, as conditions on the profile table.

``Profile.search`` holds the folded name, the phone (E.164), the e-mail and the user ids, separated
by spaces. Every word typed must be found: letters at the start of a word ("hoa" is not "Khoa"),
numbers and addresses anywhere. Folding is lossy, so what was typed with its marks ("hòa") ranks
people whose name carries the same marks above those who only fold alike.
"""

import re
import unicodedata

from django.db.models import Case, IntegerField, Q, Value, When

from khachquen.unify.normalise import fold, normalise_phone
from khachquen.unify.normalise.ranking import spellings

_PHONE_LIKE = re.compile(r"[\d\s().+\-]{3,}")
_MAX_WORDS = 8


def matches(text: str) -> Q:
    """People whose record holds every word of ``text``; all people when it is empty."""
    text = _clean(text)
    if _PHONE_LIKE.fullmatch(text):
        return _phone(text)
    found = Q()
    for word in text.split()[:_MAX_WORDS]:
        found &= _word(word)
    return found


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


def _phone(text: str) -> Q:
    whole = normalise_phone(text)
    if whole:
        return Q(search__contains=whole)
    digits = re.sub(r"\D", "", text)
    found = Q(search__contains=digits)
    if digits.startswith("0"):
        found |= Q(search__contains=f"+84{digits[1:]}")
    return found


def _word(word: str) -> Q:
    folded = fold(word)
    if not folded.isalpha():
        return Q(search__contains=folded) | Q(search__contains=word.lower())
    return Q(search__startswith=folded) | Q(search__contains=f" {folded}")


def _as_typed(word: str) -> Q:
    found = Q()
    for spelling in spellings(word.lower()):
        for written in (spelling, spelling.capitalize(), spelling.upper()):
            found |= Q(name__startswith=written) | Q(name__contains=f" {written}")
    return found
