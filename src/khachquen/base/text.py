"""A sentence in the two languages the product speaks."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Text:
    """Words shown to people, Vietnamese first, English beside it.

    >>> Text(vi="Khách hàng", en="Customers").in_language("en-gb")
    'Customers'
    """

    vi: str
    en: str

    def in_language(self, language: str) -> str:
        """The English words for any ``en`` language code, the Vietnamese ones for all others."""
        return self.en if language.lower().startswith("en") else self.vi

    def __str__(self) -> str:
        return self.vi


def nearest(given: object, known: Iterable[str]) -> Text:
    """A hint for a name nobody knows: the one most like it, or some of those there are.

    >>> nearest("emial", ["email", "phone"]).en
    'Did you mean email?'
    >>> nearest("?", ["phone", "email"]).en
    'Use one of: email, phone.'
    """
    names = {one.lower(): one for one in sorted(set(known)) if one}
    if close := get_close_matches(str(given)[:100].lower(), names, n=1):
        return Text(vi=f"Có phải là {names[close[0]]}?", en=f"Did you mean {names[close[0]]}?")
    some = ", ".join(list(names.values())[:_MOST_SHOWN]) + (
        " …" if len(names) > _MOST_SHOWN else ""
    )
    return Text(vi=f"Có thể dùng: {some}.", en=f"Use one of: {some}.")
