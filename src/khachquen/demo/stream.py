"""The demo as a stream of messages: cohort after cohort, each in order of time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import msgspec

from khachquen.base import InputError, Text
from khachquen.demo.bystanders import Bystanders
from khachquen.demo.catalogue import PRODUCTS
from khachquen.demo.season import Season
from khachquen.demo.shopper import Shopper
from khachquen.demo.world import Actor, Message, World

COHORT = 4_000
ROUND = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LIMITS = {"customers": (1, 1_000_000), "days": (1, 3650), "seed": (0, 2**31)}
_CUSTOMER = re.compile(r"demo-\d+-c(\d+)-\d+")


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of one source, each as JSON, in the order they were told."""

    source: str
    messages: list[bytes]

    def body(self) -> bytes:
        """The batch as a request to ``/v1/batch``."""
        return b'{"batch":[' + b",".join(self.messages) + b"]}"


def generate(
    customers: int = 3_000, days: int = 365, *, seed: int = 7, until: datetime
) -> Iterator[tuple[str, Message]]:
    """The history of a shop: pairs of source key (see ``SOURCES``) and message.

    The same arguments give the same messages, byte for byte; a larger ``customers`` gives the same
    and more. A message keeps its id when the demo is made again, so nothing is counted twice, as
    long as ``until`` and ``days`` are those of the first time. All times lie in the ``days`` before
    ``until``. Customers come in cohorts of ``COHORT``; inside a
    cohort visits and orders come in order of time (the pages of two visits at the same hour may
    mix). Memory is that of one cohort.

    Raises:
        InputError: a number outside what can be made; names it and the limits.
    """
    _check(customers=customers, days=days, seed=seed)
    end = (until - _EPOCH) // timedelta(milliseconds=1)
    season = Season(end - days * 86_400_000, end)
    return _cohorts(customers, season, seed)


def batches(
    customers: int = 3_000, days: int = 365, *, seed: int = 7, until: datetime, size: int = 500
) -> Iterator[Batch]:
    """``generate``, encoded and gathered by source into batches of at most ``size`` messages.

    All sources are emptied together every ``ROUND * size`` messages, so a till with little to tell
    never falls further behind the website than that.

    Raises:
        InputError: as ``generate``.
    """
    return _in_rounds(generate(customers, days, seed=seed, until=until), size)


def _in_rounds(told: Iterator[tuple[str, Message]], size: int) -> Iterator[Batch]:
    encode = msgspec.json.Encoder().encode
    encoded = ((source, encode(message)) for source, message in told)
    while part := list(islice(encoded, ROUND * size)):
        by_source: dict[str, list[bytes]] = {}
        for source, message in part:
            by_source.setdefault(source, []).append(message)
        for source, messages in by_source.items():
            for start in range(0, len(messages), size):
                yield Batch(source, messages[start : start + size])


def customer_of(message_id: str) -> int | None:
    """The truth about a demo message: which customer it is of; None for strangers and the shop.

    >>> customer_of("demo-7-c12-3"), customer_of("demo-7-v12-3")
    (12, None)
    """
    found = _CUSTOMER.fullmatch(message_id)
    return int(found[1]) if found else None


def _cohorts(customers: int, season: Season, seed: int) -> Iterator[tuple[str, Message]]:
    for first in range(1, customers + 1, COHORT):
        world = World(seed, season)
        if first == 1:
            yield from _catalogue(world)
        for number in range(first, min(first + COHORT, customers + 1)):
            Shopper(world, number).begin()
            Bystanders(world, number).begin()
        while world.advance():
            yield from world.told
            world.told.clear()


def _catalogue(world: World) -> Iterator[tuple[str, Message]]:
    """The shop tells what it sells before it opens its doors."""
    shop = Actor(world, "shop")
    for product in PRODUCTS:
        shop.tell(
            "server", "track", world.season.since, event="Product Updated", properties=product
        )
    yield from world.told
    world.told.clear()


def _check(**numbers: int) -> None:
    for name, number in numbers.items():
        low, high = _LIMITS[name]
        if not low <= number <= high:
            raise InputError(
                "demo.out_of_range",
                Text(
                    vi=f"{name} không thể là {number}.",
                    en=f"{name} cannot be {number}.",
                ),
                path=f"--{name}",
                hint=Text(vi=f"Từ {low} đến {high}.", en=f"From {low} to {high}."),
            )
