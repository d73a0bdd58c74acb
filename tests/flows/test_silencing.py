"""Many people are left alone at once, as if each had been: a hundred at a time, never twice."""

from typing import Any

import pytest
from django.test import Client

from khachquen.base import ConflictError, InputError
from khachquen.flows import silencing
from khachquen.flows.agreeing import keys_of, leave_alone
from khachquen.flows.finding import Wanted
from khachquen.flows.silencing import ask_to_silence, kinds_of
from khachquen.govern import create_user, list_audit
from khachquen.govern.consent.models import Suppression
from khachquen.govern.consent.suppressing import list_suppressed, suppress
from khachquen.store.jobs import Runner, cancel, get_job, list_jobs
from khachquen.unify.profiles import get_profile
from tests.clock import FrozenClock
from tests.flows.test_tagging import regulars
from tests.web.segmented import keep_segments

pytestmark = pytest.mark.django_db
BY, WHY = "hoa@example.vn", "khách nhờ qua tổng đài"


def ask(clock: FrozenClock, wanted: Wanted, confirmed: int, **told: Any) -> int:
    asked = {"way": "stop", "why": WHY, **told}
    return ask_to_silence(wanted, confirmed=confirmed, by=BY, clock=clock, **asked).id


def finish(clock: FrozenClock, job: int) -> None:
    """Each engine does one part and is killed."""
    for _ in range(40):
        if not get_job(job).is_open:
            return
        Runner(kinds_of(clock)).advance(clock())
    raise AssertionError("it never ends")


def reasons(profile_id: int) -> list[tuple[str, str]]:
    return [(one.channel, one.reason) for one in list_suppressed(keys_of(get_profile(profile_id)))]


def test_everybody_found_is_left_alone_once_whoever_is_killed_and_written_to_again(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars(25, clock)
    monkeypatch.setattr(silencing, "_PART", 10)
    leave_alone(get_profile(7), why="gặp ở quầy", actor="nam@example.vn", clock=clock)
    suppress(keys_of(get_profile(8)), channel="email", reason="complained", at=clock())

    job = ask(clock, Wanted(search="hoa"), 25)
    finish(clock, job)

    done = get_job(job)
    assert (done.state, done.done, done.result) == ("done", 25, 24), "one of them was already"
    assert all(("any", "do_not_contact") in reasons(n) for n in range(1, 26))
    assert Suppression.objects.filter(reason="do_not_contact").count() == 25
    assert Suppression.objects.get(by="nam@example.vn").detail == "gặp ở quầy"
    told = [one for one in list_audit(60) if one.action == "person.leave_alone"]
    assert [one.subject for one in told if one.actor == BY] == [
        f"profile:{n}" for n in range(25, 0, -1) if n != 7
    ]
    [asked] = [one for one in list_audit(60) if one.action == "people.silence"]
    assert asked.detail == {
        "way": "stop", "why": WHY, "people": 25, "who": "known", "searched": True, "filters": 0,
    }  # fmt: skip

    back = ask(clock, Wanted(search="hoa"), 25, way="again", why="nhầm danh sách")
    finish(clock, back)
    assert get_job(back).result == 25
    assert [reasons(n) for n in (1, 7, 25)] == [[], [], []]
    assert reasons(8) == [("email", "complained")], "what they did themselves stays"


def test_another_number_than_confirmed_or_no_reason_does_nothing(clock: FrozenClock) -> None:
    regulars(3, clock)
    with pytest.raises(ConflictError) as others:
        ask(clock, Wanted(), 2)
    with pytest.raises(InputError) as unsaid:
        ask(clock, Wanted(), 3, why="  ")

    assert others.value.message.en == "2 people were confirmed, and 3 are found now."
    assert unsaid.value.code == "people.no_why"
    assert (list_jobs(), list_audit(5), Suppression.objects.count()) == ([], [], 0)


def test_stopped_half_way_the_rest_is_still_written_to(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars(9, clock)
    keep_segments(clock())
    monkeypatch.setattr(silencing, "_PART", 4)
    job = ask(clock, Wanted(ids=(1, 2, 3, 4, 5, 6), who="all"), 6)
    engine = Runner(kinds_of(clock))
    engine.advance(clock())
    cancel(job, at=clock())
    engine.advance(clock())

    assert [bool(reasons(n)) for n in (1, 4, 5, 6, 9)] == [True, True, False, False, False]
    assert get_job(job).state == "cancelled"


def test_the_page_says_how_many_before_anything_is_asked(
    clock: FrozenClock, client: Client
) -> None:
    regulars(4, clock)
    keep_segments(clock())
    user = create_user(email=BY, password="mot-mat-khau-dai", is_admin=False, at=clock())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    told = {"q": "hoa", "all": "1", "act": "leave_alone"}
    html = client.post("/customers/many", told).content.decode()
    assert "Không liên hệ 4 người" in html
    assert 'name="confirmed" value="4"' in html
    assert 'name="q" value="hoa"' in html
    assert list_jobs() == []

    refused = client.post("/customers/many", {**told, "confirmed": "3", "why": WHY}, follow=True)
    assert "Bạn xác nhận 3 người, nay tìm thấy 4." in refused.content.decode()
    assert list_jobs() == []

    ticked = client.post("/customers/many", {"person": ["1", "3"], "act": "leave_alone"})
    assert "Không liên hệ 2 người" in ticked.content.decode()
    done = {"person": ["1", "3"], "act": "leave_alone", "confirmed": "2", "why": WHY}
    page = client.post("/customers/many", done, follow=True).content.decode()
    assert "Đang ghi không liên hệ" in page
    finish(clock, list_jobs()[0].id)
    assert [bool(reasons(n)) for n in (1, 2, 3, 4)] == [True, False, True, False]


def test_who_is_not_signed_in_silences_nobody(clock: FrozenClock, client: Client) -> None:
    regulars(2, clock)
    told = {"all": "1", "act": "leave_alone", "confirmed": "2", "why": WHY}
    answer = client.post("/customers/many", told)
    assert (answer.status_code, list_jobs()) == (302, [])
    assert Suppression.objects.count() == 0
