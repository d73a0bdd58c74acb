"""Two people for every campaign: a token that may send sends what another person approved."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from khachquen.activate.campaigns import approving
from khachquen.activate.campaigns.models import Account, Approval, Campaign, Recipient, Run
from khachquen.api import campaigns as campaigns_api
from khachquen.base.config import Sending, Server
from khachquen.govern import User, issue_token, list_audit
from khachquen.understand.segments import add_segment, change_segment
from tests.api.conftest import Caller
from tests.clock import FrozenClock

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
WORDS = {"subject": "[QC] Gốm mới", "html": "<p>Chào</p>"}


@pytest.fixture(autouse=True)
def _two_people(monkeypatch: pytest.MonkeyPatch, data: "Path") -> None:
    monkeypatch.setattr(campaigns_api, "system_clock", FrozenClock())
    server = Server(base_url="https://khach.nhamay.vn")
    config = replace(settings.CONFIG, data=data, server=server)
    monkeypatch.setattr(settings, "CONFIG", replace(config, sending=Sending(needs_approval=True)))


@pytest.fixture
def seller(hoa: "User", now: datetime) -> Caller:
    """Chị Hoa's order software, which may send."""
    return Caller(issue_token(hoa, name="Đơn hàng", at=now, scopes=["campaigns:send"]).value)


@pytest.fixture
def nam(hoa: "User", now: datetime) -> "User":
    """The other administrator."""
    return User.objects.create(email="nam@example.vn", is_admin=True, created_at=now)


@pytest.fixture
def told(now: datetime) -> dict[str, Any]:
    """What the campaign is made of."""
    account = Account.objects.create(
        name="Nhà May", host="mail.nhamay.vn", from_address="tin@nhamay.vn", created_at=now
    )
    segment = add_segment("Khách quen", KNOWN, actor="hoa@example.vn", at=now)
    return {"name": "Gốm mới", "account_id": account.pk, "segment_id": segment.id, **WORDS}


@pytest.fixture
def path(seller: Caller, told: dict[str, Any]) -> str:
    status, made = seller.post("campaigns", told)
    assert (status, made["missing"]) == (200, [])
    return f"campaigns/{made['id']}"


def approve(user: "User", at: datetime) -> None:
    """As the button of the page does it."""
    campaign = Campaign.objects.get()
    seen = approving.digest_of(campaign)
    approving.answer(campaign.pk, "approve", seen=seen, user=user, at=at)


def refusal(caller: Caller, path: str) -> tuple[str, str]:
    """Why it does not start; nothing came of asking."""
    before = [(one.state, one.digest) for one in Approval.objects.order_by("pk")]
    runs, audit = Run.objects.count(), len(list_audit())
    status, answer = caller.post(f"{path}/start", {})
    assert status == 403
    assert (Run.objects.count(), Recipient.objects.count()) == (runs, 0)
    assert [(one.state, one.digest) for one in Approval.objects.order_by("pk")] == before
    assert len(list_audit()) == audit
    return answer["error"]["code"], answer["error"]["hint"]


def test_a_key_that_may_send_sends_what_another_person_approved_and_once(
    seller: Caller, path: str, hoa: "User", nam: "User", now: datetime
) -> None:
    assert refusal(seller, path) == ("campaigns.not_approved", "Ask for an approval first.")
    _, none = seller.get(f"{path}/approval")
    assert (none["is_needed"], none["state"], none["asked_at"]) == (True, "none", None)

    status, asked = seller.post(f"{path}/approval", {"note": "Cho thứ Bảy"})
    assert status == 200
    assert (asked["state"], asked["asked_by"], asked["note"]) == (
        "asked", "hoa@example.vn", "Cho thứ Bảy",
    )  # fmt: skip
    waits = ("campaigns.not_approved", "It waits for somebody's approval.")
    assert refusal(seller, path) == waits

    approve(nam, now)
    _, given = seller.get(f"{path}/approval")
    assert (given["state"], given["answered_by"]) == ("approved", "nam@example.vn")
    assert given["digest"] == asked["digest"]
    status, begun = seller.post(f"{path}/start", {})
    assert (status, begun["run"]["state"]) == (200, "scheduled")
    assert seller.get(f"{path}/approval")[1]["state"] == "used"

    Run.objects.update(state="done")
    code, hint = refusal(seller, path)
    assert (code, hint) == (
        "campaigns.not_approved", "The approval was used for the sending before. Ask anew.",
    )  # fmt: skip


@pytest.mark.parametrize("what", ["words", "segment", "sender"])
def test_what_was_changed_after_it_does_not_leave(
    seller: Caller, path: str, told: dict[str, Any], nam: "User", now: datetime, what: str
) -> None:
    seller.post(f"{path}/approval", {})
    approve(nam, now)
    if what == "words":
        assert seller.put(path, told | {"subject": "[QC] Giảm nửa giá"})[0] == 200
    elif what == "segment":
        other = KNOWN | {"value": False}
        number = told["segment_id"]
        change_segment(number, name="Khách quen", rule=other, actor="hoa@example.vn", at=now)
    else:
        Account.objects.update(from_name="Người khác")
    _, found = seller.get(f"{path}/approval")
    assert found["state"] == "changed"
    changed = ("campaigns.not_approved", "It was changed since. Ask for an approval anew.")
    assert refusal(seller, path) == changed


def test_taken_back_by_a_program_it_is_asked_for_anew(
    seller: Caller, path: str, nam: "User", now: datetime
) -> None:
    status, early = seller.post(f"{path}/approval/withdraw", {})
    assert (status, early["error"]["code"]) == (409, "campaigns.nothing_asked")
    seller.post(f"{path}/approval", {})
    approve(nam, now)
    assert seller.post(f"{path}/approval/withdraw", {})[1]["state"] == "withdrawn"
    assert refusal(seller, path)[1] == "The approval was withdrawn."


def test_no_program_gives_an_approval_and_no_clerk_asks(
    seller: Caller, path: str, hoa: "User", nam: "User", now: datetime
) -> None:
    """There is no address for it: neither with the token of who asked nor with another's."""
    seller.post(f"{path}/approval", {})
    other = Caller(issue_token(nam, name="Máy của Nam", at=now, scopes=["campaigns:send"]).value)
    for caller in (seller, other):
        for word in ("approve", "answer"):
            status, answer = caller.post(f"{path}/approval/{word}", {"seen": "x"})
            assert (status, answer["error"]["code"]) == (404, "api.unknown_address")
    assert Approval.objects.get().state == "asked"
    User.objects.filter(pk=hoa.pk).update(is_admin=False)
    for word in ("approval", "approval/withdraw"):
        status, answer = seller.post(f"{path}/{word}", {})
        assert (status, answer["error"]["code"]) == (403, "campaigns.admins_only")
    assert Approval.objects.get().state == "asked"
