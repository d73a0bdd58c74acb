"""The same seed gives the same shop, in bounded memory, in messages any front door takes."""

import hashlib
import tracemalloc
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from khachquen import demo
from khachquen.base import InputError
from khachquen.collect.event import Accepted, Event
from khachquen.collect.protocols import Limits, understand
from khachquen.demo import stream
from tests.demo.shop import UNTIL, messages_of_200, year_of_the_shop

LIMITS = Limits(public_bytes=32 * 1024, trusted_bytes=4 * 1024 * 1024)
RECEIVED = int(UNTIL.timestamp() * 1_000_000)


def digest(customers: int, seed: int) -> str:
    sha = hashlib.sha256()
    for batch in demo.batches(customers, 90, seed=seed, until=UNTIL):
        sha.update(batch.source.encode() + batch.body())
    return sha.hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert digest(40, seed=7) == digest(40, seed=7)
    assert digest(40, seed=7) != digest(40, seed=8)


def test_a_larger_shop_contains_the_smaller_one() -> None:
    small = {m["messageId"]: m for _, m in demo.generate(20, 60, seed=7, until=UNTIL)}
    large = {m["messageId"]: m for _, m in demo.generate(60, 60, seed=7, until=UNTIL)}
    assert {key: large[key] for key in small} == small


def test_cohorts_change_the_order_only(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sorted(m["messageId"] for _, m in demo.generate(50, 60, seed=7, until=UNTIL))
    monkeypatch.setattr(stream, "COHORT", 7)
    cut = sorted(m["messageId"] for _, m in demo.generate(50, 60, seed=7, until=UNTIL))
    assert cut == whole


def test_every_message_id_is_used_once() -> None:
    ids = [message["messageId"] for _, message in messages_of_200()]
    assert len(ids) == len(set(ids))


def test_every_time_lies_in_the_days_before_until() -> None:
    times = [datetime.fromisoformat(m["timestamp"]) for _, m in messages_of_200()]
    assert min(times) == UNTIL - timedelta(days=365)
    assert max(times) <= UNTIL
    assert max(times) > UNTIL - timedelta(hours=12)


def test_a_shop_of_one_day_keeps_to_its_day() -> None:
    until = datetime(2026, 2, 17, 3, 0, tzinfo=UTC)  # the morning of Tết
    times = [m["timestamp"] for _, m in demo.generate(50, 1, seed=7, until=until)]
    assert all("2026-02-16T03:00:00.000Z" <= time <= "2026-02-17T03:00:00.000Z" for time in times)


def test_visits_and_orders_come_in_order_of_time() -> None:
    """Pages of one visit may stand between those of another; an hour is never overtaken."""
    latest = datetime.min.replace(tzinfo=UTC)
    for _, message in messages_of_200():
        at = datetime.fromisoformat(message["timestamp"])
        latest = max(latest, at)
        assert latest - at < timedelta(hours=1)


def test_every_message_is_understood_by_the_front_door() -> None:
    trusted = {source.key: source.trusted for source in demo.SOURCES}
    for source, message in messages_of_200():
        request = Accepted(
            received_at=RECEIVED,
            source_id=1,
            trusted=trusted[source],
            protocol="segment",
            ip=None,
            user_agent=None,
            sent_at=None,
            context=None,
            items=[],
        )
        event = understand(msgspec.json.encode(message), request, LIMITS, "fallback")
        assert isinstance(event, Event), (event.reason, event.path)
        assert event.message_id == message["messageId"]
        assert event.trusted or event.anonymous_id
        if event.order:
            assert event.order.total_minor == message["properties"]["total"]


def test_only_trusted_sources_tell_of_orders_and_products() -> None:
    for source, message in messages_of_200():
        if message.get("event", "").startswith(("Order ", "Product Updated", "Product Reviewed")):
            assert source in ("server", "pos", "marketplace")


def test_batches_hold_every_message_once_by_source() -> None:
    sizes, ids = [], []
    for batch in demo.batches(30, 60, seed=7, until=UNTIL, size=100):
        sizes.append(len(batch.messages))
        body = msgspec.json.decode(batch.body())
        ids += [(batch.source, message["messageId"]) for message in body["batch"]]
    expected = [(s, m["messageId"]) for s, m in demo.generate(30, 60, seed=7, until=UNTIL)]
    assert max(sizes) == 100
    assert sorted(ids) == sorted(expected)


def test_a_quiet_till_never_falls_far_behind_the_website() -> None:
    places = {m["messageId"]: n for n, (_, m) in enumerate(messages_of_200())}
    latest = furthest = 0
    for batch in demo.batches(200, 365, seed=7, until=UNTIL, size=50):
        for raw in batch.messages:
            place = places[msgspec.json.decode(raw)["messageId"]]
            latest = max(latest, place)
            furthest = max(furthest, latest - place)
    assert furthest < stream.ROUND * 50


def test_memory_does_not_grow_with_the_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "COHORT", 25)

    def peak(customers: int) -> int:
        tracemalloc.start()
        for _ in demo.generate(customers, 30, seed=7, until=UNTIL):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(25)  # fills the caches of folded names and the like
    assert peak(300) < 1.3 * peak(50)


@pytest.mark.parametrize(
    ("arguments", "path", "hint"),
    [
        ((0, 365, 7), "--customers", "From 1 to 1000000."),
        ((10, 0, 7), "--days", "From 1 to 3650."),
        ((10, 365, -1), "--seed", "From 0 to 2147483648."),
    ],
)
def test_a_shop_that_cannot_be_made_is_refused_at_once(
    arguments: tuple[int, int, int], path: str, hint: str
) -> None:
    customers, days, seed = arguments
    with pytest.raises(InputError) as refusal:
        demo.generate(customers, days, seed=seed, until=UNTIL)
    assert (refusal.value.code, refusal.value.path) == ("demo.out_of_range", path)
    assert refusal.value.hint is not None
    assert refusal.value.hint.en == hint


def test_the_numbers_of_seed_7_stay_what_they_are() -> None:
    year = year_of_the_shop()
    assert year.sources == {"server": 5246, "web": 232450, "pos": 4283, "marketplace": 2236}
    assert year.names == {
        "page": 132692,
        "Product Viewed": 63327,
        "Product Added": 12842,
        "Order Completed": 9884,
        "Cart Viewed": 8027,
        "Products Searched": 5258,
        "Checkout Started": 5248,
        "identify": 2913,
        "Signed Up": 1555,
        "Subscribed": 973,
        "Product Reviewed": 545,
        "Order Refunded": 490,
        "Order Cancelled": 248,
        "Product Updated": 107,
        "Unsubscribed": 106,
    }
    assert sum(order.properties["total"] for order in year.orders) == 8_598_096_000


def test_the_bytes_of_seed_7_stay_what_they_are() -> None:
    """On every machine and every Python: a change here means another shop for everybody."""
    assert digest(40, seed=7) == "4ca3669532235761c19df21b0f20558d92ae9fe92ee2ffc3f2e01c261ebd04a8"
