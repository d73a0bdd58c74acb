"""What an identifier is, and which identifiers an event carries."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from khachquen.unify.identity.rules import Rules, load_rules
from khachquen.unify.normalise import normalise_email, normalise_phone


class Identifier(NamedTuple):
    """One identifier in normal form."""

    kind: str
    value: str

    @property
    def key(self) -> str:
        """``kind:value``, unique in the installation."""
        return f"{self.kind}:{self.value}"


def is_blocked(value: str) -> bool:
    """Whether a value stands for nobody, by the rules KhachQuen comes with.

    >>> [is_blocked(v) for v in ("0", "null", "Khách lẻ", "N*** H", "17850")]
    [True, True, True, True, False]
    """
    return load_rules().is_blocked(value)


def identifiers_of(
    user_id: str | None,
    anonymous_id: str | None,
    traits: Mapping[str, Any],
    properties: Mapping[str, Any],
    rules: Rules | None = None,
) -> list[Identifier]:
    """Everything in an event that names its person, strongest first.

    E-mail and phone count in their normal form only; a phone that is not surely one person's
    number is left out.

    >>> identifiers_of("17850", "a-1", {"phone": "0912 345 678"}, {})[1]
    Identifier(kind='phone', value='+84912345678')
    """
    rules = rules or load_rules()
    found: list[Identifier] = []
    if user_id and not rules.is_blocked(user_id):
        found.append(Identifier("user", user_id))
    email = traits.get("email") or properties.get("email")
    if isinstance(email, str) and (normal := normalise_email(email)):
        found.append(Identifier("email", normal))
    phone = traits.get("phone") or properties.get("phone")
    if isinstance(phone, str | int) and (number := normalise_phone(str(phone))):
        found.append(Identifier("phone", number))
    if anonymous_id and not rules.is_blocked(anonymous_id):
        found.append(Identifier("anonymous", anonymous_id))
    if rules.blocked_keys:
        found = [identifier for identifier in found if identifier.key not in rules.blocked_keys]
    return found
