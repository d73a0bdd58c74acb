"""A shop's own software makes campaigns, starts them and asks for single messages."""

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.campaigns import running
from khachquen.activate.campaigns.models import Account, Campaign, Message, Recipient, Run
from khachquen.activate.content.identity import Identity, save_identity
from khachquen.activate.content.writing import add_template
from khachquen.activate.webhooks import Wish, add_endpoint
from khachquen.api import campaigns as campaigns_api
from khachquen.base.config import Egress, Server
from khachquen.govern import issue_token
from khachquen.store.touched import touch
from khachquen.understand.segments import add_segment
from tests.activate.content.wordings import wording
from tests.api.conftest import Caller
from tests.clock import FrozenClock
from tests.flows.post import add_people
from tests.web.segmented import keep_segments

if TYPE_CHECKING:
    from khachquen.govern import User

SAID = "Đơn {{ data.order }}. {{ shop.sender }}, {{ shop.address }}"
ADS = (
    "Chào {{ person.name | default: 'bạn' }}. {{ shop.sender }}, {{ shop.address }}"
    " <a href='{{ links.unsubscribe }}'>Hủy</a>"
)
DATA = {"order": "HD1203", "items": [{"name": "Bát", "count": 2}]}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, data: Any) -> FrozenClock:
    clock = FrozenClock()
    monkeypatch.setattr(campaigns_api, "system_clock", clock)
    server = Server(base_url="https://khach.nhamay.vn")
    config = replace(settings.CONFIG, data=data, server=server)
    monkeypatch.setattr(settings, "CONFIG", config)
    return clock


@pytest.fixture
def seller(hoa: "User", now: datetime) -> Caller:
    """The shop's order software, which may send."""
    return Caller(issue_token(hoa, name="Đơn hàng", at=now, scopes=["campaigns:send"]).value)


@pytest.fixture
def account(now: datetime) -> Account:
    return Account.objects.create(
        name="Nhà May", host="mail.nhamay.vn", from_address="tin@nhamay.vn", created_at=now
    )


@pytest.fixture
def orders(seller: Caller, account: Account, hoa: "User", now: datetime) -> int:
    """The campaign of messages about orders, under way."""
    save_identity(Identity(sender="Nhà May", address="12 Hàng Bông, Hà Nội"), user=hoa, at=now)
    words = wording(SAID, subject="Đơn {{ data.order }}", purpose_kind="transactional")
    template = add_template("Đơn đi rồi", words, user=hoa, at=now)
    told = {"name": "Đơn đi rồi", "purpose": "service", "account_id": account.pk,
            "template_id": template, "is_triggered": True}  # fmt: skip
    status, made = seller.post("campaigns", told)
    assert (status, made["missing"], made["lane"]) == (200, [], "prompt")
    status, begun = seller.post(f"campaigns/{made['id']}/start", {})
    assert (status, begun["run"]["state"]) == (200, "scheduled")
    add_people("Nguyễn Thị Lan", "Trần Văn Nam", agree=False, at=now)
    return int(made["id"])


def send(caller: Caller, key: str | None, **body: Any) -> tuple[int, Any]:
    headers = {"Accept-Language": "en", "Authorization": f"Bearer {caller.token}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    answer = Client().post(
        "/api/v1/messages", json.dumps(body), content_type="application/json", headers=headers
    )
    return answer.status_code, answer.json()


def test_an_order_is_told_once_however_often_the_program_asks(seller: Caller, orders: int) -> None:
    to = {"identifier": "email:KHACH-1@example.vn"}
    status, made = send(seller, "hd1203", campaign_id=orders, to=to, data=DATA)
    assert status == 202
    assert (made["profile_id"], made["state"], made["key"]) == (1, "waiting", "hd1203")
    for _ in range(3):
        assert send(seller, "hd1203", campaign_id=orders, to=to, data=DATA) == (202, made)
    status, taken = send(seller, "hd1203", campaign_id=orders, to=to, data={"order": "HD9"})
    assert (status, taken["error"]["code"]) == (409, "messages.key_taken")
    assert taken["error"]["path"] == "header.Idempotency-Key"
    assert (Message.objects.count(), Recipient.objects.count()) == (1, 1)

    assert seller.get(f"messages/{made['id']}") == (200, made)
    Recipient.objects.update(state="skipped", reason="bad_address")
    _, ended = seller.get(f"messages/{made['id']}")
    assert (ended["state"], ended["reason_text"]) == ("skipped", "The address is wrong or gone")
    assert "data" not in ended
    assert seller.get("messages/999")[1]["error"]["code"] == "messages.none"


@pytest.mark.parametrize(
    ("key", "body", "status", "code", "path"),
    [
        (None, {}, 422, "messages.bad_key", "header.Idempotency-Key"),
        ("k", {"to": {}}, 422, "messages.whom", "body.to"),
        ("k", {"to": {"profile_id": 1, "identifier": "user:1"}}, 422, "messages.whom", "body.to"),
        ("k", {"to": {"profile_id": 77}}, 404, "profiles.not_found", ""),
        ("k", {"to": {"identifier": "email:ai@x.vn"}}, 404, "messages.nobody",
         "body.to.identifier"),
        ("k", {"data": {"a": [1, 2**70]}}, 422, "messages.bad_data", "data.a[1]"),
        ("k", {"campaign_id": 999}, 404, "campaigns.none", "campaign_id"),
        ("k", {"campaign_id": "x"}, 422, "api.invalid_parameter", "body.asked.campaign_id"),
    ],
)  # fmt: skip
def test_a_wrong_message_is_refused_with_its_place_and_nothing_is_kept(
    seller: Caller, orders: int, key: str | None, body: dict[str, Any], status: int, code: str,
    path: str,
) -> None:  # fmt: skip
    told = {"campaign_id": orders, "to": {"profile_id": 1}, "data": DATA, **body}
    answered, answer = send(seller, key, **told)
    assert (answered, answer["error"]["code"]) == (status, code)
    assert answer["error"]["path"].endswith(path.removeprefix("body.asked."))
    assert not Message.objects.exists()
    assert not Recipient.objects.exists()


def test_messages_by_page(seller: Caller, orders: int) -> None:
    ids = [
        send(seller, f"k{n}", campaign_id=orders, to={"profile_id": 1 + n % 2})[1]["id"]
        for n in range(5)
    ]
    _, first = seller.get("messages", limit=3, campaign_id=orders)
    _, rest = seller.get("messages", limit=3, cursor=first["next_cursor"])
    assert [one["id"] for one in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] == ""
    _, hers = seller.get("messages", profile_id=1)
    assert [one["id"] for one in hers["items"]] == ids[::-2]
    assert seller.get("messages", cursor="x")[1]["error"]["code"] == "api.bad_cursor"


def test_a_token_without_the_scope_starts_nothing_and_may_stop_everything(
    caller: Caller, seller: Caller, orders: int
) -> None:
    status, answer = send(caller, "k", campaign_id=orders, to={"profile_id": 1})
    assert (status, answer["error"]["code"]) == (403, "tokens.no_scope")
    assert answer["error"]["hint"] == "Have an administrator make another token with that scope."
    assert not Message.objects.exists()
    Run.objects.update(state="sending")
    assert caller.post(f"campaigns/{orders}/pause", {})[1]["run"]["state"] == "paused"
    for act in ("resume", "start"):
        status, answer = caller.post(f"campaigns/{orders}/{act}", {})
        assert (status, answer["error"]["code"]) == (403, "tokens.no_scope"), act
    assert Run.objects.get().state == "paused"
    status, answer = caller.post(f"campaigns/{orders}/test", {"addresses": ["a@nhamay.vn"]})
    assert status == 403
    assert seller.post(f"campaigns/{orders}/resume", {})[0] == 200
    assert caller.post(f"campaigns/{orders}/cancel", {})[1]["run"]["state"] == "cancelling"
    status, answer = send(seller, "k", campaign_id=orders, to={"profile_id": 1})
    assert (status, answer["error"]["code"]) == (409, "messages.not_open")


def test_somebody_who_is_no_administrator_changes_nothing_by_any_token(
    hoa: "User", seller: Caller, orders: int
) -> None:
    type(hoa).objects.update(is_admin=False)
    assert seller.get("campaigns")[0] == 200
    tried = [seller.post("campaigns", {"name": "Khác"}),
             seller.post(f"campaigns/{orders}/cancel", {}),
             seller.put(f"campaigns/{orders}", {"name": "Khác"}),
             send(seller, "k", campaign_id=orders, to={"profile_id": 1})]  # fmt: skip
    assert [status for status, _ in tried] == [403] * 4
    assert Campaign.objects.get().name == "Đơn đi rồi"
    assert not Message.objects.exists()


@pytest.fixture
def broadcast(seller: Caller, account: Account, hoa: "User", now: datetime) -> dict[str, Any]:
    """A campaign to everybody, ready to go; Lan and Nam agreed, Mai was never asked."""
    people = add_people("Nguyễn Thị Lan", "Trần Văn Nam", at=now)
    people += add_people("Lê Mai", agree=False, at=now, first=3)
    touch(people, at=now, moved=people)
    save_identity(Identity(sender="Nhà May", address="12 Hàng Bông, Hà Nội"), user=hoa, at=now)
    template = add_template("Gốm mới", wording(ADS, subject="[QC] Gốm mới"), user=hoa, at=now)
    known = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
    segment = add_segment("Khách quen", known, actor="hoa@example.vn", at=now)
    keep_segments(now)
    told = {"name": "Gốm mới", "account_id": account.pk, "template_id": template,
            "segment_id": segment.id}  # fmt: skip
    status, made = seller.post("campaigns", told)
    assert (status, made["missing"]) == (200, [])
    return dict(made)


def test_a_campaign_is_made_changed_looked_over_started_and_cancelled(
    seller: Caller, broadcast: dict[str, Any], account: Account
) -> None:
    path = f"campaigns/{broadcast['id']}"
    changed = {"name": "Gốm mùa đông", "purpose": "ads", "account_id": account.pk,
               "segment_id": broadcast["segment_id"], "holdout_percent": 10}  # fmt: skip
    status, short = seller.put(path, changed)
    assert (status, short["missing"]) == (200, [
        "write a subject", "write it", "begin the subject with [QC] or [AD]",
    ])  # fmt: skip
    status, refused = seller.post(f"{path}/start", {})
    assert (status, refused["error"]["code"]) == (422, "campaigns.not_ready")
    words = {"subject": "[QC] Gốm", "html": "<p>Chào</p>", "holdout_percent": 0}
    assert seller.put(path, changed | words)[1]["missing"] == []

    _, seen = seller.get(f"{path}/rehearsal")
    assert (seen["looked_at"], seen["is_everybody"]) == (3, True)
    assert sum(seen["counts"].values()) == 3
    assert seen["counts"]["unknown"] == 1
    status, refused = seller.post(f"{path}/start", {"start_at": "2026-12-24T08:00:00"})
    assert (status, refused["error"]["path"]) == (422, "body.start_at")
    status, begun = seller.post(f"{path}/start", {"start_at": "2026-12-24T08:00:00+07:00"})
    assert (status, begun["run"]["state"]) == (200, "scheduled")
    assert begun["run"]["start_at"] == "2026-12-24T01:00:00Z"
    status, twice = seller.post(f"{path}/start", {})
    assert (status, twice["error"]["code"]) == (409, "campaigns.is_running")
    assert seller.post(f"{path}/cancel", {})[1]["run"]["state"] == "cancelling"


def test_every_number_opens_to_its_people(
    seller: Caller, broadcast: dict[str, Any], now: datetime
) -> None:
    path = f"campaigns/{broadcast['id']}"
    status, early = seller.get(f"{path}/recipients", state="sent")
    assert (status, early["error"]["code"]) == (409, "campaigns.not_started")
    seller.post(f"{path}/start", {})
    running.start_due(now)
    running.write_down(Run.objects.get(), [1, 2, 3], is_last=True, now=now)
    Recipient.objects.filter(person_id__lt=3).update(state="sent", reply="250 ok")
    Recipient.objects.filter(person_id=3).update(state="skipped", reason="unknown")

    counts = seller.get(path)[1]["run"]["counts"]
    assert counts == {"targeted": 3, "sent": 2, "skipped": {"unknown": 1}, "failed": {},
                      "unknown": 0, "open": 0}  # fmt: skip
    _, first = seller.get(f"{path}/recipients", state="sent", limit=1)
    _, rest = seller.get(f"{path}/recipients", state="sent", limit=1, cursor=first["next_cursor"])
    assert [one["profile_id"] for one in first["items"] + rest["items"]] == [1, 2]
    assert rest["next_cursor"] == ""
    _, skipped = seller.get(f"{path}/recipients", state="skipped", reason="unknown")
    (mai,) = skipped["items"]
    assert (mai["profile_id"], mai["reason_text"]) == (3, "Never asked")
    assert seller.get(f"{path}/recipients", state="gone")[0] == 422


def test_campaigns_by_page_and_a_test_to_the_shops_own_mailboxes_only(
    seller: Caller, broadcast: dict[str, Any]
) -> None:
    others = [seller.post("campaigns", {"name": f"Số {n}"})[1]["id"] for n in range(3)]
    _, first = seller.get("campaigns", limit=2)
    _, rest = seller.get("campaigns", limit=2, cursor=first["next_cursor"])
    listed = [one["id"] for one in first["items"] + rest["items"]]
    assert listed == [*others[::-1], broadcast["id"]]
    path = f"campaigns/{broadcast['id']}/test"
    assert seller.post(path, {"addresses": ["hoa@nhamay.vn", "nam@nhamay.vn"]}) == (
        200,
        {"letters": 2},
    )
    status, refused = seller.post(path, {"addresses": ["khach-1@example.vn"]})
    assert (status, refused["error"]["code"]) == (422, "campaigns.try_customer")
    status, refused = seller.post(f"campaigns/{others[0]}/test", {"addresses": ["a@nhamay.vn"]})
    assert (status, refused["error"]["code"]) == (409, "campaigns.nothing_to_try")


def test_its_page_says_that_programs_trigger_it(hoa: "User", caller: Caller) -> None:
    _, made = caller.post("campaigns", {"name": "Mã đăng nhập", "is_triggered": True})
    browser = Client()
    browser.force_login(hoa, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(f"/campaigns/{made['id']}").content.decode()
    assert "Phần mềm khác gọi qua API, mỗi lần một người." in page
    assert "Chưa chọn" in page
    assert "Phân khúc này chưa có ai." not in page


def test_what_a_campaign_names_must_be_there(seller: Caller, orders: int) -> None:
    for told, code in (
        ({"segment_id": 999}, "segments.unknown"),
        ({"account_id": 999}, "campaigns.no_account"),
        ({"template_id": 999}, "content.no_template"),
        ({"purpose": "khac"}, "consent.unknown_purpose"),
        ({"name": ""}, "campaigns.missing"),
    ):
        status, answer = seller.post("campaigns", {"name": "Khác", **told})
        assert (status in (404, 422), answer["error"]["code"]) == (True, code), told
    assert Campaign.objects.count() == 1


def test_a_campaign_to_another_system_is_made_with_its_endpoint(
    seller: Caller, account: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = replace(settings.CONFIG, egress=Egress(inside=["127.0.0.0/8"]))
    monkeypatch.setattr(settings, "CONFIG", inside)
    wish = Wish("Tổng đài", "http://127.0.0.1:9/hook")
    number = add_endpoint(wish, actor="hoa@nhamay.vn", at=now)[0].id
    told = {"name": "Mời dùng thử", "channel": "webhook", "endpoint_id": number}
    made = seller.post("campaigns", told)[1]
    assert (made["channel"], made["endpoint_id"]) == ("webhook", number)
    assert made["missing"] == ["choose who gets it"]
    kept = seller.put(f"campaigns/{made['id']}", {"name": "Mời", "endpoint_id": number})[1]
    assert (kept["channel"], kept["endpoint_id"]) == ("webhook", number)
    for wrong in (
        {"name": "Thư", "endpoint_id": number},
        {"name": "Gọi", "channel": "webhook", "account_id": account.pk},
        {"name": "Gọi", "channel": "webhook", "endpoint_id": number, "is_triggered": True},
    ):
        status, answer = seller.post("campaigns", wrong)
        assert (status, answer["error"]["code"]) == (422, "campaigns.not_of_channel")
    assert seller.post("campaigns", {**told, "endpoint_id": 999})[0] == 404


def test_a_template_that_confirms_sign_ups_is_no_campaigns(
    seller: Caller, account: Account, hoa: "User", now: datetime
) -> None:
    """Its link would be empty there, so it is refused before it is begun."""
    save_identity(Identity(sender="Nhà May", address="12 Hàng Bông, Hà Nội"), user=hoa, at=now)
    said = "<a href='{{ links.confirm }}'>Xác nhận</a> {{ shop.sender }}, {{ shop.address }}"
    words = wording(said, subject="Xác nhận", purpose_kind="transactional")
    template = add_template("Xác nhận", words, user=hoa, at=now)
    told = {"name": "Xác nhận", "purpose": "service", "account_id": account.pk,
            "template_id": template, "is_triggered": True}  # fmt: skip
    _, made = seller.post("campaigns", told)
    assert made["missing"] == [
        "take links.confirm out of the template: only letters that confirm a sign-up have it"
    ]
    status, refused = seller.post(f"campaigns/{made['id']}/start", {})
    assert (status, refused["error"]["code"]) == (422, "campaigns.not_ready")
    assert not Run.objects.exists()
