"""Webhooks on their pages: the secret once, the health, what was sent, and nobody but Hoa."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.egress import Answer
from khachquen.activate.webhooks import get_endpoint, list_endpoints
from khachquen.activate.webhooks.owed import Lanes, claim, list_deliveries, send_test, settle
from khachquen.govern import User, list_audit

URL = "http://127.0.0.1:9/nhan"


@pytest.fixture(autouse=True)
def _house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    from khachquen.store import forget_reader

    config = settings.CONFIG
    told = replace(config, data=tmp_path, egress=replace(config.egress, inside=["127.0.0.0/8"]))
    monkeypatch.setattr(settings, "CONFIG", told)
    forget_reader()
    yield
    forget_reader()


def filled(**other: Any) -> dict[str, Any]:
    wish = {
        "name": "Tổng đài",
        "url": URL,
        "kinds": ["segment.entered", "segment.left"],
        "per_second": "20",
        "purpose": "sharing",
        "mark": "m1",
    }
    return wish | other


def register(desk: Client, **other: Any) -> tuple[int, str]:
    page = desk.post("/webhooks/new", filled(**other)).content.decode()
    found = re.search(r"whsec_[\w+/=]+", page)
    assert found is not None
    return list_endpoints()[-1].id, found[0]


def given_up(endpoint: int, at: datetime, status: int | None = 500) -> None:
    """One real message nobody took."""
    from khachquen.activate.webhooks.models import Delivery

    send_test(endpoint, key=f"msg_{at}", actor="hoa", at=at)
    told = {"kind": "segment.entered", "tries": 5, "data": {"profile_id": 1, "segment": None}}
    Delivery.objects.filter(endpoint_id=endpoint).update(**told)
    answers = {one.id: Answer(status, text="<b>hỏng</b>") for one in claim(Lanes(), now=at)}
    settle(answers, now=at, jitter=lambda: 0.0)


def test_a_secret_is_shown_once_and_never_again(desk: Client, hoa: User) -> None:
    endpoint, secret = register(desk)

    for address in ("/webhooks", f"/webhooks/{endpoint}", f"/webhooks/{endpoint}/edit", "/egress"):
        page = desk.get(address)
        assert page.status_code == 200, address
        assert secret not in page.content.decode()
    assert secret not in str(dict(desk.session))
    again = desk.post("/webhooks/new", filled())
    assert (again.status_code, len(list_endpoints())) == (302, 1)
    assert list_audit()[0].action == "webhook.add"
    assert secret not in str([entry.detail for entry in list_audit()])


def test_an_address_inside_or_a_wish_half_made_is_refused_beside_its_field(desk: Client) -> None:
    page = desk.post("/webhooks/new", filled(url="https://169.254.169.254/latest"))
    assert page.status_code == 400
    assert "máy trong mạng nội bộ" in page.content.decode()
    assert (
        desk.post("/webhooks/new", filled(url="http://kho.example/", mark="m2")).status_code == 400
    )
    assert desk.post("/webhooks/new", filled(kinds=[], mark="m3")).status_code == 400
    assert desk.post("/webhooks/new", filled(per_second="0", mark="m4")).status_code == 400
    assert list_endpoints() == []


def test_anh_nam_sees_where_data_goes_and_changes_nothing(
    desk: Client, nam: User, now: datetime
) -> None:
    endpoint, _ = register(desk)
    given_up(endpoint, now)
    browser = Client()
    browser.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    before = get_endpoint(endpoint)

    assert "127.0.0.1:9" in browser.get("/egress").content.decode()
    assert "Gửi thử" not in browser.get(f"/webhooks/{endpoint}").content.decode()
    for action in ("test", "rotate", "switch", "again", "remove", "edit"):
        answer = browser.post(f"/webhooks/{endpoint}/{action}", filled(to="pause", mark="n"))
        assert answer.status_code == 403, action
    assert browser.post("/webhooks/new", filled(mark="n")).status_code == 403
    assert get_endpoint(endpoint) == before
    assert len(list_endpoints()) == 1


def test_a_test_stands_in_the_table_and_says_what_came_of_it(desk: Client, now: datetime) -> None:
    endpoint, _ = register(desk)
    assert desk.post(f"/webhooks/{endpoint}/test").status_code == 302
    waiting = desk.get(f"/webhooks/{endpoint}").content.decode()
    assert "Tin thử" in waiting
    assert 'hx-trigger="every 3s"' in waiting

    [row] = list_deliveries(endpoint)
    [claimed] = claim(Lanes(), now=row.due_at)
    settle({claimed.id: Answer(None, "tls", took_ms=31)}, now=row.due_at, jitter=lambda: 0.0)
    told = desk.get(f"/webhooks/{endpoint}").content.decode()
    assert "Thử không được" in told
    assert "chứng chỉ không hợp lệ" in told
    assert 'hx-trigger="every 3s"' not in told


def test_what_was_given_up_is_looked_at_and_sent_again(desk: Client, now: datetime) -> None:
    endpoint, _ = register(desk)
    given_up(endpoint, now)
    page = desk.get(f"/webhooks/{endpoint}?state=dead").content.decode()
    assert "Không gửi được" in page
    assert "&lt;b&gt;hỏng&lt;/b&gt;" in page
    assert "<b>hỏng" not in page

    [dead] = list_deliveries(endpoint, state="dead")
    desk.post(f"/webhooks/{endpoint}/again", {"delivery": dead.id})
    [owed] = list_deliveries(endpoint)
    assert (owed.state, owed.tries, owed.key) == ("owed", 0, dead.key)
    assert (
        "Không có tin nào như vậy" in desk.get(f"/webhooks/{endpoint}?state=dead").content.decode()
    )


def test_one_that_stopped_is_said_where_somebody_looks_and_goes_on(
    desk: Client, now: datetime
) -> None:
    from khachquen.web.alarms import stopped_webhooks

    endpoint, _ = register(desk)
    assert stopped_webhooks() == []
    given_up(endpoint, now, status=410)
    assert [one.name for one in stopped_webhooks()] == ["Tổng đài"]
    page = desk.get(f"/webhooks/{endpoint}").content.decode()
    assert "máy nhận báo đã đóng địa chỉ (410)" in page

    desk.post(f"/webhooks/{endpoint}/switch", {"to": "skip"})
    assert get_endpoint(endpoint).state == "on"
    desk.post(f"/webhooks/{endpoint}/switch", {"to": "pause"})
    assert (get_endpoint(endpoint).state, get_endpoint(endpoint).why) == ("paused", "staff")
    assert stopped_webhooks() == []


def test_another_secret_and_another_wish(desk: Client) -> None:
    endpoint, old = register(desk)
    page = desk.post(f"/webhooks/{endpoint}/rotate", {"hours": "24", "mark": "r1"})
    found = re.search(r"whsec_[\w+/=]+", page.content.decode())
    assert found is not None
    assert found[0] != old
    assert "Khóa cũ còn dùng được đến" in desk.get(f"/webhooks/{endpoint}").content.decode()
    assert desk.post(f"/webhooks/{endpoint}/rotate", {"mark": "r1"}).status_code == 302

    wish = filled(name="Tổng đài mới", kinds=["segment.left"], gives_identifiers="on")
    assert desk.post(f"/webhooks/{endpoint}/edit", wish).status_code == 302
    view = get_endpoint(endpoint)
    assert (view.name, view.kinds, view.gives_identifiers) == (
        "Tổng đài mới",
        ["segment.left"],
        True,
    )
    assert view.purpose == "sharing"
    assert "Chia sẻ cho bên khác" in desk.get("/egress").content.decode()

    desk.post(f"/webhooks/{endpoint}/remove")
    assert list_endpoints() == []
    assert desk.get(f"/webhooks/{endpoint}").status_code == 404
    assert "Không gửi gì ra ngoài" in desk.get("/egress").content.decode()


def test_many_messages_are_paged(desk: Client, now: datetime) -> None:
    endpoint, _ = register(desk)
    for number in range(51):
        at = now + timedelta(seconds=number)
        send_test(endpoint, key=f"msg_{number}", actor="hoa", at=at)
    page = desk.get(f"/webhooks/{endpoint}").content.decode()
    assert page.count('<th scope="row">Tin thử') == 50
    [place] = set(re.findall(r"before=(\d+)", page))
    older = desk.get(f"/webhooks/{endpoint}?before={place}").content.decode()
    assert older.count('<th scope="row">Tin thử') == 1
    assert desk.get(f"/webhooks/{endpoint}?before=x&state=y").status_code == 200
