"""The shop of seed 7, made once for all tests that only look at it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from khachquen import demo
from khachquen.unify.normalise import normalise_email, normalise_phone

UNTIL = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ZONE = timedelta(hours=7)


@dataclass(frozen=True)
class Sold:
    """One Order Completed, as far as the tests look at it."""

    source: str
    message_id: str
    at: datetime
    properties: dict[str, Any]
    who: dict[str, Any]

    @property
    def day(self) -> date:
        """The day in Vietnam."""
        return (self.at + ZONE).date()


@dataclass
class Year:
    """What a year of 3,000 customers comes to."""

    names: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    orders: list[Sold] = field(default_factory=list)
    traces: set[tuple[int, tuple[str, ...]]] = field(default_factory=set)
    until: datetime = UNTIL


def keys_of(message: dict[str, Any]) -> tuple[str, ...]:
    """The identifiers one message carries, in normal form: by them alone people can be joined."""
    traits = {**message["context"].get("traits", {}), **message.get("traits", {})}
    found = {
        "anonymous": message.get("anonymousId"),
        "user": message.get("userId"),
        "phone": normalise_phone(traits.get("phone", "")),
        "email": normalise_email(traits.get("email", "")),
    }
    return tuple(f"{kind}:{value}" for kind, value in found.items() if value)


@cache
def year_of_the_shop() -> Year:
    year = Year()
    for source, message in demo.generate(3_000, 365, seed=7, until=UNTIL):
        name = message.get("event", message["type"])
        year.names[name] += 1
        year.sources[source] += 1
        number = demo.customer_of(message["messageId"])
        if number is not None and (keys := keys_of(message)):
            year.traces.add((number, keys))
        if name == "Order Completed":
            at = datetime.fromisoformat(message["timestamp"])
            who = message["context"].get("traits", {})
            year.orders.append(Sold(source, message["messageId"], at, message["properties"], who))
    return year


@cache
def messages_of_200() -> list[tuple[str, dict[str, Any]]]:
    return list(demo.generate(200, 365, seed=7, until=UNTIL))
