"""Messages as clients send them, and the request they came in."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from khachquen.base import to_micros
from khachquen.collect.event import Accepted, Event, Refusal
from khachquen.collect.protocols import Arrived, Asked, Body, Limits, find_route, understand
from khachquen.collect.protocols.route import DocumentRoute, EventRoute
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


def split(address: str, body: Any = b"", *, method: str = "POST") -> Body:
    """What the route at this address makes of a body; one that is not bytes is sent as JSON."""
    _, said = _split(address, body, method)
    return said


def events_of(
    address: str, body: Any = b"", *, method: str = "POST", trusted: bool = False
) -> list[Event | Refusal]:
    """What becomes of the messages sent to this address, from the wire to the lake."""
    route, said = _split(address, body, method)
    sender = request(
        trusted=trusted, protocol=route.protocol, sent_at=said.sent_at, context=said.context
    )
    return [
        understand(raw, sender, LIMITS, f"web:1:8:{index}", index)
        for index, raw in enumerate(said.items)
    ]


def only_event(address: str, body: Any = b"", *, method: str = "POST", **how: bool) -> Event:
    """The one event of a call."""
    (found,) = events_of(address, body, method=method, **how)
    assert isinstance(found, Event), found
    return found


def only_refusal(address: str, body: Any = b"", *, method: str = "POST") -> tuple[str, str]:
    """Reason and path of the one message of a call, which is refused."""
    (found,) = events_of(address, body, method=method)
    assert isinstance(found, Refusal), found
    return found.reason, found.path


def answer_of(address: str, *, method: str = "GET", enabled: bool = True) -> Any:
    """The document at this address, as the website's browser reads it."""
    path = urlsplit(address)
    found = find_route(method, path.path)
    assert found is not None, address
    route, names = found
    assert isinstance(route, DocumentRoute)
    asked = Asked(
        names.get("key", "kqp_hoa"),
        7,
        enabled,
        "https://khach.example.vn",
        dict(parse_qsl(path.query)),
    )
    return route.tell(asked)


def _split(address: str, body: Any, method: str) -> tuple[EventRoute, Body]:
    path = urlsplit(address)
    found = find_route(method, path.path)
    assert found is not None, f"no route: {method} {path.path}"
    route, names = found
    assert isinstance(route, EventRoute)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return route, route.split(Arrived(raw, dict(parse_qsl(path.query)), names))
