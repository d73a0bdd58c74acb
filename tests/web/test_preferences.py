"""The pages behind signed links: opened by anybody who has one, changed by POST alone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client

from khachquen.base import Text, system_clock
from khachquen.govern import User
from khachquen.govern.consent import Addressee, Told, list_words, may_send, record
from khachquen.govern.consent.links import Link, Links
from khachquen.govern.consent.models import ConsentEntry, Subject, Suppression
from khachquen.govern.consent.purposes import publish_text
from khachquen.web.pages import preferences

pytestmark = pytest.mark.django_db
LAN = "email:lan@nhamay.vn"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, data: Path, hoa: User) -> Callable[[Link], str]:
    """Where a link leads, in a shop whose chị Lan agreed to offers by e-mail."""
    config = replace(settings.CONFIG, data=data)
    monkeypatch.setattr(preferences, "settings", SimpleNamespace(CONFIG=config))
    now = system_clock()
    publish_text("ads", Text(vi="Gửi tôi khuyến mãi.", en="Send offers."), by="hoa", at=now)
    record([Told([LAN], "ads", "granted", ["email"], "paper", at_most=4, per_days=30)], now=now)
    return Links(config).path


def may(purpose: str = "ads") -> bool:
    return may_send(purpose, "email", Addressee(LAN, [LAN]), now=system_clock()).may


def test_she_reads_what_she_agreed_to_when_and_in_which_words(
    path: Callable[[Link], str], stranger: Client
) -> None:
    answer = stranger.get(path(Link("p", LAN)))

    html = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert "l•••@nhamay.vn" in html
    assert "lan@nhamay.vn" not in html
    assert 'value="ads:email" checked' in html
    assert "Nhiều nhất 4 tin trong 30 ngày." in html
    assert "Gửi tôi khuyến mãi." in html
    assert "Phiếu giấy" in html
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Frame-Options"] == "DENY"
    assert "Send offers." in stranger.get(path(Link("p", LAN)) + "?lang=en").content.decode()


def test_she_takes_it_back_and_gives_it_again(
    path: Callable[[Link], str], stranger: Client
) -> None:
    where = path(Link("p", LAN))

    answer = stranger.post(where, {"shown": "ads:email", "read": "ads:1"})
    assert "Đã lưu. Có hiệu lực ngay." in answer.content.decode()
    assert not may()
    assert not answer.cookies

    stranger.post(where, {"shown": "ads:email", "yes": "ads:email", "read": "ads:1"})
    assert may()
    assert (
        "Không có gì đổi."
        in stranger.post(where, {"shown": "ads:email", "yes": "ads:email"}).content.decode()
    )
    assert [one.says for one in list_words([LAN])] == ["granted", "withdrawn", "granted"]


def test_stop_everything_is_one_press(path: Callable[[Link], str], stranger: Client) -> None:
    answer = stranger.post(path(Link("p", LAN)), {"act": "stop"})

    html = answer.content.decode()
    assert "Từ giờ cửa hàng không gửi gì cho quý khách nữa" in html
    assert "Đang dừng tất cả" in html
    assert not may()
    assert not may("service")


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
def test_a_mail_program_unsubscribes_with_one_post_and_nothing_else(
    path: Callable[[Link], str], form: str
) -> None:
    where = path(Link("u", LAN, "ads", 7))
    client = Client(enforce_csrf_checks=True)

    if form == "multipart":
        answer = client.post(where, ONE_CLICK)
    else:
        told = "List-Unsubscribe=One-Click"
        answer = client.post(where, told, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200
    assert not answer.cookies
    assert not may()
    assert may("service")
    assert client.post(where, ONE_CLICK).status_code == 200
    assert [one.says for one in list_words([LAN])] == ["withdrawn", "granted"]


@pytest.mark.parametrize("where", ["/u/trial", "/confirm/trial"])
def test_the_links_of_a_letter_on_trial_change_nothing(
    path: Callable[[Link], str], stranger: Client, where: str
) -> None:
    for answer in (stranger.get(where), stranger.post(where, ONE_CLICK | {"answer": "yes"})):
        assert answer.status_code == 200
        assert "Đây là thư thử" in answer.content.decode()
    assert may()


def test_looking_a_hundred_times_changes_nothing(
    path: Callable[[Link], str], stranger: Client
) -> None:
    wheres = [path(Link("u", LAN, "ads", 7)), path(Link("p", LAN))]
    before = [list(model.objects.values()) for model in (ConsentEntry, Subject, Suppression)]

    for _ in range(50):
        for where in wheres:
            assert stranger.get(where + "?List-Unsubscribe=One-Click&act=stop").status_code == 200
            assert stranger.head(where).status_code == 200

    assert before == [list(m.objects.values()) for m in (ConsentEntry, Subject, Suppression)]
    assert may()
    assert stranger.post(wheres[0], {"List-Unsubscribe": "Yes"}).status_code == 400
    assert stranger.delete(wheres[0]).status_code == 405
    assert may()


def test_forged_and_swapped_links_are_not_found_and_change_nothing(
    path: Callable[[Link], str], stranger: Client
) -> None:
    where = path(Link("u", LAN, "ads", 7))
    token = where.removeprefix("/u/")
    forged = [token[:at] + ("b" if token[at] != "b" else "c") + token[at + 1 :]
              for at in range(len(token))]  # fmt: skip

    for one in [*forged, token.replace(".ads.", ".care."), "x", "ă.b", "%00", "a" * 5_000]:
        answer = stranger.post(f"/u/{one}", ONE_CLICK)
        assert answer.status_code == 404, one
        assert not answer.cookies
    assert stranger.post(f"/p/{token}", {"act": "stop"}).status_code == 404
    assert stranger.post(path(Link("p", LAN)).replace("/p/", "/u/"), ONE_CLICK).status_code == 404
    assert may()


def test_mail_providers_send_many_from_one_address(
    path: Callable[[Link], str], stranger: Client
) -> None:
    people = [f"email:khach{number}@nhamay.vn" for number in range(40)]
    record(
        [Told([one], "ads", "granted", ["email"], "paper") for one in people], now=system_clock()
    )

    answers = {stranger.post(path(Link("u", one, "ads")), ONE_CLICK).status_code for one in people}

    assert answers == {200}
    assert {list_words([one])[0].says for one in people} == {"withdrawn"}


def test_she_says_where_she_likes_best_to_hear_from_the_shop(
    path: Callable[[Link], str], stranger: Client, data: Path
) -> None:
    page = path(Link("p", LAN))

    asked = stranger.get(page).content.decode()
    fax = stranger.post(page, {"act": "prefer", "way": "fax"}).content.decode()
    assert not list((data / "log").glob("choice-*"))
    zalo = stranger.post(page, {"act": "prefer", "way": "zalo"}).content.decode()

    assert 'name="way" value="zalo"' in asked
    assert "Kênh nào cũng được" in asked
    assert "Không có gì đổi." in fax
    assert "Đã lưu. Có hiệu lực ngay." in zalo
    assert len(list((data / "log").glob("choice-*"))) == 1
    assert may(), "what she agreed to stands"
