"""A shop's gateway for texts: a program makes campaigns for it, and it is heard when it proves
itself."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.campaigns.models import Account, Campaign
from khachquen.base import system_clock
from khachquen.base.config import Sms
from khachquen.understand.segments import add_segment
from tests.activate.sms.fake import HOOK_SECRET, NAME, TOKEN, incoming, settings_of, signed
from tests.api.conftest import Caller, caller

__all__ = ["caller"]
pytestmark = pytest.mark.django_db
URL = "https://cong-tin.example/send"
TEXT = "[QC] Gốm mới về. Từ chối: soạn TC gửi 1551"
TOLD = {"name": "Gốm mới", "channel": "sms", "text": TEXT}


@pytest.fixture(autouse=True)
def shop(monkeypatch: pytest.MonkeyPatch, data: Any) -> None:
    config = replace(settings.CONFIG, data=data, sms=settings_of(URL))
    monkeypatch.setattr(settings, "CONFIG", config)


def test_a_program_makes_a_campaign_of_texts_and_sees_what_is_missing(
    caller: Caller, desk: Client
) -> None:
    known = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
    segment = add_segment("Khách quen", known, actor="hoa@nhamay.vn", at=system_clock())
    told = {**TOLD, "segment_id": segment.id}
    status, made = caller.post("campaigns", {**told, "text": "Gốm mới về", "subject": "x"})
    assert (status, made["channel"], len(made["missing"])) == (200, "sms", 2)
    path = f"campaigns/{made['id']}"
    status, made = caller.put(path, {key: told[key] for key in ("name", "text", "segment_id")})
    assert (status, made["missing"]) == (200, [])
    account = Account.objects.get()
    assert (account.channel, account.name, made["account_id"]) == ("sms", f"SMS {NAME}", account.pk)
    assert caller.get(path + "/rehearsal")[0] == 200
    assert desk.get(f"/campaigns/{made['id']}").status_code == 200
    assert desk.get("/campaigns").status_code == 200
    assert desk.get(f"/campaigns/{made['id']}/report").status_code == 200
    assert caller.post(path + "/start", {})[0] == 403  # its token may not send
    page = desk.get("/egress").content.decode()
    assert "cong-tin.example" in page
    assert TOKEN not in page


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"is_triggered": True}, "sms.not_triggered"),
        ({"html": "<p>Gốm</p>"}, "sms.only_text"),
    ],
)
def test_what_a_text_cannot_be_is_refused(caller: Caller, more: Any, code: str) -> None:
    status, said = caller.post("campaigns", {**TOLD, **more})
    assert (status, said["error"]["code"]) == (422, code)
    assert not Campaign.objects.exists()


def test_without_a_gateway_there_are_no_texts(
    caller: Caller, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, sms=Sms()))
    status, said = caller.post("campaigns", TOLD)
    assert (status, said["error"]["code"]) == (422, "sms.not_set_up")
    assert not Account.objects.exists()
    raw = incoming("0912000001", "Có")
    stamp, signature = signed(raw, system_clock(), "")
    headers = {"X-Timestamp": stamp, "X-Signature": signature}
    answer = stranger.post("/hooks/sms/", raw, content_type="application/json", headers=headers)
    assert answer.status_code == 404


def test_what_a_gateway_tells_is_answered_without_a_sign_in_and_a_forgery_is_not(
    stranger: Client,
) -> None:
    raw = incoming("0912000001", "Bình gốm còn không?")

    def post(body: bytes, *, secret: str = HOOK_SECRET, name: str = NAME) -> int:
        stamp, signature = signed(raw, system_clock(), secret)
        headers = {"X-Timestamp": stamp, "X-Signature": f"sha256={signature}"}
        kind = "application/json"
        address = f"/hooks/sms/{name}"
        return stranger.post(address, body, content_type=kind, headers=headers).status_code

    assert post(raw) == 200
    assert post(raw + b" ") == 403
    assert post(raw, secret="khác") == 403
    assert post(raw, name="khac") == 403
    assert post(b"x" * 20_000) == 413
    assert stranger.get(f"/hooks/sms/{NAME}").status_code == 405


def test_no_secret_of_the_gateway_is_printed() -> None:
    told = str(settings.CONFIG.masked())
    assert (HOOK_SECRET in told, TOKEN in told, URL in told) == (False, False, True)


def test_a_text_is_written_in_the_steps_counted_and_held_against_the_law(desk: Client) -> None:
    known = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
    segment = add_segment("Khách quen", known, actor="hoa@nhamay.vn", at=system_clock())
    first = {"name": "Gốm mới", "purpose": "ads", "holdout_percent": "0", "channel": "sms"}
    step = desk.post("/campaigns/new", first | {"segment_id": str(segment.id)})["Location"]
    made = Campaign.objects.get()
    page = desk.get(step).content.decode()
    assert "[QC] GOMMOC:" in page
    assert page.count("Còn thiếu") == 1  # the number a refusal goes to
    assert "từ 7 giờ đến 22 giờ" in page
    assert "nhiều nhất 3 tin" in page

    text = "[QC] GOMMOC: gốm men rạn mới về, mời {{ name | bạn }}. Từ chối: soạn TC gửi 1551"
    page = desk.post(step, {"text": text, "go": "look"}).content.decode()
    assert "80 ký tự, tính tiền 1 tin" in page
    assert "78 ký tự, tính tiền 2 tin" in page
    assert "moi Nguyen Thi Hoa. Tu choi: soan TC gui 1551" in page
    assert "Còn thiếu" not in page
    plain = desk.post(step, {"text": text, "go": "plain"}).content.decode()
    assert "gom men ran moi ve, moi {{ name | ban }}." in plain
    assert Campaign.objects.get().text == ""

    desk.post(step, {"text": text, "go": "next"})
    made.refresh_from_db()
    assert (made.text, made.account and made.account.channel, made.tracks) == (text, "sms", False)
    page = desk.get(f"/campaigns/{made.pk}").content.decode()
    assert "Còn phải" not in page
    assert "Gửi không dấu, tính tiền 1 tin mỗi khách" in page
    assert "Gắn UTM" not in page


def test_what_is_no_advertisement_may_offer_nothing(desk: Client) -> None:
    told = {"name": "Đơn đã giao", "purpose": "care", "holdout_percent": "0", "channel": "sms"}
    step = desk.post("/campaigns/new", told)["Location"]
    page = desk.get(step).content.decode()
    assert "[QC]" not in page
    page = desk.post(step, {"text": "Đơn đã giao. Khuyến mãi 20%!", "go": "look"}).content.decode()
    assert "“khuyen mai” là quảng cáo" in page
    assert "từ 7 giờ" not in page


def test_words_of_a_text_do_not_become_a_letters(desk: Client) -> None:
    told = {"name": "Gốm mới", "purpose": "ads", "holdout_percent": "0"}
    step = desk.post("/campaigns/new", told | {"channel": "sms"})["Location"]
    made = Campaign.objects.get()
    desk.post(step, {"text": TEXT, "go": "next"})
    desk.post(f"/campaigns/{made.pk}/edit/recipients", told | {"channel": "email"})
    made.refresh_from_db()
    assert (made.channel, made.text, made.account) == ("email", "", None)


def test_without_a_gateway_no_text_can_be_chosen(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'value="sms"' in desk.get("/campaigns/new").content.decode()
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, sms=Sms()))
    assert 'value="sms"' not in desk.get("/campaigns/new").content.decode()
