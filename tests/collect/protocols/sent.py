"""Messages as clients send them, and the request they came in."""

import json
from typing import Any

from khachquen.base import to_micros
from khachquen.collect.event import Accepted, Event, Refusal
from khachquen.collect.protocols import Limits, understand
from tests.clock import START

RECEIVED = to_micros(START)
LIMITS = Limits(public_bytes=32 * 1024, trusted_bytes=4 << 20)


def request(*, trusted: bool = False, **rest: Any) -> Accepted:
    """A request of the website (or, trusted, of the till's server); say what is different."""
    told: dict[str, Any] = {
        "received_at": RECEIVED,
        "source_id": 7,
        "trusted": trusted,
        "protocol": "segment",
        "ip": "203.0.113.9",
        "user_agent": "Mozilla/5.0",
        "sent_at": None,
        "context": None,
        "items": [],
    }
    return Accepted(**{**told, **rest})


def track(**fields: Any) -> dict[str, Any]:
    """A track call of chị Hoa's browser."""
    return {"type": "track", "event": "Signed Up", "anonymousId": "a-hoa", **fields}


def read(message: Any, sender: Accepted | None = None, index: int = 0) -> Event | Refusal:
    raw = message if isinstance(message, bytes) else json.dumps(message).encode()
    return understand(raw, sender or request(), LIMITS, "web:1:8:0", index)


def event_of(message: Any, sender: Accepted | None = None) -> Event:
    found = read(message, sender)
    assert isinstance(found, Event), found
    return found


def refusal_of(message: Any, sender: Accepted | None = None) -> tuple[str, str]:
    """Reason and path of the refusal."""
    found = read(message, sender)
    assert isinstance(found, Refusal), found
    assert found.outcome == "quarantined"
    return found.reason, found.path
