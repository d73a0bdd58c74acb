"""The page a letter of a sign-up leads to: looked at by anybody, answered by POST only."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.campaigns.models import Account
from khachquen.activate.confirmations import Asking, Limits, owe_letter
from khachquen.activate.confirmations.models import Confirmation
from khachquen.base import Text
from khachquen.base.config import Server
from khachquen.collect import find_or_create_source
from khachquen.collect.forms import get_form
from khachquen.govern.consent import Addressee, may_send
from khachquen.govern.consent.links import Links
from khachquen.govern.consent.purposes import list_texts, publish_text
from khachquen.web.pages import confirming, sign_up
from khachquen.web.pages import forms as forms_page
from tests.clock import FrozenClock
from tests.web.test_forms import FILLED, MADE

pytestmark = pytest.mark.django_db
LAN = "email:lan@nhamay.vn"
WORDS = Text(vi="Gửi tôi tin khuyến mãi.", en="Send me offers.")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, data: Path) -> FrozenClock:
    clock = FrozenClock()
    server = Server(base_url="https://khach.nhamay.vn")
    here = SimpleNamespace(CONFIG=replace(settings.CONFIG, data=data, server=server))
    for page in (confirming, sign_up, forms_page):
        monkeypatch.setattr(page, "settings", here)
        monkeypatch.setattr(page, "system_clock", clock)
    publish_text("ads", WORDS, by="hoa@example.vn", at=clock())
    return clock


@pytest.fixture
def account(now: datetime) -> Account:
    return Account.objects.create(
        name="Nhà May", host="mail.nhamay.vn", from_address="tin@nhamay.vn", created_at=now
    )


@pytest.fixture
def path(now: datetime) -> str:
    """Where chị Lan's letter leads to."""
    told = {"purpose": "ads", "channels": ["email"], "text_version": 1,
            "text_digest": list_texts("ads")[0].digest, "at_most": 4, "per_days": 30}  # fmt: skip
    source = find_or_create_source(name="Biểu mẫu", kind="form", at=now)
    asking = Asking("m", "nhan-tin", "Nhận tin <b>mới</b>", source.pk, LAN, "lan@nhamay.vn",
                    [told], {}, "vi", 1, None)  # fmt: skip
    assert owe_letter(asking, Limits(), at=now) == ""
    url = Links(confirming.settings.CONFIG).confirm_url(Confirmation.objects.get().pk)
    return url.removeprefix("https://khach.nhamay.vn")


def may(now: datetime) -> bool:
    return may_send("ads", "email", Addressee(LAN, [LAN]), now=now).may


def test_a_scanner_that_opens_every_link_confirms_nothing(
    stranger: Client, path: str, now: datetime
) -> None:
    for _ in range(20):
        for answer in (stranger.get(path), stranger.head(path), stranger.get(f"{path}?answer=yes")):
            assert answer.status_code == 200
            assert not answer.cookies
    assert stranger.post(path).status_code == 400
    assert stranger.post(path, {"answer": "maybe"}).status_code == 400
    assert (Confirmation.objects.get().answer, may(now)) == ("", False)


def test_she_reads_what_she_signed_up_for_presses_once_and_may_press_again(
    stranger: Client, path: str, now: datetime
) -> None:
    said = stranger.get(path).content.decode()
    assert "l•••@nhamay.vn" in said
    assert "lan@nhamay.vn" not in said
    assert "Gửi tôi tin khuyến mãi." in said
    assert "Nhiều nhất 4 tin trong 30 ngày." in said
    assert "Nhận tin &lt;b&gt;mới&lt;/b&gt;" in said
    assert "<script" not in said
    for _ in range(2):
        answer = stranger.post(path, {"answer": "yes"})
        assert answer.status_code == 200
        assert "Từ giờ cửa hàng được gửi tin tới l•••@nhamay.vn." in answer.content.decode()
    assert may(now)
    assert "Đã xác nhận" in stranger.get(path).content.decode()
    assert "Confirmed" in stranger.get(f"{path}?lang=en").content.decode()


def test_it_was_not_them(stranger: Client, path: str, now: datetime) -> None:
    assert "không hỏi lại nữa" in stranger.post(path, {"answer": "no"}).content.decode()
    stranger.post(path, {"answer": "yes"})
    assert (Confirmation.objects.get().answer, may(now)) == ("no", False)


def test_after_a_week_it_says_so_and_a_forged_one_leads_nowhere(
    stranger: Client, path: str, clock: FrozenClock
) -> None:
    assert stranger.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    assert stranger.get("/confirm/1").status_code == 404
    clock.advance(days=7)
    for answer in (stranger.get(path), stranger.post(path, {"answer": "yes"})):
        assert "Liên kết đã hết hạn" in answer.content.decode()
    assert (Confirmation.objects.get().answer, may(clock())) == ("", False)


def test_a_new_form_asks_the_mailbox_as_soon_as_there_is_an_account(
    desk: Client, stranger: Client, account: Account, clock: FrozenClock
) -> None:
    assert 'name="confirm"' in (page := desk.get("/forms/new").content.decode())
    assert 'id="id_confirm" checked' in page or "checked" in page.split('name="confirm"')[1][:80]
    told = {**MADE, "confirm": "on", "confirm_account": str(account.pk), "confirm_template": ""}
    assert desk.post("/forms/new", told).status_code == 302
    found = get_form("nhan-tin").wish.confirm
    assert found is not None
    assert (found.account_id, found.template_id) == (account.pk, None)

    given = stranger.get("/f/nhan-tin").content.decode().split('name="kq_pass" value="')[1]
    clock.advance(minutes=1)
    answer = stranger.post("/f/nhan-tin", {**FILLED, "kq_pass": given.partition('"')[0]})
    assert (answer.status_code, answer["Location"]) == (303, "/f/nhan-tin/thanks?confirm=1")
    assert "hãy mở hộp thư" in stranger.get(answer["Location"]).content.decode()
    assert Confirmation.objects.get().address == "lan@nhamay.vn"
    assert "Thư đang chờ gửi 1" in desk.get("/forms/nhan-tin").content.decode()

    edit = desk.get("/forms/nhan-tin/edit").content.decode()
    assert "checked" in edit.split('name="confirm"')[1][:80]
    off = {key: value for key, value in told.items() if key != "confirm"}
    assert desk.post("/forms/nhan-tin/edit", off).status_code == 302
    assert get_form("nhan-tin").wish.confirm is None


def test_without_an_account_or_an_address_of_ours_it_cannot_be_asked_for(
    desk: Client, account: Account, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    here = SimpleNamespace(CONFIG=replace(settings.CONFIG, data=data))
    monkeypatch.setattr(forms_page, "settings", here)
    told = {**MADE, "confirm": "on", "confirm_account": str(account.pk)}
    answer = desk.post("/forms/new", told)
    assert answer.status_code == 400
    assert "Đặt server.base_url." in answer.content.decode()
    account.delete()
    assert "Cần một tài khoản gửi thư trước đã." in desk.get("/forms/new").content.decode()
