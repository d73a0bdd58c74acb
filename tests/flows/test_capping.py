"""Nobody hears from the shop more often than the law, the shop and they themselves want."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from khachquen.activate.campaigns.capping import Caps
from khachquen.activate.campaigns.claiming import claim, rehearse
from khachquen.activate.campaigns.models import Account, Recipient, Run
from khachquen.activate.campaigns.people import Hours
from khachquen.govern.consent import Told, record
from khachquen.unify.models import Node, Profile, Trait
from tests.flows.post import add_account, add_people, add_person, add_run, ends

pytestmark = pytest.mark.django_db(transaction=True)

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
NEVER_QUIET = Hours(0, 0, SAIGON)
LEASE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def account(now: datetime) -> Account:
    return add_account(25, at=now)


def take(run: Run, caps: Caps, now: datetime, *, owner: str = "kho:1") -> list[int]:
    """Who of a run is taken now, by person."""
    ready = claim(run, owner=owner, most=100, hours=NEVER_QUIET, caps=caps, now=now, lease=LEASE)
    return [one.person.id for one in ready]


def agree(key: str, at_most: int, per_days: int, *, at: datetime) -> None:
    told = Told(
        [key], "ads", "granted", ["email"], method="web_form", at=at, at_most=at_most,
        per_days=per_days,
    )  # fmt: skip
    record([told], now=at)


def test_the_shops_own_caps_hold_in_24_hours_and_in_7_days(account: Account, now: datetime) -> None:
    hoa = add_people("Nguyễn Thị Hoa", at=now)
    caps = Caps(per_24_hours=1, per_7_days=2)
    days = [0, 0.9, 1.1, 3, 6.9, 7.2]
    taken = []
    for days_later in days:
        at = now + days_later * DAY
        taken.append(take(add_run(account, hoa, at=at), caps, at))
    assert taken == [[1], [], [1], [], [], [1]]
    reasons = Recipient.objects.order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == ["", "capped", "", "capped", "capped", ""]


def test_a_calendar_day_is_one_of_the_clock_of_who_gets_it(account: Account, now: datetime) -> None:
    """At 23:30 in Sài Gòn it is tomorrow already in Tokyo: chị Lan there may get one more."""
    hoa, lan = people = add_people("Hoa", "Lan", at=now)
    Trait.objects.create(
        node_id=lan, name="timezone", source_id=1, value='"Asia/Tokyo"', at=now, message_id="m"
    )
    caps = Caps(ads_in_24_hours=0, per_day=1)
    noon = datetime(2026, 11, 20, 12, tzinfo=SAIGON).astimezone(UTC)
    assert take(add_run(account, people, at=noon), caps, noon) == [hoa, lan]
    late = noon + timedelta(hours=11, minutes=30)
    assert take(add_run(account, people, at=late), caps, late) == [lan]
    morning = noon + timedelta(hours=12)
    assert take(add_run(account, people, at=morning), caps, morning) == [hoa]


def test_how_often_somebody_agreed_to_is_kept_even_where_the_shop_has_no_cap(
    account: Account, now: datetime
) -> None:
    people = add_people("Hoa", "Nam", agree=False, at=now)
    agree("email:khach-1@example.vn", 1, 30, at=now)
    agree("email:khach-2@example.vn", 2, 7, at=now)
    taken = []
    for days_later in (0, 2, 5, 8, 31):
        at = now + days_later * DAY
        taken.append(take(add_run(account, people, at=at), Caps(), at))
    assert taken == [[1, 2], [2], [], [2], [1, 2]]
    skipped = Recipient.objects.filter(state="skipped").values_list("reason", flat=True)
    assert Counter(skipped) == {"capped_by_agreement": 4}


def test_who_agreed_anew_to_more_gets_more_and_a_merge_takes_the_stricter_side(
    account: Account, now: datetime
) -> None:
    hoa = add_people("Hoa", agree=False, at=now)
    agree("email:khach-1@example.vn", 1, 30, at=now)
    assert take(add_run(account, hoa, at=now), Caps(), now) == [1]
    later = now + DAY
    agree("email:khach-1@example.vn", 3, 7, at=later)
    assert take(add_run(account, hoa, at=later), Caps(), later) == [1]
    agree("email:hoa.cu@example.vn", 1, 30, at=now)
    add_person(2, "Hoa cũ", "hoa.cu@example.vn", at=now)
    Node.objects.filter(pk=2).update(profile_id=1)
    Profile.objects.filter(pk=2).update(merged_into=1)
    run = add_run(account, hoa, at=later)
    assert take(run, Caps(), later) == []
    assert ends(run)[1] == ("skipped", "capped_by_agreement")
    Node.objects.filter(pk=2).update(profile_id=2)
    Profile.objects.filter(pk=2).update(merged_into=None)
    assert take(add_run(account, hoa, at=later), Caps(), later) == [1]


def test_another_address_of_the_same_person_is_no_way_around_the_shops_cap(
    account: Account, now: datetime
) -> None:
    hoa = add_people("Hoa", at=now)
    assert take(add_run(account, hoa, at=now), Caps(per_24_hours=1), now) == [1]
    Profile.objects.filter(pk=1).update(email="hoa@nhamay.vn")
    agree("email:hoa@nhamay.vn", 100, 1, at=now)
    Node.objects.create(
        id=9, key="email:hoa@nhamay.vn", kind="email", profile_id=1, first_seen=now, last_seen=now
    )
    run = add_run(account, hoa, at=now)
    assert take(run, Caps(per_24_hours=1), now) == []
    assert ends(run)[1] == ("skipped", "capped")


def test_letters_that_are_no_advertising_fill_no_cap_and_are_held_by_none(
    account: Account, now: datetime
) -> None:
    hoa = add_people("Hoa", at=now)
    caps = Caps(per_24_hours=1)
    receipts = [add_run(account, hoa, at=now, purpose="service") for _ in range(3)]
    assert [take(run, caps, now) for run in receipts] == [[1], [1], [1]]
    assert take(add_run(account, hoa, at=now), caps, now) == [1]


def test_the_rehearsal_says_who_has_had_enough(account: Account, now: datetime) -> None:
    people = add_people("Hoa", "Nam", at=now)
    agree("email:khach-2@example.vn", 1, 7, at=now)
    run = add_run(account, people, at=now)
    take(run, Caps(per_24_hours=1), now)
    told = {"hours": NEVER_QUIET, "now": now}
    found = rehearse(run.campaign, people, caps=Caps(per_24_hours=1), **told)
    assert (found["capped"], found["ready"]) == (2, 0)
    found = rehearse(run.campaign, people, caps=Caps(), **told)
    assert (found["capped_by_agreement"], found["ready"]) == (1, 1)


def test_runs_and_senders_at_once_never_pass_a_cap(account: Account, now: datetime) -> None:
    """Eight sendings to the same twenty people, taken by eight senders at the same moment."""
    people = add_people(*["Khách"] * 20, at=now)
    for number in range(11, 21):
        agree(f"email:khach-{number}@example.vn", 1, 7, at=now)
    runs = [add_run(account, people, at=now) for _ in range(8)]

    def work(number: int) -> list[int]:
        try:
            return take(runs[number], Caps(per_24_hours=2), now, owner=f"kho:{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as senders:
        taken = Counter(person for had in senders.map(work, range(8)) for person in had)
    assert taken == {person: 2 if person <= 10 else 1 for person in people}
    held = Recipient.objects.filter(reserved_at__isnull=False)
    assert held.count() == 30
    reasons = Recipient.objects.filter(state="skipped").values_list("reason", flat=True)
    assert Counter(reasons) == {"capped": 60, "capped_by_agreement": 70}


def test_what_people_had_is_found_by_their_address_however_long_the_run(
    account: Account, now: datetime
) -> None:
    """Not by the run: a million letters would be gone through for each handful of them."""
    hoa = add_people("Nguyễn Thị Hoa", at=now)
    run = add_run(account, hoa, at=now)
    with CaptureQueriesContext(connection) as asked:
        assert take(run, Caps(per_24_hours=1), now) == hoa
    had = [one["sql"] for one in asked if '"reserved_at" >=' in one["sql"]]
    assert len(had) == 2
    assert not any(" OR " in sql for sql in had)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            plans = [str(cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()) for sql in had]
        assert "SEARCH campaigns_recipient USING INDEX recipient_caps (address=?" in plans[0]
        assert "SEARCH campaigns_recipient USING INDEX recipient_person (person_id=?" in plans[1]
