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
    """Ids that come out the same each time the same file is read in the same way."""

    def __init__(self, scope: str, kind: str):
        self.scope = scope
        self._start = hashlib.sha256(f"{scope}\0{kind}\0".encode())

    def message_id(self, key: str) -> str:
        """The id of the message about ``key``: an order number, or a row."""
        hasher = self._start.copy()
        hasher.update(key.encode("utf-8", "replace"))
        return f"imp-{hasher.hexdigest()[:40]}"


def encode(message: Message) -> bytes:
    """The message as JSON; amounts are exact JSON numbers."""
    return _encoder.encode(message)
