"""The wire messages an import produces: Segment's shape, encoded as they will be kept."""

import hashlib
from decimal import Decimal
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")


class ProductLine(msgspec.Struct, omit_defaults=True):
    """One line of an order as Segment's e-commerce spec writes it."""

    product_id: str
    quantity: int
    price: Decimal
    name: str = ""
    category: str = ""
    measure: str = ""  # the exact quantity where it was not a whole number


class Message(msgspec.Struct, omit_defaults=True):
    """One message. Without ``userId`` it tells of somebody nobody knows (khách lẻ)."""

    type: str
    messageId: str  # noqa: N815 - the wire's own name
    event: str = ""
    userId: str = ""  # noqa: N815
    timestamp: str = ""
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    context: dict[str, Any] = {}


class Numbering:
    """Ids that come out the same each time the same is told.

    ``scope`` names the reading of a file, or is the import id somebody gave.
    """

    def __init__(self, scope: str, kind: str, import_id: str | None = None):
        self.scope = scope
        self._by_place = hashlib.sha256(f"{scope}\0{kind}\0".encode())
        self._by_content = hashlib.sha256(f"{import_id or ''}\0{kind}\0".encode())

    def id_of_place(self, place: str) -> str:
        """The id of what stands at this place of this file: a row."""
        return _named(self._by_place, place.encode())

    def id_of_content(self, message: Message) -> str:
        """The id of what this message says, whichever file says it.

        Shops export the last months again and again; an order told twice in the same words is
        one message, one that changed since is another.
        """
        return _named(self._by_content, encode(message))


def _named(start: "hashlib._Hash", rest: bytes) -> str:
    hasher = start.copy()
    hasher.update(rest)
    return f"imp-{hasher.hexdigest()[:40]}"


def encode(message: Message) -> bytes:
    """The message as JSON; amounts are exact JSON numbers."""
    return _encoder.encode(message)
