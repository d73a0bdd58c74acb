"""What a letter says to one person: placeholders filled in, nothing run. Pure.

``{{ name }}`` in subject, text or HTML; unknown names stay empty. In HTML every value is escaped.
"""

import re
from collections.abc import Mapping
from html import escape

__all__ = ["asks_for_anything", "fill"]

_OF_ALL = frozenset({"unsubscribe"})  # whoever reads it has one: nothing is said of them
_PLACE = re.compile(r"\{\{\s*([a-z_]{1,40})\s*(?:\|\s*([^{}|]{0,80}?)\s*)?\}\}")


def fill(template: str, values: Mapping[str, str], *, is_html: bool = False) -> str:
    """The words with the values of a person; after a bar stands what is said when there is none.

    >>> fill("Chào {{ name | bạn }}!", {"name": "Hoa"}), fill("Chào {{ name | bạn }}!", {})
    ('Chào Hoa!', 'Chào bạn!')
    >>> fill("<p>{{ name }}</p>", {"name": "<b>Hoa</b>"}, is_html=True)
    '<p>&lt;b&gt;Hoa&lt;/b&gt;</p>'
    """

    def value(found: re.Match[str]) -> str:
        said = values.get(found[1]) or found[2] or ""
        return escape(said) if is_html else said

    return _PLACE.sub(value, template)


def asks_for_anything(template: str) -> bool:
    """Whether the words say anything of who reads them.

    >>> asks_for_anything("Chào {{ name | bạn }}"), asks_for_anything("{{ unsubscribe }}")
    (True, False)
    """
    return any(found[1] not in _OF_ALL for found in _PLACE.finditer(template))
