"""What a check looks at: one person as known now, in everybody's words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FIELDS: Mapping[str, frozenset[str]] = {
    "name": frozenset({"name", "fullName", "full_name", "customerName"}),
    "name_part": frozenset({"firstName", "middleName", "lastName", "givenName", "familyName"}),
    "phone": frozenset({"phone", "phoneNumber", "mobile", "tel"}),
    "email": frozenset({"email", "emailAddress", "mail"}),
    "birthday": frozenset({"birthday", "birthDate", "birth_date", "dateOfBirth", "dob"}),
    "gender": frozenset({"gender", "sex"}),
    "address": frozenset({"address", "shippingAddress", "billingAddress", "street"}),
}
"""Field → the names sources send it under."""
FIELD_OF = {name: field for field, names in FIELDS.items() for name in names}


@dataclass(frozen=True, slots=True)
class Word:
    """What one source last said: a trait as it was sent."""

    field: str
    value: Any
    source_id: int
    at: datetime

    @property
    def text(self) -> str:
        """The value as one would read it; empty for nothing."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float):
            return "" if self.value is None else str(self.value)
        return str(self.value).strip()


@dataclass(frozen=True, slots=True)
class Person:
    """One known person; ``sources`` are those that said something of them or sold to them.

    ``elsewhere``: identifiers this person's words name that stand with somebody else.
    """

    id: int
    name: str
    phone: str
    email: str
    last_seen: datetime
    words: tuple[Word, ...] = ()
    sources: frozenset[int] = frozenset()
    elsewhere: frozenset[str] = frozenset()

    def said(self, field: str) -> tuple[Word, ...]:
        """What sources say of one field, leaving out what is empty."""
        return tuple(word for word in self.words if word.field == field and word.text)


Verdict = Mapping[int, bool]
"""Source id → whether the check found something wrong; empty when there is nothing to check."""
