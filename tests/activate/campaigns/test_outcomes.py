"""What was seen of letters, folded: in any order, as often as one likes, always the same rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khachquen.activate.campaigns.models import Outcome, Recipient, Run, Sighting
from khachquen.activate.campaigns.outcome_counts import (
    Happened,
    LinkCount,
    count_links,
    count_outcomes,
    list_happened,
)
from khachquen.activate.campaigns.outcomes import Heard, find_unsubscribed, opened_by, record
from tests.flows.post import add_account, add_people, add_run

pytestmark = pytest.mark.django_db
HOA, NAM, MAI = "Nguyễn Thị Hoa", "Trần Văn Nam", "Lê Thị Mai"


@pytest.fixture
def run(now: datetime) -> Run:
    """Three letters that left at noon."""
    run = add_run(add_account(1, at=now), add_people(HOA, NAM, MAI, at=now), at=now)
    Recipient.objects.filter(run=run).update(state="sent", ended_at=now, is_tracked=True)
    return run


def letter(run: Run, person: int) -> int:
    return Recipient.objects.get(run=run, person_id=person).pk


def rows() -> list[tuple[object, ...]]:
    columns = ("recipient__person_id", "kind", "is_machine", "detail", "times")
    return sorted(Outcome.objects.values_list(*columns, "first_at", "last_at"))


def test_people_count_once_and_machines_apart(run: Run, now: datetime) -> None:
    hoa, nam, mai = (letter(run, person) for person in (1, 2, 3))
    at = now + timedelta(minutes=7)
    record(
        [
            Heard(hoa, "opened", "a", at, seen_as="apple"),
            Heard(hoa, "opened", "b", at + timedelta(hours=1)),
            Heard(hoa, "clicked", "c", at + timedelta(hours=1), "2", links=5),
            Heard(hoa, "clicked", "d", at + timedelta(hours=3), "2", links=5),
            Heard(nam, "opened", "e", at, seen_as="apple"),
            Heard(mai, "bounced", "f", at, "hard"),
            Heard(99_999, "opened", "g", at),
            Heard(mai, "danced", "h", at),
        ]
    )

    counts = count_outcomes(run.pk)
    assert counts["opened"] == Happened(people=1, only_machines=1, times=1)
    assert counts["clicked"] == Happened(people=1, times=2)
    assert counts["bounced"] == Happened(people=1, times=1)
    assert counts["complained"] == Happened()
    assert count_links(run.pk) == [LinkCount("2", 1, 2)]
    assert [one.person_id for one, _ in list_happened(run.pk, "opened")] == [1]
    assert [one.person_id for one, _ in list_happened(run.pk, "opened", only_machines=True)] == [2]
    assert [one.person_id for one, _ in list_happened(run.pk, "clicked", detail="2")] == [1]
    assert list_happened(run.pk, "clicked", detail="1") == []
    assert opened_by(run.pk) == {1}
    click = Outcome.objects.get(kind="clicked")
    assert (click.first_at, click.last_at) == (at + timedelta(hours=1), at + timedelta(hours=3))


def test_a_later_click_shows_that_a_scanner_made_the_earlier_ones(run: Run, now: datetime) -> None:
    hoa, at = letter(run, 1), now + timedelta(seconds=30)
    clicks = [Heard(hoa, "clicked", f"k{n}", at + timedelta(seconds=n), f"{n}", "", 3)
              for n in (1, 2, 3)]  # fmt: skip

    record([Heard(hoa, "opened", "o", at), *clicks[:2]])
    assert count_outcomes(run.pk)["clicked"] == Happened(people=1, times=2)
    assert opened_by(run.pk) == {1}

    record(clicks[2:])
    assert count_outcomes(run.pk)["clicked"] == Happened(only_machines=1)
    assert count_outcomes(run.pk)["opened"] == Happened(only_machines=1)
    assert opened_by(run.pk) == set()


_HEARD = st.builds(
    lambda who, kind, key, s, detail, seen_as: (who, kind, f"k{key}", s, detail, seen_as),
    st.integers(0, 1),
    st.sampled_from(("opened", "clicked", "clicked", "bounced")),
    st.integers(0, 10_000),
    st.integers(0, 90),
    st.sampled_from("123"),
    st.sampled_from(("", "", "", "google", "apple", "trap")),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=st.lists(_HEARD, max_size=14, unique_by=lambda one: one[2]), data=st.data())
def test_any_order_and_any_repetition_gives_the_same_rows(
    run: Run, now: datetime, told: list[tuple[int, str, str, int, str, str]], data: st.DataObject
) -> None:
    letters = (letter(run, 1), letter(run, 2))
    heard = [
        Heard(letters[who], kind, key, now + timedelta(seconds=s), detail, seen_as, 3)
        for who, kind, key, s, detail, seen_as in told
    ]

    def folded(*parts: Sequence[Heard]) -> list[tuple[object, ...]]:
        Outcome.objects.all().delete()
        Sighting.objects.all().delete()
        for part in parts:
            record(part)
        return rows()

    expected = folded(heard)
    cut = data.draw(st.integers(0, len(heard)))
    other = data.draw(st.permutations(heard))
    assert folded(other[:cut], other[cut:], other[: cut + 2], heard) == expected


def test_the_letter_somebody_has_enough_of_is_the_newest_of_that_campaign(now: datetime) -> None:
    account, hoa = add_account(7, at=now), add_people("Hoa", at=now)
    runs = [add_run(account, hoa, at=now) for _ in range(3)]
    Recipient.objects.update(state="sent", address="hoa@example.vn", reserved_at=now)
    first, other, waiting = (Recipient.objects.get(run=run) for run in runs)
    Run.objects.filter(pk=waiting.run_id).update(campaign_id=runs[0].campaign_id)
    Recipient.objects.filter(pk=waiting.pk).update(state="waiting", reserved_at=None)

    with CaptureQueriesContext(connection) as asked:
        assert find_unsubscribed(runs[0].campaign_id, "Hoa@example.vn") == first.pk
    assert find_unsubscribed(runs[1].campaign_id, "hoa@example.vn") == other.pk
    assert find_unsubscribed(runs[0].campaign_id, "nam@example.vn") is None
    if connection.vendor == "sqlite":  # however many the campaign has
        with connection.cursor() as cursor:
            plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}").fetchall())
        assert "SEARCH campaigns_recipient USING INDEX recipient_caps (address=?" in plan
