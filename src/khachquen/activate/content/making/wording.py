"""What a person wrote, and what it is put together with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from khachquen.activate.content.message import PurposeKind

__all__ = [
    "Card",
    "Made",
    "PurposeKind",
    "Shelf",
    "Wording",
]


@dataclass(frozen=True, slots=True)
class Wording:
    """A mail as written: MJML with Liquid inside. ``text`` empty means: made from the body."""

    subject: str
    preheader: str
    mjml: str
    text: str = ""
    purpose_kind: PurposeKind = "advertising"


@dataclass(frozen=True, slots=True)
class Card:
    """A product as a mail shows it; price in minor units, None where nobody told one."""

    sku: str
    name: str
    price_minor: int | None
    currency: str
    url: str
    image_url: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the shop has at hand: blocks (MJML) and snippets (text) by name, products by SKU."""

    blocks: Mapping[str, str] = field(default_factory=dict)
    snippets: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, Card] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """A wording made ready: HTML and text with Liquid left inside, and what went into it."""

    subject: str
    preheader: str
    html: str
    text: str
    fields: tuple[str, ...]
    needs_order: bool
    blocks: tuple[str, ...]
    prices: Mapping[str, int | None]
