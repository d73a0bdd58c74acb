"""What came of a campaign of six: chị Hoa clicked, looked and bought; two were held out."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.conf import settings

from khachquen.activate.campaigns.models import Outcome, Recipient, Run
from khachquen.activate.campaigns.planning import save_plan
from khachquen.activate.campaigns.report_counts import Scope, find_letters, list_people
from khachquen.activate.campaigns.report_figures import Counts, sum_all
from khachquen.base import InputError, to_micros
from khachquen.flows.dividing import CLASSES, divide_few
from khachquen.flows.reporting import (
    Cost,
    Earned,
    Report,
    Wish,
    count_report,
    credits_behind,
    list_behind,
    read_wish,
)
from khachquen.store import ask, forget_reader
from khachquen.store.lake import add_segments
from khachquen.store.lake.writing import write_changes
from khachquen.understand.classes import current_classes
from khachquen.understand.classes.data import cuts_as_data
from khachquen.understand.classes.models import Scored
from khachquen.understand.query.classes import Cuts
from khachquen.understand.query.classing import compile_classes
from khachquen.unify.models import Profile
from tests.flows.post import add_account, add_people, add_run
from tests.rows import Row, event_row
from tests.web.story import write_lake

pytestmark = pytest.mark.django_db
HOA, NAM, MAI, LAN, BINH, CUC = range(1, 7)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture(autouse=True)
def _lake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=tmp_path))
    forget_reader()
    yield
    forget_reader()


@pytest.fixture
def run(now: datetime) -> Run:
    people = add_people("Hoa", "Nam", "Mai", "Lan", "Bình", "Cúc", at=now)
    run = add_run(add_account(1, at=now), people, at=now, holdout_percent=30)
    rows = Recipient.objects.filter(run=run)
    rows.update(state="sent", is_tracked=True, ended_at=now, address="khach@gmail.com")
    rows.filter(person_id__in=(BINH, CUC)).update(state="skipped", reason="holdout", address="")
    rows.filter(person_id=LAN).update(address="lan@example.vn")
    Run.objects.filter(pk=run.pk).update(began_at=now, ended_at=now, state="done")
    return Run.objects.get(pk=run.pk)


def heard(run: Run, person: int, kind: str, at: datetime, detail: str = "") -> int:
    letter = Recipient.objects.get(run=run, person_id=person)
    Outcome.objects.create(recipient=letter, kind=kind, detail=detail, first_at=at, last_at=at)
    return letter.pk


def bought(number: int, person: int, at: datetime, total: int, **rest: Any) -> Row:
    told = {"type": "track", "name": "Order Completed", "trusted": True, "currency": "VND",
            "profile_id": person, "node_id": person, "order_number": f"HD{number}",
            "total_minor": total, "units": 1}  # fmt: skip
    return event_row(number, at, **(told | rest))


def tell_story(run: Run, now: datetime) -> None:
    hour = timedelta(hours=1)
    for person in (HOA, NAM, MAI):
        heard(run, person, "opened", now + hour)
    heard(run, HOA, "clicked", now + hour, "1")
    heard(run, HOA, "clicked", now + 2 * hour, "2")
    heard(run, LAN, "clicked", now + 3 * hour, "1")
    heard(run, MAI, "unsubscribed", now + hour)
    write_lake(
        [
            event_row(1, now + hour, profile_id=HOA, node_id=HOA),
            bought(2, HOA, now + 5 * hour, 900_000),
            bought(3, HOA, now + 6 * hour, 100_000, name="Order Refunded", order_number="HD2"),
            bought(4, NAM, now + 5 * hour, 400_000),  # opened and did not click
            bought(5, CUC, now + 5 * hour, 200_000),  # held out
            bought(6, LAN, now + timedelta(days=8), 700_000),  # too late for seven days
        ]
    )


def report(run: Run, now: datetime, **more: Any) -> Report:
    wish = Wish(Scope(run.campaign_id), **more)
    return count_report(settings.CONFIG, wish, now=now + timedelta(days=20))


def test_a_campaign_is_followed_from_its_audience_to_its_orders(run: Run, now: datetime) -> None:
    tell_story(run, now)
    found = report(run, now)
    assert found.counts == Counts(
        targeted=6, sent=4, skipped=2, tracked=4, personal=4, delivered=4, opened=3, clicked=2,
        clicked_opened=1, opened_tracked=3, clicked_tracked=2, visited=1, acted=1, ordered=1,
        unsubscribed=1,
    )  # fmt: skip
    assert found.earned == [Earned("VND", 1.0, 900_000, 100_000)]
    assert found.earned[0].net_minor == 800_000
    assert found.links == {"": {"1": 2, "2": 1}}
    assert found.reasons == [("skipped", "holdout", 2)]
    assert sum_all(one.counts for one in found.parts["domain"].values()) == found.counts
    domains = {part: one.earned[0].net_minor for part, one in found.parts["domain"].items()}
    assert domains == {"gmail.com": 800_000, "example.vn": 0, "": 0}
    opened, clicked = (sum(hours) for hours in zip(*found.hours, strict=True))
    assert (opened, clicked) == (3, 2)
    assert report(run, now, days=14).earned == [Earned("VND", 2.0, 1_600_000, 100_000)]


def belongs(segment: int, at: datetime, *people: int, is_in: bool = True, seq: int = 1) -> None:
    """They entered a segment, or left it, at a moment."""
    told = {
        "segment_id": np.full(len(people), segment),
        "profile_id": np.array(people),
        "is_in": np.full(len(people), is_in),
        "at": np.full(len(people), to_micros(at)),
        "cause": np.zeros(len(people), dtype=np.int64),
        "seq": np.full(len(people), seq),
    }
    lake = settings.CONFIG.data / "lake"
    add_segments(write_changes(lake, told, label=f"s-{segment}-{seq}"), at=at)


def score_people(at: datetime) -> None:
    """Where the scores of RFM begin, as if many had bought."""
    cuts = Cuts((20, 50, 90, 200), (2, 3, 5, 9), (10**6, 3 * 10**6, 6 * 10**6, 10**7))
    Scored.objects.create(at=at, people=100, cuts=cuts_as_data(cuts))


def test_segments_are_those_of_when_the_audience_was_written_down(run: Run, now: datetime) -> None:
    """Chị Hoa and Lan love ceramics; Hoa is a regular too, and was one only until after the letter.
    Mai had left by then, Nam came too late."""
    tell_story(run, now)
    day = timedelta(days=1)
    belongs(4, now - 9 * day, HOA, LAN, MAI)
    belongs(4, now - day, MAI, is_in=False, seq=2)
    belongs(4, now + day, NAM, seq=3)
    belongs(9, now - day, HOA)
    belongs(9, now + day, HOA, is_in=False, seq=2)
    found = report(run, now)
    assert found.parts["segment"].keys() == {"4", "9", ""}
    told = {
        part: (c.targeted, c.sent, c.opened, c.clicked, c.ordered, one.earned[0].net_minor)
        for part, one in found.parts["segment"].items()
        for c in (one.counts,)
    }
    assert told == {
        "4": (2, 2, 1, 2, 1, 800_000),
        "9": (1, 1, 1, 1, 1, 800_000),  # Hoa, in both
        "": (4, 2, 2, 0, 0, 0),
    }
    wish = Wish(Scope(run.campaign_id))
    for part, one in found.parts["segment"].items():
        for key in ("targeted", "sent", "opened", "clicked", "visited", "ordered"):
            behind = list_behind(wish, key, part=("segment", part))
            assert len(behind) == getattr(one.counts, key), (part, key)
        orders = credits_behind(wish, ("segment", part))
        assert len(orders) == one.counts.ordered


def test_classes_are_those_of_before_the_letter(run: Run, now: datetime) -> None:
    """Hoa had not bought for half a year: the order the letter brought does not make her active.
    What Lan bought and took back later still stood then; Nam had cancelled before."""
    tell_story(run, now)
    day = timedelta(days=1)
    write_lake(
        [
            bought(20, HOA, now - 190 * day, 6_000_000),
            bought(21, LAN, now - 40 * day, 12_000_000),
            bought(22, LAN, now + day, 12_000_000, name="Order Refunded", order_number="HD21"),
            bought(23, NAM, now - 10 * day, 2_000_000),
            bought(24, NAM, now - 9 * day, 0, name="Order Cancelled", order_number="HD23"),
            bought(25, MAI, now - 5 * day, 500_000),
        ]
    )
    found = report(run, now)
    people = {HOA: "Hoa", LAN: "Lan", MAI: "Mai", NAM: "Nam", BINH: "Bình", CUC: "Cúc"}
    wish = Wish(Scope(run.campaign_id))

    def who(split: str) -> dict[str, list[str]]:
        return {
            part: [
                people[one.person_id] for one in list_behind(wish, "targeted", part=(split, part))
            ]
            for part in found.parts[split]
        }

    assert who("stage") == {
        "lost": ["Hoa"],
        "active": ["Lan"],
        "new": ["Mai"],
        "": ["Nam", "Bình", "Cúc"],
    }
    assert who("value_tier") == {
        "gold": ["Hoa"],
        "vip": ["Lan"],
        "member": ["Mai"],
        "": ["Nam", "Bình", "Cúc"],
    }
    assert found.parts["stage"]["lost"].earned[0].net_minor == 800_000
    for split in ("stage", "value_tier"):
        assert sum_all(one.counts for one in found.parts[split].values()) == found.counts
    assert not found.parts["rfm"]  # nobody has been scored
    score_people(now)
    assert sum_all(one.counts for one in report(run, now).parts["rfm"].values()) == found.counts


def test_classes_at_the_letter_are_what_the_shop_would_have_said_then(
    run: Run, now: datetime
) -> None:
    """The same expressions, asked of everybody as of that moment."""
    dice = random.Random(4)
    orders = []
    for number in range(100, 130):
        at = now - timedelta(days=dice.randrange(1, 300), minutes=dice.randrange(1440))
        orders.append(
            bought(number, dice.randrange(HOA, CUC + 1), at, dice.randrange(1, 90) * 10**5)
        )
    write_lake(orders)
    score_people(now)
    found = divide_few(find_letters([one.pk for one in Recipient.objects.all()]), CLASSES)
    values = []  # of each buyer, as the mirror would have held it then
    for person in {one["profile_id"] for one in orders}:
        own = [one for one in orders if one["profile_id"] == person]
        first, last = (pick(one["at"] for one in own) for pick in (min, max))
        spent = sum(one["total_minor"] for one in own)
        values.append(
            f"({person}, make_timestamp({first}), make_timestamp({last}), {len(own)}, {spent})"
        )
    asked = compile_classes(current_classes(), now=now, timezone="Asia/Ho_Chi_Minh")
    people = (
        "with people(profile_id, first_order_at, last_order_at, orders, spent_minor) as "
        f"(values {', '.join(values)}) {asked.sql}"
    )
    told = ask(replace(asked, sql=people)).dicts()
    letters = dict(Recipient.objects.values_list("person_id", "pk"))
    assert len(told) == len(values)
    for row in told:
        for split in CLASSES:
            assert found[split][letters[row["profile_id"]]] == [row[split] or ""], (row, split)


def test_the_goal_stands_beside_what_was_reached_in_its_unit(run: Run, now: datetime) -> None:
    tell_story(run, now)
    assert report(run, now).goal is None
    by = now.astimezone(HANOI).date()

    def reached(goal: str, wanted: int, **more: Any) -> tuple[float, float, bool]:
        told = {"goal": goal, "goal_number": wanted, **more}
        save_plan(run.campaign_id, told, by="hoa@gom-moc.example", at=now)
        found = report(run, now, days=14).goal
        assert found
        assert (found.key, found.wanted) == (goal, wanted)
        return found.reached, found.in_time, found.is_met

    assert reached("orders", 2) == (2, 2, True)
    assert reached("orders", 2, goal_by=by) == (2, 1, False)  # Lan bought eight days later
    assert reached("revenue", 800_000, goal_by=by) == (1_500_000, 800_000, True)
    assert reached("buyers", 3, goal_by=None) == (2, 2, False)
    assert reached("clicks", 2) == (2, 2, True)
    assert reached("visits", 2) == (1, 1, False)
    assert reached("sign_ups", 1) == (0, 0, False)
    write_lake(
        [event_row(40, now + timedelta(hours=2), type="track", name="Signed Up", profile_id=HOA)]
    )
    assert reached("sign_ups", 1) == (1, 1, True)


def test_a_sending_programs_begin_is_read_letter_by_letter(run: Run, now: datetime) -> None:
    """Its audience is never written down: each letter's own moment counts."""
    tell_story(run, now)
    day = timedelta(days=1)
    Run.objects.filter(pk=run.pk).update(is_triggered=True)
    Recipient.objects.filter(run=run, person_id=NAM).update(ended_at=now + 5 * day)
    belongs(4, now + day, HOA, NAM)
    found = report(run, now).parts["segment"]
    assert {part: one.counts.targeted for part, one in found.items()} == {"4": 1, "": 5}
    wish = Wish(Scope(run.campaign_id))
    behind = list_behind(wish, "targeted", part=("segment", "4"))
    assert [one.person_id for one in behind] == [NAM]


def test_what_letters_cost_stands_beside_what_they_brought(run: Run, now: datetime) -> None:
    tell_story(run, now)
    assert report(run, now).cost is None  # nobody said what a letter costs
    told = {"cost_each": 500, "budget": 5_000}
    save_plan(run.campaign_id, told, by="hoa@gom-moc.example", at=now)
    cost = report(run, now).cost
    assert cost == Cost("VND", spent_minor=2_000, budget_minor=5_000, net_minor=800_000)
    assert cost.per_unit == 399.0
    save_plan(run.campaign_id, {"cost_each": 0}, by="hoa@gom-moc.example", at=now)
    free = report(run, now).cost
    assert free
    assert free.per_unit is None


def test_those_held_out_say_what_would_have_been_bought_anyway(run: Run, now: datetime) -> None:
    tell_story(run, now)
    lift = report(run, now).lift
    assert lift is not None
    assert (lift.meant.hits, lift.meant.of, lift.held.hits, lift.held.of) == (2, 4, 1, 2)
    assert lift.share.value == 0
    assert lift.worth is not None
    assert lift.worth.value == 1_200_000 / 4 - 200_000 / 2
    assert lift.worth.low < 0 < lift.worth.high
    assert lift.is_over
    Recipient.objects.filter(reason="holdout").update(reason="capped")
    assert report(run, now).lift is None


def test_another_campaigns_later_click_takes_the_order_by_the_last_click(
    run: Run, now: datetime
) -> None:
    tell_story(run, now)
    other = add_run(run.account, [HOA], at=now)
    Recipient.objects.filter(run=other).update(state="sent", ended_at=now)
    heard(other, HOA, "clicked", now + timedelta(hours=4), "1")
    sums = {
        model: [report(one, now, model=model).earned[0].gross_minor for one in (run, other)]
        for model in ("last", "first", "linear")
    }
    assert sums == {
        "last": [0, 900_000],
        "first": [900_000, 0],
        "linear": [450_000, 450_000],
    }
    shared = [report(one, now, model="linear").earned[0].orders for one in (run, other)]
    assert shared == [0.5, 0.5]


def test_an_order_is_found_after_two_records_became_one_person(run: Run, now: datetime) -> None:
    tell_story(run, now)
    Profile.objects.create(id=77, name="Hoa", is_known=True, first_seen=now, last_seen=now)
    Profile.objects.filter(id=HOA).update(merged_into=77)
    write_lake(
        [
            bought(90, 77, now + timedelta(days=2), 50_000, node_id=77),
        ]
    )
    assert report(run, now).earned == [Earned("VND", 1.0, 50_000, 0)]


def test_every_count_opens_to_as_many_people(run: Run, now: datetime) -> None:
    tell_story(run, now)
    wish = Wish(Scope(run.campaign_id))
    counts = report(run, now).counts
    for key in ("visited", "acted", "ordered", "clicked", "delivered", "skipped"):
        people = list_behind(wish, key)
        assert len(people) == getattr(counts, key), key
    behind = list_people(wish.scope, "clicked", link="2")
    assert [one.person_id for one in behind] == [HOA]


def test_a_wish_names_what_is_there(run: Run) -> None:
    wish = read_wish(run.campaign_id, {"run": str(run.pk), "days": "30", "model": "linear"})
    assert wish == Wish(Scope(run.campaign_id, run.pk), model="linear", days=30)
    with pytest.raises(InputError, match="model"):
        read_wish(run.campaign_id, {"model": "magic"})
    with pytest.raises(InputError, match="run"):
        read_wish(run.campaign_id, {"run": "999"})
