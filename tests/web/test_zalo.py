"""Chị Hoa connects the shop's account on Zalo, looks at a template, and makes a campaign of it."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.campaigns.models import Campaign
from khachquen.activate.zalo.accounts import add_oa
from khachquen.activate.zalo.models import MessageTemplate, OfficialAccount
from khachquen.base import system_clock
from khachquen.base.config import Egress, Sending, Server, Zalo
from khachquen.govern.consent import Told, record
from khachquen.store import forget_reader
from khachquen.store.touched import touch
from khachquen.understand.segments import add_segment
from khachquen.unify.models import Node, Profile
from tests.activate.zalo.fake import (
    APP_ID,
    APP_SECRET,
    FIRST,
    HOOK_SECRET,
    OA_ID,
    FakeZalo,
    event,
    signature,
    zalo_server,
)
from tests.web.segmented import keep_segments

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNT = {
    "name": "Gốm Mộc trên Zalo",
    "oa_id": OA_ID,
    "app_id": APP_ID,
    "app_secret": APP_SECRET,
    "hook_secret": HOOK_SECRET,
    "refresh_token": FIRST,
    "per_second": "10",
}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeZalo]:
    """A Zalo on this machine, and a lake of its own."""
    made = FakeZalo()
    with zalo_server(made) as url:
        told = replace(
            settings.CONFIG,
            data=tmp_path,
            sending=Sending(quiet_from=0, quiet_until=0, processes=1),
            server=Server(base_url="https://gom-moc.example"),
            egress=Egress(inside=["127.0.0.0/8"]),
            zalo=Zalo(url, url),
        )
        monkeypatch.setattr(settings, "CONFIG", told)
        forget_reader()
        yield made
        forget_reader()


def add_hoa(now: datetime) -> None:
    key = "phone:+84912000001"
    Profile.objects.create(
        id=1,
        name="Nguyễn Thị Hoa",
        phone=key[6:],
        is_known=True,
        first_seen=now,
        last_seen=now,
    )
    Node.objects.create(id=1, key=key, kind="phone", profile_id=1, first_seen=now, last_seen=now)
    record([Told([key], "care", "granted", ["zalo"], method="web_form", at=now)], now=now)


def test_from_the_account_to_a_campaign(desk: Client, fake: FakeZalo, now: datetime) -> None:
    assert desk.post("/zalo", ACCOUNT).status_code == 302
    oa = OfficialAccount.objects.get()
    assert desk.post(f"/zalo/{oa.pk}/read").status_code == 302
    page = desk.get("/zalo").content.decode()
    for words in (
        "Xác nhận đơn hàng",
        "Giao dịch",
        "300 đ",
        "còn 500 trong 500 tin",
        f"https://gom-moc.example/hooks/zalo/{OA_ID}",
    ):
        assert words in page
    for secret in (APP_SECRET, HOOK_SECRET, FIRST, fake.access):
        assert secret not in page

    add_hoa(now)
    touch([1], at=now, moved=[1])
    known = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
    segment = add_segment("Khách quen", known, actor="hoa@nhamay.vn", at=now)
    keep_segments(now)
    template = MessageTemplate.objects.get()
    told = {
        "name": "Đơn đã gửi",
        "segment_id": segment.id,
        "purpose": "care",
        "from_customer_name": "name",
        "else_customer_name": "quý khách",
        "else_order_code": "KQ-2026",
    }
    address = f"/zalo/templates/{template.pk}"
    looked = desk.post(address, {**told, "do": "look"}).content.decode()
    assert "customer_name: Nguyễn Thị Hoa" in looked
    assert Campaign.objects.count() == 0
    made = desk.post(address, {**told, "do": "make"})
    campaign = Campaign.objects.get()
    assert made["Location"] == f"/campaigns/{campaign.pk}"
    shown = desk.get(f"/campaigns/{campaign.pk}").content.decode()
    assert "300 đ (300 đ một tin)" in shown
    assert "Gốm Mộc trên Zalo" in shown


def test_a_second_account_of_the_same_number_is_refused_beside_its_field(
    desk: Client, fake: FakeZalo
) -> None:
    desk.post("/zalo", ACCOUNT)
    answer = desk.post("/zalo", {**ACCOUNT, "name": "Khác"})
    assert answer.status_code == 400
    assert "Đã có tài khoản như vậy." in answer.content.decode()
    assert OfficialAccount.objects.count() == 1


def test_what_zalo_says_of_a_wrong_token_is_shown(desk: Client, fake: FakeZalo) -> None:
    desk.post("/zalo", {**ACCOUNT, "refresh_token": "dùng rồi"})
    answer = desk.post(f"/zalo/{OfficialAccount.objects.get().pk}/read", follow=True)
    assert "Zalo chưa trả lời: -124" in answer.content.decode()
    desk.post(f"/zalo/{OfficialAccount.objects.get().pk}/read", {"refresh_token": FIRST})
    assert MessageTemplate.objects.count() == 1


def test_an_event_is_answered_without_a_sign_in_and_a_forged_one_is_not(
    stranger: Client, fake: FakeZalo
) -> None:
    add_oa(ACCOUNT, by="hoa@nhamay.vn", at=system_clock())
    raw = event(system_clock(), event_name="follow", follower={"id": "2468"})

    def post(body: bytes, sign: str, oa: str = OA_ID) -> int:
        headers = {"X-ZEvent-Signature": sign}
        kind = "application/json"
        answer = stranger.post(f"/hooks/zalo/{oa}", body, content_type=kind, headers=headers)
        return answer.status_code

    assert post(raw, signature(raw)) == 200
    assert post(raw + b" ", signature(raw)) == 403
    assert post(raw, signature(raw), oa="1") == 403
    assert post(b"x" * 70_000, signature(raw)) == 413
    assert stranger.get(f"/hooks/zalo/{OA_ID}").status_code == 405


def begun(desk: Client) -> str:
    """The address on Zalo, from an account that was added without a token."""
    desk.post("/zalo", {**ACCOUNT, "refresh_token": ""})
    page = desk.post(f"/zalo/{OfficialAccount.objects.get().pk}/connect").content.decode()
    found = re.search(r'href="(http[^"]+/v4/oa/permission[^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def test_zalo_is_asked_for_its_permission_and_the_tokens_are_kept_locked(
    desk: Client, fake: FakeZalo
) -> None:
    url = begun(desk)
    assert "Chưa kết nối" in desk.get("/zalo").content.decode()
    brought = fake.permit(url)
    assert fake.sent_back_to == "https://gom-moc.example/zalo/callback"
    assert desk.get("/zalo/callback", brought)["Location"] == "/zalo"
    oa = OfficialAccount.objects.get()
    assert fake.access not in oa.access_token
    assert desk.post(f"/zalo/{oa.pk}/read").status_code == 302
    assert MessageTemplate.objects.count() == 1
    page = desk.get("/zalo").content.decode()
    assert "Đã kết nối với Zalo." in page
    assert "Chưa kết nối" not in page


def test_what_was_begun_is_answered_once(desk: Client, fake: FakeZalo) -> None:
    brought = fake.permit(begun(desk))
    desk.get("/zalo/callback", brought)
    kept = OfficialAccount.objects.values().get()
    again = desk.get("/zalo/callback", brought, follow=True).content.decode()
    assert "không phải do bạn vừa bắt đầu" in again
    assert OfficialAccount.objects.values().get() == kept
    assert fake.refusals == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": "doan-mo"}, "không phải do bạn vừa bắt đầu"),
        ({"state": ""}, "không phải do bạn vừa bắt đầu"),
        ({"code": ""}, "Zalo chưa được cho phép."),
        ({"code": "code-khac"}, "Zalo không nhận mã: -14019 Invalid authorization code."),
        ({"oa_id": "99"}, "của một OA khác"),
    ],
)
def test_an_answer_that_is_not_the_one_waited_for_connects_nobody(
    desk: Client, fake: FakeZalo, change: dict[str, str], words: str
) -> None:
    brought = {**fake.permit(begun(desk)), **change}
    page = desk.get("/zalo/callback", brought, follow=True).content.decode()
    assert words in html.unescape(page)
    assert OfficialAccount.objects.get().refresh_token == ""
    # Whatever it was, it used up what was begun: guessing goes on with nothing.
    assert "zalo_asking" not in desk.session


def test_who_says_no_or_takes_too_long_or_comes_in_another_browser_is_not_connected(
    desk: Client, stranger: Client, fake: FakeZalo, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = begun(desk)
    no = desk.get("/zalo/callback", fake.permit(url, says_yes=False), follow=True)
    assert "Zalo chưa được cho phép." in no.content.decode()

    desk.post(f"/zalo/{OfficialAccount.objects.get().pk}/connect")
    session = desk.session
    session["zalo_asking"] = {
        **session["zalo_asking"],
        "at": (system_clock() - timedelta(minutes=11)).isoformat(),
    }
    session.save()
    state = {"state": session["zalo_asking"]["state"], "code": "code-1", "oa_id": OA_ID}
    late = desk.get("/zalo/callback", state, follow=True).content.decode()
    assert "đã quá 10 phút" in late

    elsewhere = stranger.get("/zalo/callback", fake.permit(url))
    assert elsewhere["Location"].startswith("/sign-in?next=")
    assert desk.head("/zalo/callback").status_code == 405
    assert OfficialAccount.objects.get().refresh_token == ""
    assert fake.tokens == 0


def test_a_code_that_ran_out_or_is_taken_twice_at_zalo_is_said(
    desk: Client, fake: FakeZalo
) -> None:
    brought = fake.permit(begun(desk))
    fake.codes.clear()  # ten minutes are over there
    page = desk.get("/zalo/callback", brought, follow=True).content.decode()
    assert "Zalo không nhận mã: -14019" in page
    assert OfficialAccount.objects.get().refresh_token == ""


def test_without_an_address_of_its_own_a_shop_pastes_a_token(
    desk: Client, fake: FakeZalo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, server=Server()))
    desk.post("/zalo", {**ACCOUNT, "refresh_token": ""})
    oa = OfficialAccount.objects.get()
    page = desk.post(f"/zalo/{oa.pk}/connect", follow=True).content.decode()
    assert "chưa có địa chỉ để Zalo quay lại" in page
    desk.post(f"/zalo/{oa.pk}/read", {"refresh_token": FIRST})
    assert MessageTemplate.objects.count() == 1
