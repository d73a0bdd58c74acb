"""A sentence in the two languages the product speaks."""

from dataclasses import dataclass


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
