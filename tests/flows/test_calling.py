"""Other systems hear who entered and left: once signed, retried for a day, never lost."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from khachquen.activate.webhooks import (
    get_endpoint,
    pause,
    remove_endpoint,
    resume,
    rotate_secret,
)
from khachquen.activate.webhooks.owed import forget_old, list_deliveries, send_again, send_test
from khachquen.base import NotFoundError
from khachquen.unify.traits.models import SealedValue
from tests.clock import FrozenClock
from tests.flows.called import LINH, Shop, inside_allowed
from tests.flows.line import Line, page
from tests.flows.test_refreshing import BUYERS, RECENT, Keeping, buy, person
from tests.receiver import receiving
from tests.waiting import wait_for

SLOWLY = threading.Event()  # never set: a receiver that takes its time
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(data: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with inside_allowed(monkeypatch, data):
        yield Shop(Keeping(Line(data, clock)))


def test_the_warehouse_hears_that_chi_hoa_bought_and_can_check_who_says_so(shop: Shop) -> None:
    buyers = shop.keeping.add("Người mua", BUYERS)
    with receiving() as warehouse:
        endpoint = shop.register(warehouse.url)
        buy(shop.keeping.line, "hoa", "W-1")
        shop.keeping.keep()
        shop.tell()

    [heard] = warehouse.heard
    hoa = person("user:hoa")
    assert heard.checked(shop.secrets[endpoint], shop.clock()) == {
        "type": "segment.entered",
        "timestamp": "2026-11-20T02:00:00Z",
        "data": {
            "profile_id": hoa,
            "segment": {"id": buyers, "name": "Người mua"},
            "cause": "event",
            "sequence": heard.told["data"]["sequence"],
        },
    }
    assert heard.id == f"msg_{endpoint}_{heard.told['data']['sequence']}_{buyers}_{hoa}"
    assert heard.headers["content-type"] == "application/json"
    [told] = shop.deliveries(endpoint)
    assert (told.state, told.tries, told.status, told.answer) == ("done", 1, 200, "ok")
    view = get_endpoint(endpoint)
    assert (view.last_good_at, view.failures, view.waiting) == (shop.clock(), 0, 0)


def test_only_what_was_asked_for_is_told(shop: Shop) -> None:
    buyers = shop.keeping.add("Người mua", BUYERS)
    recent = shop.keeping.add("Mới ghé", RECENT)
    with receiving() as warehouse, receiving() as shop_floor:
        shop.register(warehouse.url, segments=(buyers,))
        shop.register(shop_floor.url, kinds=("segment.left",))
        shop.keeping.line.website(page("a-nam", messageId="m-1"))
        buy(shop.keeping.line, "hoa", "W-1")
        shop.keeping.keep()
        shop.tell()
        assert [one.told["data"]["segment"]["id"] for one in warehouse.heard] == [buyers]
        assert shop_floor.heard == []

        shop.clock.advance(days=7, seconds=2)
        shop.keeping.keep()
        shop.tell()

    nam = person("anonymous:a-nam")
    [left] = shop_floor.heard
    assert (left.told["type"], left.told["data"]["profile_id"]) == ("segment.left", nam)
    assert (left.told["data"]["segment"]["id"], left.told["data"]["cause"]) == (recent, "time")
    assert len(warehouse.heard) == 1


def test_nobody_is_told_what_was_before_they_registered(shop: Shop) -> None:
    shop.keeping.add("Người mua", BUYERS)
    buy(shop.keeping.line, "hoa", "W-1")
    shop.keeping.keep()
    with receiving() as warehouse:
        endpoint = shop.register(warehouse.url)
        shop.tell()
        buy(shop.keeping.line, "lan", "W-2")
        shop.keeping.keep()
        shop.tell()
        shop.tell()

    assert [one.told["data"]["profile_id"] for one in warehouse.heard] == [person("user:lan")]
    assert len(shop.deliveries(endpoint)) == 1


def test_a_failing_receiver_is_tried_five_times_within_a_day_and_then_given_up(shop: Shop) -> None:
    endpoint = one_owed(shop, "W-1")
    with receiving(500, 503) as warehouse:
        move(endpoint, warehouse.url)
        began, tried = shop.clock(), []
        for _ in range(9):
            before = len(warehouse.heard)
            shop.tell()
            if len(warehouse.heard) > before:
                tried.append(shop.clock() - began)
            [told] = shop.deliveries(endpoint)
            if told.state == "dead":
                break
            shop.clock.now = max(told.due_at, shop.clock() + timedelta(seconds=30))

        assert tried == sorted(tried)
        assert len(tried) == 5
        assert timedelta(hours=18) < tried[-1] <= timedelta(hours=24)
        assert (told.tries, told.status, told.problem, told.answer) == (5, 503, "status", "no")
        assert len(set(warehouse.ids)) == 1

        shop.clock.advance(days=3)
        shop.tell()
        assert len(warehouse.heard) == 5

        warehouse.says = [200]
        assert send_again(endpoint, actor=LINH, at=shop.clock()) == 1
        shop.tell()
    assert warehouse.ids[5:] == warehouse.ids[:1]
    [told] = shop.deliveries(endpoint)
    assert (told.state, told.tries) == ("done", 1)
    assert send_again(endpoint, actor=LINH, at=shop.clock()) == 0


def test_one_that_fails_for_a_day_is_paused_and_takes_up_all_it_missed(shop: Shop) -> None:
    shop.keeping.add("Người mua", BUYERS)
    with receiving(500) as warehouse:
        endpoint = shop.register(warehouse.url)
        for number in range(6):
            buy(shop.keeping.line, f"u{number}", f"W-{number}")
            shop.keeping.keep()
            shop.tell()
            shop.clock.advance(hours=5)
        view = get_endpoint(endpoint)
        assert (view.state, view.why) == ("paused", "failing")
        assert view.reason.en == "took nothing for 24 hours"
        called = len(warehouse.heard)
        shop.tell()
        assert len(warehouse.heard) == called

        warehouse.says, warehouse.heard[:] = [200], []
        resume(endpoint, skips_missed=False, actor=LINH, at=shop.clock())
        send_again(endpoint, actor=LINH, at=shop.clock())
        for _ in range(3):
            shop.tell()
            shop.clock.advance(hours=24)
        people = {one.told["data"]["profile_id"] for one in warehouse.heard}
    assert people == {person(f"user:u{number}") for number in range(6)}
    assert get_endpoint(endpoint).counts == {"done": 6}


def test_while_one_fails_it_is_asked_one_thing_at_a_time(shop: Shop) -> None:
    shop.keeping.add("Người mua", BUYERS)
    with receiving(500) as warehouse, receiving() as bookkeeper:
        failing, well = shop.register(warehouse.url), shop.register(bookkeeper.url)
        for number in range(12):
            buy(shop.keeping.line, f"u{number}", f"W-{number}")
        shop.keeping.keep()
        shop.tell()
        assert len(bookkeeper.heard) == 12
        assert 3 <= len(warehouse.heard) <= 10
        for _ in range(3):
            before = len(warehouse.heard)
            shop.clock.advance(minutes=16)
            shop.tell()
            assert len(warehouse.heard) == before + 1
    assert get_endpoint(failing).failures == len(warehouse.heard)
    assert get_endpoint(well).counts == {"done": 12}


def test_a_slow_receiver_holds_up_nobody_else(shop: Shop) -> None:
    """The slow one answers only when everything else is done; then its caller is gone."""
    shop.keeping.add("Người mua", BUYERS)
    done = threading.Event()
    with receiving(lambda _: done.wait(60)) as slow, receiving() as quick:
        sluggish, brisk = shop.register(slow.url), shop.register(quick.url)
        for number in range(12):
            buy(shop.keeping.line, f"u{number}", f"W-{number}")
        shop.keeping.keep()
        with shop.calling(timeout_s=60) as calling:
            while get_endpoint(brisk).counts != {"done": 12}:
                assert calling.round()
            wait_for(lambda: len(slow.heard) == 8)  # as many as it may have at once
            assert get_endpoint(sluggish).counts == {"claimed": 8, "owed": 4}
        done.set()

        slow.says = [200]
        shop.tell()
        shop.clock.advance(seconds=61)
        shop.tell()
    assert get_endpoint(sluggish).counts == {"done": 12}
    assert len(set(slow.ids)) == 12


def test_a_receiver_that_takes_too_long_is_tried_again(shop: Shop) -> None:
    endpoint = one_owed(shop, "W-1")
    with receiving(lambda _: SLOWLY.wait(2)) as slow:
        move(endpoint, slow.url)
        shop.tell(timeout_s=0.3)
    [told] = shop.deliveries(endpoint)
    assert (told.state, told.tries, told.status, told.problem) == ("owed", 1, None, "timeout")
    assert told.due_at == shop.clock() + timedelta(seconds=54)


def test_gone_turns_it_off_for_good(shop: Shop) -> None:
    endpoint = one_owed(shop, "W-1")
    with receiving(410, 200) as warehouse:
        move(endpoint, warehouse.url)
        shop.tell()
        view = get_endpoint(endpoint)
        assert (view.state, view.why, view.counts) == ("off", "gone", {"dead": 1})
        buy(shop.keeping.line, "lan", "W-2")
        shop.keeping.keep()
        shop.clock.advance(days=2)
        shop.tell()
        assert len(warehouse.heard) == 1

        resume(endpoint, skips_missed=True, actor=LINH, at=shop.clock())
        buy(shop.keeping.line, "mai", "W-3")
        shop.keeping.keep()
        shop.tell()
    assert [one.told["data"]["profile_id"] for one in warehouse.heard[1:]] == [person("user:mai")]


def test_paused_by_staff_keeps_what_happens_and_skipping_says_how_much(shop: Shop) -> None:
    with receiving() as warehouse:
        endpoint = one_owed(shop, "W-1")
        move(endpoint, warehouse.url)
        with shop.calling() as calling:
            calling.owe_changes()
        pause(endpoint, actor=LINH, at=shop.clock())
        shop.tell()
        assert warehouse.heard == []
        assert resume(endpoint, skips_missed=True, actor=LINH, at=shop.clock()) == 1
        shop.tell()
    assert warehouse.heard == []
    assert get_endpoint(endpoint).counts == {"skipped": 1}


def test_two_secrets_hold_while_one_is_exchanged(shop: Shop) -> None:
    with receiving() as warehouse:
        endpoint = one_owed(shop, "W-1")
        move(endpoint, warehouse.url)
        old = shop.secrets[endpoint]
        new = rotate_secret(endpoint, valid_hours=24, actor=LINH, at=shop.clock())
        shop.tell()
        shop.clock.advance(hours=25)
        buy(shop.keeping.line, "lan", "W-2")
        shop.keeping.keep()
        shop.tell()

    first, second = warehouse.heard
    begun = shop.clock() - timedelta(hours=25)
    assert first.checked(old, begun) == first.checked(new, begun)
    assert second.checked(new, shop.clock())
    with pytest.raises(Exception, match="No matching signature"):
        second.checked(old, shop.clock())
    with pytest.raises(Exception, match="too old"):
        second.checked(new, shop.clock() + timedelta(minutes=6))
    forget_old(now=shop.clock())
    assert SealedValue.objects.filter(trait="webhook_secret").count() == 1
    assert new not in repr(list(SealedValue.objects.values_list()))


def test_a_removed_one_takes_its_secrets_and_messages_along(shop: Shop) -> None:
    with receiving() as warehouse:
        endpoint = one_owed(shop, "W-1")
        move(endpoint, warehouse.url)
        with shop.calling() as calling:
            calling.owe_changes()
        remove_endpoint(endpoint, actor=LINH, at=shop.clock())
        shop.tell()
    assert warehouse.heard == []
    assert not SealedValue.objects.filter(trait="webhook_secret").exists()
    with pytest.raises(NotFoundError):
        list_deliveries(endpoint)


def test_a_test_reaches_even_one_that_is_paused(shop: Shop) -> None:
    with receiving(500, 200) as warehouse:
        endpoint = shop.register(warehouse.url)
        pause(endpoint, actor=LINH, at=shop.clock())
        for key in ("msg_test_1", "msg_test_2"):
            send_test(endpoint, key=key, actor=LINH, at=shop.clock())
            shop.tell()
    assert [(one.id, one.told["type"]) for one in warehouse.heard] == [
        ("msg_test_1", "webhook.test"),
        ("msg_test_2", "webhook.test"),
    ]
    told = [(one.state, one.status) for one in shop.deliveries(endpoint)]
    assert told == [("done", 500), ("done", 200)]
    assert get_endpoint(endpoint).state == "paused"


def test_at_most_so_many_a_second(shop: Shop) -> None:
    shop.keeping.add("Người mua", BUYERS)
    with receiving() as warehouse:
        shop.register(warehouse.url, per_second=2)
        for number in range(5):
            buy(shop.keeping.line, f"u{number}", f"W-{number}")
        shop.keeping.keep()
        heard = []
        with shop.calling() as calling:
            for _ in range(3):
                calling.finish()
                heard.append(len(warehouse.heard))
                shop.clock.advance(seconds=1)
    assert heard == [2, 4, 5]


def test_many_are_told_over_few_connections(shop: Shop) -> None:
    shop.keeping.add("Người mua", BUYERS)
    with receiving() as warehouse:
        endpoint = shop.register(warehouse.url, per_second=200)
        for number in range(30):
            buy(shop.keeping.line, f"u{number}", f"W-{number}")
        shop.keeping.keep()
        shop.tell()
    assert len(set(warehouse.ids)) == 30
    assert warehouse.connections <= 8
    assert get_endpoint(endpoint).counts == {"done": 30}


def one_owed(shop: Shop, number: str) -> int:
    """An endpoint that is to hear that chị Hoa became a buyer."""
    shop.keeping.add("Người mua", BUYERS)
    with receiving() as nobody:
        endpoint = shop.register(nobody.url)
    buy(shop.keeping.line, "hoa", number)
    shop.keeping.keep()
    return endpoint


def move(endpoint: int, url: str) -> None:
    from khachquen.activate.webhooks.models import Endpoint

    Endpoint.objects.filter(pk=endpoint).update(url=url)
