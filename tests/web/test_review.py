"""The review queue on its page: a pair side by side, an answer, taking it back, who may."""

import html
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from khachquen.govern import list_audit
from khachquen.unify.models import Decision, Profile, Trait
from khachquen.unify.suggestions.models import Run, Suggestion
from khachquen.web.pages import review
from tests.web.story import NOON, node, person

pytestmark = pytest.mark.django_db
ALIKE = [["given", "same", True], ["phone", "other", False], ["birth", "same", True]]


def two_of_hoa(score: float = 0.93) -> Suggestion:
    """Chị Hoa of the till (1) and of the website (2), with the wallet of each."""
    person(1, "Nguyễn Thị Hoa", phone="+84912345678", orders=3, spent_minor=900_000)
    person(2, "Hoa Nguyễn", email="hoa@example.vn", orders=1, spent_minor=50_000)
    node(1, "user:KH-1", 1)
    node(11, "phone:+84912345678", 1)
    node(2, "email:hoa@example.vn", 2)
    for owner, day in ((1, '"1990-03-12"'), (2, '"12/03/1990"')):
        Trait.objects.create(
            node_id=owner, name="birthday", source_id=1, value=day, at=NOON, message_id="m"
        )
    return suggest(1, 2, score)


def suggest(left: int, right: int, score: float, **fields: object) -> Suggestion:
    told = {"run_id": 1, "found_by": "run", "made_at": NOON, "agreements": ALIKE, **fields}
    return Suggestion.objects.create(
        left_id=left, right_id=right, score=score, band=int(score * 10), **told
    )


def words(client: Client, address: str = "/review", status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    text = html.unescape(response.content.decode()).replace("<wbr>", "")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_pair_stands_side_by_side_with_what_agrees_and_what_does_not(desk: Client) -> None:
    two_of_hoa()
    page = words(desk)

    assert "Cặp 1 trên 1" in page
    assert "Chắc 93 % là một người." in page
    assert "Vì tên giống, ngày sinh giống." in page
    assert "Nhưng điện thoại khác." in page
    assert "Họ tên Nguyễn Thị Hoa Hoa Nguyễn" in page
    assert "Ngày sinh 12/03/1990 12/03/1990 giống" in page
    assert "0912 345 678" in page
    assert "900.000" in page


def test_one_person_is_a_decision_with_its_audit_entry_and_can_be_taken_back(desk: Client) -> None:
    row = two_of_hoa()

    page = desk.post(f"/review/{row.pk}", {"said": "join"}, follow=True)

    assert page.redirect_chain == [(f"/review?last={row.pk}", 302)]
    assert "Đã ghi: một người." in page.content.decode()
    [decision] = Decision.objects.all()
    assert (decision.kind, decision.by) == ("together", "hoa@example.vn")
    [audit] = list_audit()
    assert (audit.actor, audit.action) == ("hoa@example.vn", "people.join")

    back = desk.post(f"/review/{row.pk}/undo", follow=True)

    assert "Đã hoàn tác. Cặp này chờ xem lại." in back.content.decode()
    assert [one.kind for one in Decision.objects.order_by("id")] == ["together", "undo"]
    assert "Cặp 1 trên 1" in words(desk)


def test_two_people_and_later(desk: Client) -> None:
    row = two_of_hoa()
    desk.post(f"/review/{row.pk}", {"said": "skip"})
    assert "Không còn cặp nào" not in words(desk)  # nobody was compared yet, says the page
    Run.objects.create(asked_at=NOON, state="done", finished_at=NOON)
    assert "Không còn cặp nào chờ xem" in words(desk)
    assert "Để sau một tuần." in words(desk, f"/review?last={row.pk}")

    desk.post(f"/review/{row.pk}/undo")
    desk.post(f"/review/{row.pk}", {"said": "apart"})

    assert [one.kind for one in Decision.objects.all()] == ["apart"]
    assert "Đã quyết định đây là hai người khác nhau." in words(desk, f"/review?pair={row.pk}")


def test_reading_decides_nothing_and_strangers_neither(desk: Client, client: Client) -> None:
    row = two_of_hoa()

    assert desk.get(f"/review/{row.pk}?said=join").status_code == 405
    assert desk.get(f"/review/{row.pk}/undo").status_code == 405
    assert client.get("/review").status_code == 302
    assert (
        client.post(f"/review/{row.pk}", {"said": "join"})
        .headers["Location"]
        .startswith("/sign-in")
    )
    assert desk.post(f"/review/{row.pk}", {"said": "drop"}).status_code == 302
    assert desk.post("/review/404", {"said": "join"}).status_code == 404
    assert Client(enforce_csrf_checks=True).post(f"/review/{row.pk}").status_code in (302, 403)

    assert not Decision.objects.exists()
    assert Suggestion.objects.get().state == "open"
    assert list_audit() == []


def test_the_surest_tenth_comes_first_and_then_those_who_spent_most(desk: Client) -> None:
    for number, name in ((1, "Lan"), (2, "Lan"), (3, "Mai"), (4, "Mai"), (5, "Chi"), (6, "Chi")):
        person(number, name)
        node(number, f"user:{number}", number)
    suggest(1, 2, 0.91, value_minor=100)
    suggest(3, 4, 0.97, value_minor=50)
    suggest(5, 6, 0.62, value_minor=9_000)

    seen = []
    for row in range(3):
        page = words(desk)
        seen.append(re.search(r"Họ tên (\w+)", page)[1])  # type: ignore[index]  # it is there
        assert f"Cặp {row + 1} trên 3" in page
        [asked] = re.findall(r'action="/review/(\d+)"', desk.get("/review").content.decode())
        desk.post(f"/review/{asked}", {"said": "apart"})

    assert seen == ["Lan", "Mai", "Chi"]


def test_sealed_values_are_masked_here_too(desk: Client) -> None:
    two_of_hoa()
    token = "sealed:national_id:" + "0" * 32
    for owner in (1, 2):
        Trait.objects.create(
            node_id=owner, name="cccd", source_id=1, value=f'"{token}"', at=NOON, message_id="c"
        )
    page = words(desk)

    assert "Giấy tờ" in page
    assert "0" * 32 not in page
    assert "********" in page


def test_a_hostile_name_is_only_a_name(desk: Client) -> None:
    two_of_hoa()
    hostile = "<script>alert(1)</script>"
    Profile.objects.filter(id=2).update(name=hostile)
    assert hostile not in desk.get("/review").content.decode()


def test_the_identity_page_says_who_it_may_be_the_same_as(desk: Client) -> None:
    row = two_of_hoa()
    page = desk.get("/customers/1/identity").content.decode()

    assert "Có thể là một người với" in page
    assert f'href="/review?pair={row.pk}"' in page
    assert 'href="/customers/2"' in page


def test_a_run_is_asked_for_and_stopped(desk: Client) -> None:
    assert "Chưa so khớp lần nào" in words(desk)
    desk.post("/review/run")
    run = Run.objects.get()
    assert (run.state, run.asked_by) == ("asked", "hoa@example.vn")
    assert "Dừng so khớp" in words(desk)

    desk.post("/review/stop")

    assert Run.objects.get().state == "cancelled"
    assert [one.action for one in list_audit()] == ["review.cancel", "review.run"]


def test_without_splink_the_page_says_what_to_install(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "is_splink_missing", lambda: True)
    monkeypatch.setattr(review, "LEARNS_FROM", 2)
    two_of_hoa()
    page = words(desk)

    assert "pip install 'khachquen[matching]'" in page
    assert "So khớp lại" not in page
    assert "Cặp 1 trên 1" in page


def answered(state: str, count: int, score: float, **fields: object) -> None:
    start = 1_000 + 2 * Suggestion.objects.count()
    for number in range(start, start + 2 * count, 2):
        suggest(
            number,
            number + 1,
            score,
            state=state,
            decided_by="hoa@example.vn",
            decided_at=NOON,
            **fields,
        )


def test_answers_are_counted_by_score_and_a_bar_is_only_advised(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered("joined", 37, 0.85)
    answered("apart", 3, 0.85)
    answered("apart", 40, 0.35)
    page = words(desk)

    assert "80 %–90 % 40 37 92 %" in page
    assert "30 %–40 % 40 0 0 %" in page
    assert "Có thể nâng matching.ask_at lên 0.4 để đỡ phải xem." in page

    answered("joined", 80, 0.99, is_sure=True)
    assert "Trong 80 cặp chắc nhất đã xem, 80 là một người." in words(desk)

    matching = replace(settings.CONFIG.matching, join_by_itself=True)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, matching=matching))
    answered("apart", 20, 0.99, is_sure=True)
    assert "Nên nâng matching.join_at lên 0.99, hoặc tắt tự gộp." in words(desk)


def test_what_somebody_else_decided_meanwhile_is_said(desk: Client) -> None:
    row = two_of_hoa()
    Suggestion.objects.update(state="apart", decided_by="linh@nhamay.vn", decided_at=NOON)
    page = desk.post(f"/review/{row.pk}", {"said": "join"}, follow=True)

    assert "Cặp này linh@nhamay.vn đã quyết định rồi." in page.content.decode()
    assert not Decision.objects.exists()


def test_how_far_the_queue_is_counts_answers_since_the_newest_run(desk: Client) -> None:
    two_of_hoa()
    at: datetime = NOON + timedelta(hours=1)
    Run.objects.create(asked_at=at, state="done", finished_at=at)
    answered("apart", 4, 0.9)
    assert "Cặp 1 trên 1" in words(desk)

    Suggestion.objects.filter(state="apart").update(decided_at=at)
    assert "Cặp 5 trên 5" in words(desk)
