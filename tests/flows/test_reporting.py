"""What came of a campaign of six: chị Hoa clicked, looked and bought; two were held out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from khachquen.activate.campaigns.models import Outcome, Recipient, Run
from khachquen.activate.campaigns.planning import save_plan
from khachquen.activate.campaigns.report_counts import Scope, list_people
from khachquen.activate.campaigns.report_figures import Counts, sum_all
from khachquen.base import InputError
from khachquen.flows.reporting import (
    Cost,
    Earned,
    Report,
    Wish,
    list_behind,
    read_wish,
    report_campaign,
)
from khachquen.store import forget_reader
from khachquen.unify.models import Profile
from tests.flows.post import add_account, add_people, add_run
from tests.rows import Row, event_row
from tests.web.story import write_lake

pytestmark = pytest.mark.django_db
HOA, NAM, MAI, LAN, BINH, CUC = range(1, 7)


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
    return report_campaign(settings.CONFIG, wish, now=now + timedelta(days=20))


def test_a_campaign_is_followed_from_its_audience_to_its_orders(run: Run, now: datetime) -> None:
    tell_story(run, now)
    found = report(run, now)
    assert found.counts == Counts(
        targeted=6, sent=4, skipped=2, tracked=4, delivered=4, opened=3, clicked=2,
        clicked_opened=1, opened_tracked=3, clicked_tracked=2, visited=1, acted=1, ordered=1,
        unsubscribed=1,
    )  # fmt: skip
    assert found.earned == [Earned("VND", 1.0, 900_000, 100_000)]
    assert found.earned[0].net_minor == 800_000
    assert found.links == {"1": 2, "2": 1}
    assert found.reasons == [("skipped", "holdout", 2)]
    assert sum_all(found.parts["domain"].values()) == found.counts
    opened, clicked = (sum(hours) for hours in zip(*found.hours, strict=True))
    assert (opened, clicked) == (3, 2)
    assert report(run, now, days=14).earned == [Earned("VND", 2.0, 1_600_000, 100_000)]


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
