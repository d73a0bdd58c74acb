"""Nothing owed is lost across kill -9: whoever goes on sends it, under the id it had."""

import itertools
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from khachquen.activate.webhooks import get_endpoint
from khachquen.store import forget_reader
from khachquen.understand.segments import list_segments
from tests.clock import FrozenClock
from tests.flows.called import Shop, inside_allowed
from tests.flows.line import Line
from tests.flows.test_kill import die, in_a_process
from tests.flows.test_refreshing import BUYERS, RECENT, Keeping, buy, person
from tests.flows.test_segments_are_true import happen
from tests.laws import tries
from tests.receiver import Receiver, receiving

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
POINTS = [
    "look",
    "owe",
    "commit_owed",
    "claim",
    "commit_claim",
    "begin_calls",
    "answered",
    "settle",
    "commit_settled",
]
CALLED = POINTS.index("begin_calls")


@pytest.fixture
def shop(data: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with inside_allowed(monkeypatch, data):
        yield Shop(Keeping(Line(data, clock)))


def tell_and_die(shop: Shop, point: str) -> None:
    def work() -> None:
        forget_reader()
        with shop.calling(after_step=lambda name: die() if name == point else None) as calling:
            calling.finish()

    assert in_a_process(work) == -signal.SIGKILL


def check_all_told(shop: Shop, warehouse: Receiver, endpoint: int, users: list[str]) -> None:
    told = {one.id: one.told["data"]["profile_id"] for one in warehouse.heard}
    assert sorted(told.values()) == sorted(person(f"user:{user}") for user in users)
    assert {one.key for one in shop.deliveries(endpoint)} == set(told)
    assert get_endpoint(endpoint).counts == {"done": len(users)}
    bodies: dict[str, set[bytes]] = {}
    for one in warehouse.heard:
        bodies.setdefault(one.id, set()).add(one.body)
    assert all(len(said) == 1 for said in bodies.values())


@pytest.mark.parametrize("point", POINTS)
def test_killed_after_a_step_everything_owed_is_told(shop: Shop, point: str) -> None:
    shop.keeping.add("Người mua", BUYERS)
    with receiving() as warehouse:
        endpoint = shop.register(warehouse.url)
        users = ["hoa", "lan", "nam"]
        for user in users:
            buy(shop.keeping.line, user, f"W-{user}")
        shop.keeping.keep()
        tell_and_die(shop, point)
        assert not warehouse.heard or POINTS.index(point) >= CALLED

        shop.tell()
        shop.clock.advance(seconds=61)  # the claim of the dead one runs out
        shop.tell()
    check_all_told(shop, warehouse, endpoint, users)
    twice = len(warehouse.heard) - len(set(warehouse.ids))
    assert twice <= (3 if POINTS.index(point) >= CALLED else 0)


def test_killed_again_and_again_everything_owed_is_told(shop: Shop) -> None:
    shop.keeping.add("Người mua", BUYERS)
    users = []
    with receiving() as warehouse:
        endpoint = shop.register(warehouse.url)
        for number, point in enumerate(itertools.chain(POINTS, POINTS)):
            users.append(f"u{number}")
            buy(shop.keeping.line, users[-1], f"W-{number}")
            shop.keeping.keep()
            tell_and_die(shop, point)
            shop.clock.advance(seconds=61)
        shop.tell()
        shop.clock.advance(seconds=61)
        shop.tell()
    check_all_told(shop, warehouse, endpoint, users)


STEPS = ("visit", "stranger", "buy", "cancel", "tell", "join", "part", "undo", "time", "join files")


@settings(
    max_examples=tries(6),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(seed=st.integers(0, 2**32), n=st.integers(4, 14))
def test_what_is_owed_is_what_entered_and_left(shop: Shop, seed: int, n: int) -> None:
    """Random histories with late events, merges, files joined, and looks at odd moments."""
    chance = random.Random(seed)
    line, keeping = shop.keeping.line, shop.keeping
    with receiving() as everything, receiving() as some:
        if not (known := {one.name: one.id for one in list_segments()}):
            known = {"buyers": keeping.add("buyers", BUYERS)}
            keeping.add("recent", RECENT)
        buyers = known["buyers"]
        for _ in range(3):
            happen(line, chance.choice(STEPS), chance)
        keeping.keep()
        [(before,)] = line.ask("SELECT coalesce(max(seq), 0) FROM membership_changes")
        every = shop.register(everything.url, per_second=200)
        few = shop.register(some.url, segments=(buyers,), kinds=("segment.entered",))
        for _ in range(n):
            happen(line, chance.choice(STEPS), chance)
            if chance.random() < 0.7:
                keeping.keep()
            if chance.random() < 0.5:
                with shop.calling() as calling:
                    calling.owe_changes()
        keeping.keep()
        shop.tell()
        asked = f"FROM membership_changes WHERE seq > {before}"
        changes = "SELECT seq, segment_id, profile_id, is_in"
        wanted = line.ask(f"{changes} {asked} ORDER BY ALL")
        entered = [row for row in wanted if row[1] == buyers and row[3]]
        assert _told(shop, every) == wanted
        assert _told(shop, few) == entered


def _told(shop: Shop, endpoint: int) -> list[tuple[int, int, int, bool]]:
    return sorted(
        (
            one.data["sequence"],
            one.data["segment"]["id"],
            one.data["profile_id"],
            one.kind == "segment.entered",
        )
        for one in shop.deliveries(endpoint)
    )
