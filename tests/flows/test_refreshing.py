"""Segments are always true: what the round works out about a few is what everybody's answer is."""

import secrets
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import Text, UnavailableError
from khachquen.flows.looking import Refresher
from khachquen.flows.mirroring import MirrorKeeper
from khachquen.flows.refreshing import refresh
from khachquen.store import open_desk
from khachquen.store.touched import load_touched
from khachquen.understand.segments import (
    add_segment,
    change_segment,
    get_segment,
    put_in,
    set_archived,
    size_history,
)
from khachquen.unify.decisions import join_people, undo
from khachquen.unify.models import Node, Profile
from tests.clock import FrozenClock
from tests.flows.line import Line, order, page
from tests.flows.test_deciding import settle

pytestmark = pytest.mark.django_db

BUYERS = {"kind": "did", "event": "Order Completed"}
RECENT = {"kind": "did", "event": "page", "within": {"last": {"n": 7, "unit": "day"}}}


class Keeping:
    """A line whose segments are kept true, as the engine does it."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.start_anew()

    def start_anew(self) -> None:
        """Another engine, which remembers nothing."""
        lake = self.line.data / "lake"
        desk = open_desk(lake, memory_mb=128, threads=1)
        self.refresher = Refresher(MirrorKeeper(lake, lambda: "VND"), desk)

    def keep(self, **options: Any) -> int:
        """Rounds until there is nothing to do; how many did something."""
        rounds = 0
        while refresh(
            self.refresher,
            now=self.line.clock(),
            label=f"r-{secrets.token_hex(6)}",
            **options,
        ):
            rounds += 1
            assert rounds < 50
        return rounds

    def add(self, name: str, rule: dict[str, Any] | None) -> int:
        made = add_segment(name, rule, actor="linh", at=self.line.clock())
        self.keep()
        return made.id

    def members(self, segment_id: int) -> list[int]:
        sql = f"SELECT profile_id FROM memberships WHERE segment_id = {segment_id} ORDER BY 1"
        return [person for (person,) in self.line.ask(sql)]

    def changes(self, segment_id: int) -> list[tuple[Any, ...]]:
        return self.line.ask(
            "SELECT profile_id, is_in, cause FROM membership_changes"
            f" WHERE segment_id = {segment_id} ORDER BY seq, profile_id"
        )


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


@pytest.fixture
def keeping(line: Line) -> Keeping:
    return Keeping(line)


def buy(line: Line, user: str, number: str, total: int = 100_000, **rest: Any) -> None:
    line.till(order(number, total, messageId=f"m-{number}", userId=user, **rest))
    line.take_in()


def person(key: str) -> int:
    return Node.objects.get(key=key).profile_id


def test_who_buys_enters_and_the_row_says_by_what(line: Line, keeping: Keeping) -> None:
    line.website(page("a-nam", messageId="m-1"))
    line.take_in()
    buyers = keeping.add("Người mua", BUYERS)
    assert keeping.members(buyers) == []

    buy(line, "hoa", "W-1")
    assert keeping.keep() == 1

    hoa = person("user:hoa")
    assert keeping.members(buyers) == [hoa]
    assert keeping.changes(buyers) == [(hoa, True, "event")]
    view = get_segment(buyers)
    assert (view.size, view.state, view.as_of) == (1, "live", line.clock())
    assert [(day.size, day.entered, day.left) for day in size_history(buyers)] == [(1, 1, 0)]
    assert load_touched().rows == 0


def test_who_was_there_before_the_segment_is_found_by_looking_at_everybody(
    line: Line, keeping: Keeping
) -> None:
    buy(line, "hoa", "W-1")
    buyers = keeping.add("Người mua", BUYERS)
    assert keeping.changes(buyers) == [(person("user:hoa"), True, "rule")]


def test_a_member_leaves_when_the_window_passes_and_nothing_happens(
    line: Line, keeping: Keeping
) -> None:
    recent = keeping.add("Mới ghé", RECENT)
    line.website(page("a-nam", messageId="m-1"))
    line.take_in()
    keeping.keep()
    nam = person("anonymous:a-nam")
    assert keeping.members(recent) == [nam]

    line.clock.advance(days=6, hours=23)
    keeping.keep()
    assert keeping.members(recent) == [nam]
    line.clock.advance(hours=1, seconds=2)
    keeping.keep()
    assert keeping.members(recent) == []
    assert keeping.changes(recent) == [(nam, True, "event"), (nam, False, "time")]


def test_a_short_window_passes_without_looking_at_everybody(line: Line, keeping: Keeping) -> None:
    rule = {"kind": "did", "event": "page", "within": {"last": {"n": 2, "unit": "hour"}}}
    recent = keeping.add("Vừa ghé", rule)
    line.website(page("a-nam", messageId="m-1"))
    line.take_in()
    keeping.keep()
    for live in keeping.refresher.live.values():
        live.whole_at = None  # never again
    line.clock.advance(hours=2, seconds=1)
    assert keeping.keep() == 1
    assert keeping.members(recent) == []


def test_an_engine_that_starts_anew_changes_nothing_that_is_true(
    line: Line, keeping: Keeping
) -> None:
    buyers = keeping.add("Người mua", BUYERS)
    recent = keeping.add("Mới ghé", RECENT)
    buy(line, "hoa", "W-1")
    line.website(page("a-nam", messageId="m-1"))
    line.take_in()
    keeping.keep()
    before = keeping.changes(buyers), keeping.changes(recent)

    keeping.start_anew()
    keeping.keep()
    assert (keeping.changes(buyers), keeping.changes(recent)) == before

    line.clock.advance(days=8)
    keeping.start_anew()
    keeping.keep()
    assert keeping.members(recent) == []
    assert keeping.changes(recent)[-1] == (person("anonymous:a-nam"), False, "time")


def test_a_merge_takes_both_sides_along_and_comes_back_exactly(
    line: Line, keeping: Keeping
) -> None:
    twice = keeping.add(
        "Mua hai lần", {"kind": "did", "event": "Order Completed", "is": "at_least", "value": 2}
    )
    once = keeping.add("Người mua", BUYERS)
    buy(line, "hoa", "W-1")
    buy(line, "lan", "W-2")
    keeping.keep()
    hoa, lan = person("user:hoa"), person("user:lan")
    assert (keeping.members(once), keeping.members(twice)) == ([hoa, lan], [])

    act = settle(line, partial(join_people, hoa, lan))
    keeping.keep()
    assert (keeping.members(once), keeping.members(twice)) == ([hoa], [hoa])
    assert keeping.changes(once)[-1] == (lan, False, "merge")

    settle(line, partial(undo, act))
    keeping.keep()
    assert (keeping.members(once), keeping.members(twice)) == ([hoa, lan], [])


def test_who_comes_in_by_time_and_is_merged_in_one_round_was_never_in(
    line: Line, keeping: Keeping
) -> None:
    """An engine that starts looks at everybody as listed, then at whoever changed since."""
    quiet = keeping.add("Vắng ba ngày", {"kind": "not", "of": RECENT})
    line.till(page("a-hoa", messageId="m-1", userId="hoa"))
    line.till(page("a-lan", messageId="m-2", userId="lan"))
    line.take_in()
    keeping.keep()
    hoa, lan = person("user:hoa"), person("user:lan")
    assert keeping.members(quiet) == []

    line.clock.advance(hours=24 * 8)
    settle(line, partial(join_people, hoa, lan))
    keeping.start_anew()
    keeping.keep()

    assert keeping.members(quiet) == [hoa]
    assert [one for one in keeping.changes(quiet) if one[0] == lan] == []


def test_another_rule_is_another_version_for_everybody(line: Line, keeping: Keeping) -> None:
    buyers = keeping.add("Người mua", BUYERS)
    buy(line, "hoa", "W-1")
    buy(line, "lan", "W-2", total=900_000)
    keeping.keep()
    rich = {"kind": "trait", "trait": "spent", "is": "at_least", "value": 500_000}
    change_segment(buyers, name="Mua nhiều", rule=rich, actor="linh", at=line.clock())
    keeping.keep()
    assert keeping.members(buyers) == [person("user:lan")]
    assert keeping.changes(buyers)[-1] == (person("user:hoa"), False, "rule")


def test_a_segment_of_segments_follows_in_the_same_round(line: Line, keeping: Keeping) -> None:
    buyers = keeping.add("Người mua", BUYERS)
    others = keeping.add(
        "Xem mà không mua",
        {
            "kind": "all",
            "of": [
                {"kind": "did", "event": "page"},
                {"kind": "not", "of": {"kind": "segment", "segment": buyers}},
            ],
        },
    )
    line.website(page("a-hoa", messageId="m-1", userId="hoa"))
    line.take_in()
    keeping.keep()
    hoa = person("user:hoa")
    assert keeping.members(others) == [hoa]

    buy(line, "hoa", "W-1")
    assert keeping.keep() == 1
    assert (keeping.members(buyers), keeping.members(others)) == ([hoa], [])


def test_a_list_made_by_hand_goes_with_its_people(line: Line, keeping: Keeping) -> None:
    buy(line, "hoa", "W-1")
    buy(line, "lan", "W-2")
    keeping.keep()
    hoa, lan = person("user:hoa"), person("user:lan")
    guests = keeping.add("Khách mời", None)
    assert put_in(guests, [lan], actor="linh", at=line.clock()) == 1
    assert put_in(guests, [lan], actor="linh", at=line.clock()) == 0
    keeping.keep()
    assert keeping.changes(guests) == [(lan, True, "manual")]

    act = settle(line, partial(join_people, hoa, lan))
    keeping.keep()
    assert keeping.members(guests) == [hoa]
    settle(line, partial(undo, act))
    keeping.keep()
    assert keeping.members(guests) == [lan]


def test_what_is_archived_is_empty_and_what_is_restored_full_again(
    line: Line, keeping: Keeping
) -> None:
    buyers = keeping.add("Người mua", BUYERS)
    buy(line, "hoa", "W-1")
    keeping.keep()
    set_archived(buyers, True, actor="linh", at=line.clock())
    keeping.keep()
    assert keeping.members(buyers) == []
    set_archived(buyers, False, actor="linh", at=line.clock())
    keeping.keep()
    assert keeping.members(buyers) == [person("user:hoa")]


def test_a_refund_nobody_is_named_in_counts_for_who_bought(line: Line, keeping: Keeping) -> None:
    rule = {"kind": "bought", "measure": "spent", "is": "at_least", "value": 80_000}
    rich = keeping.add("Chi nhiều", rule)
    buy(line, "hoa", "W-1")
    keeping.keep()
    assert keeping.members(rich) == [person("user:hoa")]
    line.till(
        {
            "type": "track",
            "event": "Order Refunded",
            "messageId": "m-back",
            "userId": "till-3",
            "properties": {"order_id": "W-1", "total": 50_000},
        }
    )
    line.take_in()
    keeping.keep()
    assert keeping.members(rich) == []


def test_midnight_turns_what_goes_by_the_calendar(line: Line, keeping: Keeping) -> None:
    today = keeping.add("Ghé hôm nay", {"kind": "did", "event": "page", "within": {"this": "day"}})
    line.website(page("a-nam", messageId="m-1"))
    line.take_in()
    keeping.keep()
    assert keeping.members(today) == [person("anonymous:a-nam")]
    line.clock.advance(hours=14, minutes=59)  # 23:59 in Hanoi
    keeping.keep()
    assert len(keeping.members(today)) == 1
    line.clock.advance(minutes=1, seconds=1)
    keeping.keep()
    assert keeping.members(today) == []


def test_people_are_those_of_the_shop(line: Line, keeping: Keeping) -> None:
    everybody = keeping.add("Mọi người", {"kind": "all", "of": []})
    for n in range(3):
        line.website(page(f"a-{n}", messageId=f"m-{n}"))
    line.take_in()
    keeping.keep()
    known = Profile.objects.filter(merged_into=None).order_by("id").values_list("id", flat=True)
    assert keeping.members(everybody) == list(known)
    assert timedelta(0) == line.clock() - get_segment(everybody).as_of


def test_a_rule_the_engine_refuses_fails_alone(line: Line, monkeypatch: Any) -> None:
    keeping = Keeping(line)
    buyers, recent = keeping.add("Đã mua", BUYERS), keeping.add("Mới ghé", RECENT)
    desk = keeping.refresher.desk
    ask = desk.ask_arrays

    def refuse(question: Any) -> Any:
        if "Order Completed" in question.params.values():
            raise UnavailableError("store.question_failed", Text(vi="Không được.", en="No."))
        return ask(question)

    monkeypatch.setattr(desk, "ask_arrays", refuse)
    line.website(page("a-nam", messageId="m-1"))
    line.till(order("D-1", 9000, messageId="m-2", userId="hoa"))
    line.take_in()
    keeping.keep()

    assert (get_segment(buyers).state, keeping.members(buyers)) == ("failed", [])
    assert get_segment(buyers).problem == "Không được."
    nam = Node.objects.get(key="anonymous:a-nam").profile_id
    assert (get_segment(recent).state, keeping.members(recent)) == ("live", [nam])


def test_many_segments_are_asked_in_one_statement(line: Line, monkeypatch: Any) -> None:
    keeping = Keeping(line)
    ids = [
        keeping.add(f"Mua {n} đơn", {**BUYERS, "is": "at_least", "value": n}) for n in range(1, 9)
    ]
    not_once = {"kind": "not", "of": {"kind": "segment", "segment": ids[0]}}
    others = keeping.add("Chưa mua", not_once)
    desk = keeping.refresher.desk
    ask, asked = desk.ask_arrays, []
    monkeypatch.setattr(desk, "ask_arrays", lambda told: (asked.append(told.name), ask(told))[1])
    for n in range(3):
        line.till(order(f"D-{n}", 9000, messageId=f"m-{n}", userId="hoa"))
    line.website(page("a-nam", messageId="m-4"))
    line.take_in()
    keeping.keep()

    hoa, nam = (Node.objects.get(key=key).profile_id for key in ("user:hoa", "anonymous:a-nam"))
    assert [keeping.members(one) for one in ids] == [[hoa]] * 3 + [[]] * 5
    assert keeping.members(others) == [nam]
    assert asked == ["query.together"] * 2  # what asks for a segment comes after it


def test_who_is_due_waits_a_little_for_others(line: Line) -> None:
    keeping = Keeping(line)
    recent = keeping.add("Ghé trong 7 ngày", RECENT)
    keeping.refresher.patience = timedelta(seconds=15)
    line.website(page("a-nam", messageId="m-1"))
    line.take_in()
    keeping.keep()
    nam = Node.objects.get(key="anonymous:a-nam").profile_id
    line.clock.advance(days=6, hours=23, minutes=59, seconds=50)
    keeping.keep()  # everybody, for the day

    line.clock.advance(seconds=12)
    assert (keeping.keep(), keeping.members(recent)) == (0, [nam])
    line.clock.advance(seconds=3)
    keeping.keep()
    assert keeping.members(recent) == []


def test_while_much_waits_a_new_segment_still_gets_its_turn(line: Line) -> None:
    keeping = Keeping(line)
    line.website(page("a-nam", messageId="m-1"))
    line.take_in()
    keeping.keep()
    made = [
        add_segment(name, rule, actor="linh", at=line.clock()).id
        for name, rule in (("Đã mua", BUYERS), ("Mới ghé", RECENT))
    ]

    states = []
    for n in range(2):
        now, label = line.clock(), f"busy-{n}"
        refresh(keeping.refresher, now=now, label=label, is_busy=True)
        states.append([get_segment(one).state for one in made])
    assert states == [["live", "waiting"], ["live", "live"]]


def test_orders_among_some_are_as_all_their_events_tell_them(line: Line) -> None:
    """Of an order some event of which is asked for, every other event counts as well."""
    for number, (name, total) in enumerate(
        [(BUYERS["event"], 9000), ("Order Updated", 11000), ("Order Refunded", 2000)]
    ):
        told = order("D-1", total, messageId=f"m-{number}", userId="hoa")
        line.till({**told, "event": name})
    line.till(order("D-2", 5000, messageId="m-9", userId="lan"))
    line.take_in()

    hit = (
        "WITH hit AS (SELECT source_id, order_number FROM events WHERE name = 'Order Completed'"
        " AND total_minor = 9000) "
    )
    of_all = line.ask("SELECT * FROM orders WHERE number = 'D-1'")
    assert line.ask(f"{hit}SELECT * FROM orders_among('hit')") == of_all
    assert line.ask(f"{hit}SELECT total_minor, refunded_minor FROM orders_among('hit')") == [
        (11000, 2000)
    ]
