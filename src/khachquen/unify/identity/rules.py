"""What an identifier is, which values never identify anybody, and how many one person may have."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from khachquen.unify.normalise import normalise_email, normalise_phone

STRENGTH = ("user", "email", "phone", "anonymous")
"""Kinds of identifier, strongest first. An event belongs to the strongest one it carries."""

LIMITS: Mapping[str, int] = {"user": 1, "email": 5, "phone": 5, "anonymous": 1000}
"""How many of each kind one person may have before further evidence is refused."""

_BLOCKED = re.compile(
    r"[0\-]*|-1|null|none|nil|nan|undefined|unknown|anonymous|guest|test|n/?a|true|false"
    r"|id|email|distinct_?id|not_authenticated|khach ?le|khách ?lẻ|\[object object\]|.*\*\*.*",
    re.IGNORECASE,
)

_LONGEST_BLOCKED = 30  # longer values, as most device ids are, need no grammar


class Identifier(NamedTuple):
    """One identifier in normal form."""

    kind: str
    value: str

    @property
    def key(self) -> str:
        """``kind:value``, unique in the installation."""
        return f"{self.kind}:{self.value}"


def is_blocked(value: str) -> bool:
    """Whether a value stands for nobody, so that it must never join two people.

    >>> [is_blocked(v) for v in ("0", "null", "Khách lẻ", "N*** H", "17850")]
    [True, True, True, True, False]
    """
    if len(value) > _LONGEST_BLOCKED:
        return "**" in value or not value.strip("0-")
    return _BLOCKED.fullmatch(value.strip()) is not None


def identifiers_of(
    user_id: str | None,
    anonymous_id: str | None,
    traits: Mapping[str, Any],
    properties: Mapping[str, Any],
) -> list[Identifier]:
    """Everything in an event that names its person, strongest first.

    E-mail and phone count in their normal form only; a phone that is not surely one person's
    number is left out.

    >>> identifiers_of("17850", "a-1", {"phone": "0912 345 678"}, {})[1]
    Identifier(kind='phone', value='+84912345678')
    """
    found: list[Identifier] = []
    if user_id and not is_blocked(user_id):
        found.append(Identifier("user", user_id))
    email = traits.get("email") or properties.get("email")
    if isinstance(email, str) and (normal := normalise_email(email)):
        found.append(Identifier("email", normal))
    phone = traits.get("phone") or properties.get("phone")
    if isinstance(phone, str | int) and (number := normalise_phone(str(phone))):
        found.append(Identifier("phone", number))
    if anonymous_id and not is_blocked(anonymous_id):
        found.append(Identifier("anonymous", anonymous_id))
    return found


def refusal_of(mine: Mapping[str, int], theirs: Mapping[str, int]) -> str:
    """Why two people may not become one: the limit broken, or "" when they may.

    >>> refusal_of({"user": 1}, {"user": 1, "email": 2})
    'limit_user'
    """
    for kind, limit in LIMITS.items():
        if theirs.get(kind, 0) and mine.get(kind, 0) + theirs[kind] > limit:
            return f"limit_{kind}"
    return ""
