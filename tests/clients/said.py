"""What every client is told to say, and what must stand in the lake afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

TRAITS = {"name": "Nguyễn Thị Hoa", "email": "hoa@nhamay.vn", "vip": True, "points": 120}
ORDER = {
    "order_id": "HD1",
    "total": 190000,
    "currency": "VND",
    "products": [{"product_id": "BAT", "name": "Bát gốm", "quantity": 2, "price": 95000}],
}
PAGE, COMPANY = {"colour": "men rạn"}, {"employees": 17}
SCREEN = {"items": 2, "id": "5f9c2a52-3c1e-4d6f-9d60-8a1b6f0c2e11"}
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).replace(microsecond=123_000)


@dataclass(frozen=True)
class Person:
    """Who a client speaks of: nobody else's ids, so that each client's rows stand alone."""

    user: str
    anonymous: str
    group: str
    traits: Mapping[str, Any]
    order: Mapping[str, Any]

    def as_told(self) -> dict[str, Any]:
        """What a client's script reads."""
        return {
            "user": self.user,
            "anonymous": self.anonymous,
            "group": self.group,
            "at": YESTERDAY.isoformat().replace("+00:00", "Z"),
            "traits": self.traits,
            "order": self.order,
            "page": PAGE,
            "screen": SCREEN,
            "company": COMPANY,
        }


def person_of(client: str) -> Person:
    """Hoa, as this client knows her."""
    client = client.strip("@").replace("/", ".").replace(" ", "-")
    return Person(
        user=f"KH-{client}",
        anonymous=f"may-{client}",
        group=f"xuong-{client}",
        traits={**TRAITS, "email": f"hoa.{client}@nhamay.vn"},
        order={**ORDER, "order_id": f"HD-{client}"},
    )


@dataclass(frozen=True)
class Row:
    """One event as it must be stored: these ids and no others, exactly these values.

    ``adds`` names what the library puts beside them by itself; a star stands for anything. A call
    that cannot be told a time happened when it was made: it is not ``is_timed``.
    """

    type: str
    name: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    adds: tuple[str, ...] = ()
    is_timed: bool = True
