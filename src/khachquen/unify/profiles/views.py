"""What readers of profiles get: plain, frozen, free of the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from khachquen.base import Text
from khachquen.unify.traits.definition import Definition

Who = Literal["known", "visitors", "all"]
"""Which people a list is of: those with more than an anonymous id, the others, or both."""


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One person as a line of a list. Money is in the shop's currency, in minor units.

    ``user_id`` is the one first heard of where the shop gave a person several.
    """

    id: int
    name: str
    phone: str
    email: str
    is_known: bool
    first_seen: datetime
    last_seen: datetime
    events: int
    orders: int
    spent_minor: int
    last_order_at: datetime | None
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """One page of a list; ``total`` counts every hit, or the first of more if not ``is_counted``.

    A cursor is opaque; empty means there is nothing on that side.
    """

    rows: tuple[ProfileRow, ...]
    next_cursor: str
    previous_cursor: str
    total: int
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier (node) of a person, as ``email`` ``hoa@example.vn``."""

    node_id: int
    kind: str
    value: str
    first_seen: datetime
    last_seen: datetime
    events: int


@dataclass(frozen=True, slots=True)
class TraitSaid:
    """What one source last said of one identifier.

    ``name`` is what the trait was called there, ``value`` what was said, ``normal`` how it reads as
    the trait's type, or why it does not (``problem``). ``why`` it counts, or does not. A sealed
    value is masked, and ``token`` is what opens it.
    """

    value: Any
    source_id: int
    at: datetime
    identifier: str
    message_id: str
    name: str
    source_class: str
    normal: Any
    problem: Text | None = None
    why: Text | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class TraitView:
    """One trait: ``said`` keeps everybody's words, the one that counts first."""

    name: str
    said: tuple[TraitSaid, ...]
    definition: Definition
    is_expired: bool = False

    @property
    def value(self) -> Any:
        return self.said[0].normal

    @property
    def source_id(self) -> int:
        return self.said[0].source_id

    @property
    def at(self) -> datetime:
        return self.said[0].at

    @property
    def has_other_values(self) -> bool:
        """Whether sources or identifiers disagree."""
        return any(said.normal != self.value for said in self.said[1:])


@dataclass(frozen=True, slots=True)
class ProfileView:
    """One person whole. ``asked_id`` differs from ``row.id`` when that record was merged away."""

    row: ProfileRow
    asked_id: int
    identifiers: tuple[Identifier, ...]
    traits: tuple[TraitView, ...]

    @property
    def is_moved(self) -> bool:
        return self.asked_id != self.row.id

    @property
    def node_ids(self) -> tuple[int, ...]:
        return tuple(identifier.node_id for identifier in self.identifiers)

    def trait(self, name: str) -> Any:
        """The value of one trait that counts, or None."""
        return next((trait.value for trait in self.traits if trait.name == name), None)


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as its events tell it; ``placed_at`` is None for a return of an unknown order."""

    source_id: int
    number: str
    placed_at: datetime | None
    currency: str
    total_minor: int
    refunded_minor: int
    units: int
    units_returned: int
    cancelled_at: datetime | None
    refunded_at: datetime | None

    @property
    def net_minor(self) -> int:
        """What the shop kept: nothing of a cancelled order, else the total less what went back."""
        return 0 if self.cancelled_at else self.total_minor - self.refunded_minor
