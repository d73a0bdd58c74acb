"""Sign-up forms page by page: made by staff, shown to anybody, sent without cookie or script."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.test import Client

from khachquen.base import Text, system_clock
from khachquen.base.limits import FixedWindow
from khachquen.collect.event import Accepted
from khachquen.collect.forms import get_form, list_forms, passes
from khachquen.govern import User, list_audit
from khachquen.govern.consent.purposes import publish_text
from khachquen.store.eventlog import read_log
from khachquen.understand.segments import list_segments
from khachquen.web import public
from khachquen.web.pages import sign_up
from tests.clock import FrozenClock
from tests.web.story import HOSTILE

pytestmark = pytest.mark.django_db
WORDS = "Gửi tôi tin khuyến mãi.\nNhiều nhất 4 thư mỗi tháng."
MADE = {
    "title": "Đăng ký nhận tin",
    "title_en": "Newsletter",
    "slug": "nhan-tin",
    "intro": "Để lại email để biết hàng mới.",
    "name": "may",
    "email": "must",
    "phone": "may",
    "birthday": "",
    "ask_ads": ["email", "zalo"],
    "most_ads": "4",
    "origins": "https://nhamay.vn\nhttps://www.nhamay.vn",
}
FILLED = {"name": "Trần Thị Lan", "email": "lan@nhamay.vn", "phone": "0912 345 678",
          "kq_agree": ["ads:email"]}  # fmt: skip


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, data: Path) -> FrozenClock:
    clock = FrozenClock()
    monkeypatch.setattr(sign_up, "system_clock", clock)
    here = SimpleNamespace(CONFIG=replace(settings.CONFIG, data=data))
    monkeypatch.setattr(sign_up, "settings", here)
    window = FixedWindow(settings.CONFIG.forms.per_minute, 60.0, lambda: 1.0)
    monkeypatch.setattr(public, "_turns", lambda: window)
    return clock


@pytest.fixture
def form(desk: Client) -> str:
    publish_text(
        "ads", Text(vi=WORDS, en="Send me offers."), by="hoa@example.vn", at=system_clock()
    )
    answer = desk.post("/forms/new", MADE)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def logged() -> list[dict[str, Any]]:
    """Every message sign-up forms have put into the log."""
    records = read_log(sign_up.settings.CONFIG.data / "log", {}, max_bytes=1 << 20)
    found = []
    for record in records:
        if record.stream.startswith("form-"):
            said = msgspec.msgpack.decode(record.payload, type=Accepted)
            found += [msgspec.json.decode(item) for item in said.items]
    return found


def shown(client: Client, path: str = "/f/nhan-tin") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def pass_of(html: str) -> str:
    found = re.search(r'name="kq_pass" value="([^"]+)"', html)
    assert found
    return found[1]


def test_anybody_opens_the_form_and_nothing_is_kept_of_them(form: str, stranger: Client) -> None:
    answer = stranger.get("/f/nhan-tin?utm_source=zalo")

    html = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert "<script" not in html
    assert "checked" not in html
    assert "Gửi tôi tin khuyến mãi.\nNhiều nhất 4 thư mỗi tháng." in html
    assert "Nhiều nhất 4 tin trong 30 ngày." in html
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert logged() == []
    assert stranger.head("/f/nhan-tin").status_code == 200
    assert stranger.put("/f/nhan-tin").status_code == 405


def test_it_speaks_english_to_who_asks(form: str, stranger: Client) -> None:
    html = shown(stranger, "/f/nhan-tin?lang=en")

    assert '<html lang="en"' in html
    assert "Newsletter" in html
    assert "Send me offers." in html
    assert "I agree, by E-mail" in html


def test_chi_lan_sends_it_and_is_thanked(form: str, stranger: Client, clock: FrozenClock) -> None:
    given = pass_of(shown(stranger))
    clock.advance(seconds=20)

    answer = stranger.post("/f/nhan-tin", {**FILLED, "kq_pass": given})

    assert (answer.status_code, answer["Location"]) == (303, "/f/nhan-tin/thanks")
    assert not answer.cookies
    assert "Đã nhận được" in shown(stranger, "/f/nhan-tin/thanks")
    identify, sent, agreed = logged()
    assert identify["traits"]["email"] == "lan@nhamay.vn"
    assert sent["event"] == "Form Submitted"
    assert agreed["event"] == "Consent Granted"
    assert (agreed["properties"]["channels"], agreed["properties"]["text_version"]) == (
        ["email"],
        1,
    )
    assert agreed["context"]["ip"] == "127.0.0.0"

    again = stranger.post("/f/nhan-tin", {**FILLED, "kq_pass": given})
    assert again.status_code == 303
    assert len(logged()) == 3


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    form: str, stranger: Client, clock: FrozenClock
) -> None:
    given = pass_of(shown(stranger))
    clock.advance(seconds=20)

    answer = stranger.post("/f/nhan-tin", {**FILLED, "email": "lan@", "kq_pass": given})

    html = answer.content.decode()
    assert answer.status_code == 400
    assert 'id="id_email-error"' in html
    assert 'value="lan@"' in html
    assert 'value="Trần Thị Lan"' in html
    assert 'value="ads:email" checked' in html
    assert pass_of(html) == given
    assert logged() == []


def test_a_plain_form_elsewhere_leads_to_our_words_before_anything_counts(
    form: str, stranger: Client, clock: FrozenClock
) -> None:
    """Its page may have shown anything, so its ticks say nothing."""
    answer = stranger.post(
        "/f/nhan-tin", FILLED, headers={"Origin": "https://nhamay.vn", "Referer": "https://x.vn"}
    )

    html = answer.content.decode()
    assert answer.status_code == 400
    assert "Chưa gửi." in html
    assert 'value="lan@nhamay.vn"' in html
    assert " checked" not in html
    assert logged() == []

    clock.advance(seconds=5)
    assert stranger.post("/f/nhan-tin", {**FILLED, "kq_pass": pass_of(html)}).status_code == 303


def test_who_fills_the_field_only_programs_see_is_shown_it(
    form: str, stranger: Client, clock: FrozenClock
) -> None:
    given = pass_of(shown(stranger))
    clock.advance(seconds=20)

    answer = stranger.post(
        "/f/nhan-tin", {**FILLED, "kq_pass": given, "kq_leave_empty": "http://spam.example"}
    )

    html = answer.content.decode()
    assert answer.status_code == 400
    assert "Có một ô phải để trống" in html
    assert 'aria-hidden="true">\n    <label' not in html
    assert logged() == []


def test_one_address_sends_twenty_a_minute_and_keeps_what_it_typed(
    form: str, stranger: Client, clock: FrozenClock
) -> None:
    given = pass_of(shown(stranger))
    clock.advance(seconds=20)
    told = {**FILLED, "kq_pass": given}
    for _ in range(20):
        assert stranger.post("/f/nhan-tin", told).status_code == 303

    answer = stranger.post("/f/nhan-tin", told)

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert 'value="lan@nhamay.vn"' in answer.content.decode()
    assert stranger.get("/f/nhan-tin").status_code == 200
    other = stranger.post("/f/nhan-tin", told, REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 303


def test_only_the_shops_own_sites_may_frame_it(form: str, stranger: Client, desk: Client) -> None:
    answer = stranger.get("/f/nhan-tin?frame=1")
    assert "X-Frame-Options" not in answer
    assert (
        "frame-ancestors 'self' https://nhamay.vn https://www.nhamay.vn"
        in answer["Content-Security-Policy"]
    )

    desk.post("/forms/nhan-tin/edit", {**MADE, "origins": ""})
    answer = stranger.get("/f/nhan-tin")
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert desk.get("/forms/nhan-tin")["X-Frame-Options"] == "DENY"


def test_thanks_lead_to_the_shops_own_page_and_nowhere_a_visitor_chooses(
    form: str, stranger: Client, desk: Client, clock: FrozenClock
) -> None:
    desk.post("/forms/nhan-tin/edit", {**MADE, "thanks_url": "https://nhamay.vn/cam-on"})
    given = pass_of(shown(stranger))
    clock.advance(seconds=20)

    answer = stranger.post(
        "/f/nhan-tin?thanks_url=https://evil.example&next=//evil.example",
        {**FILLED, "kq_pass": given, "thanks_url": "https://evil.example"},
    )

    assert (answer.status_code, answer["Location"]) == (303, "https://nhamay.vn/cam-on")
    assert "form-action 'self' https://nhamay.vn;" in answer["Content-Security-Policy"] + ";"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "", "phone": ""}, "phone"),
        ({"phone": "", "ask_ads": ["sms"]}, "ask_ads"),
        ({"thanks_url": "javascript:alert(1)"}, "thanks_url"),
        ({"thanks_url": "https://a.vn@evil.example/"}, "thanks_url"),
        ({"origins": "https://nhamay.vn; script-src *"}, "origins"),
        ({"origins": "*"}, "origins"),
        ({"origins": "https://nhamay.vn/trang"}, "origins"),
        ({"slug": "new"}, "slug"),
        ({"slug": "../x"}, "slug"),
        ({"title": " "}, "title"),
        ({"traits": ["national_id"]}, "traits"),
        ({"most_ads": "0"}, "most_ads"),
    ],
)
def test_a_form_that_cannot_be_is_refused_beside_its_field(
    desk: Client, wrong: dict[str, Any], field: str
) -> None:
    publish_text("ads", Text(vi=WORDS, en=""), by="hoa@example.vn", at=system_clock())

    answer = desk.post("/forms/new", {**MADE, **wrong})

    assert answer.status_code == 400
    assert f'id="id_{field}-error"' in answer.content.decode()
    assert list_forms() == []


def test_the_same_address_is_not_given_twice(form: str, desk: Client) -> None:
    answer = desk.post("/forms/new", MADE)

    assert answer.status_code == 400
    assert "Đã có biểu mẫu ở địa chỉ này." in answer.content.decode()
    assert len(list_forms()) == 1


def test_staff_see_what_came_of_it_close_it_and_make_a_segment(
    form: str, desk: Client, stranger: Client, clock: FrozenClock
) -> None:
    given = pass_of(shown(stranger))
    stranger.post("/f/nhan-tin", {**FILLED, "kq_pass": given})
    clock.advance(seconds=20)
    stranger.post("/f/nhan-tin", {**FILLED, "kq_pass": given})

    html = shown(desk, "/forms/nhan-tin")
    assert "Gửi quá nhanh 1" in html
    assert f"/events?source={get_form('nhan-tin').source_id}" in html
    assert "&lt;iframe src=" in html
    assert "Đăng ký nhận tin" in shown(desk, "/forms")
    assert "/segments/" in desk.post("/forms/nhan-tin/segment")["Location"]
    assert [one.name for one in list_segments()] == ["Đã đăng ký: Đăng ký nhận tin"]

    desk.post("/forms/nhan-tin/switch", {"open": "0"})

    closed = stranger.get("/f/nhan-tin")
    assert closed.status_code == 410
    assert stranger.post("/f/nhan-tin", {**FILLED, "kq_pass": given}).status_code == 410
    assert list_audit(1)[0].action == "form.close"


def test_nam_makes_none_and_a_stranger_sees_none(nam: User, stranger: Client, form: str) -> None:
    nams = Client()
    nams.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")

    assert nams.post("/forms/new", {**MADE, "slug": "khac"}).status_code == 403
    assert nams.post("/forms/nhan-tin/switch", {"open": "0"}).status_code == 403
    assert stranger.get("/forms").status_code == 302
    assert stranger.get("/forms/nhan-tin").status_code == 302
    assert [(one.slug, one.is_open) for one in list_forms()] == [("nhan-tin", True)]


def test_hostile_words_stay_words(form: str, stranger: Client, clock: FrozenClock) -> None:
    for name in (HOSTILE, "\0Lan", "L" * 100_000):
        answer = stranger.post("/f/nhan-tin", {**FILLED, "name": name, "kq_agree": [name] * 3})
        assert answer.status_code in (400, 413)
        assert not answer.cookies
        assert HOSTILE not in answer.content.decode()
    lost = stranger.get("/f/khong-co")
    assert lost.status_code == 404
    assert not lost.cookies
    assert stranger.post("/f/nhan-tin", {"kq_pass": "x" * 10_000}).status_code == 400
    assert logged() == []


def test_a_pass_forged_in_one_letter_is_none(form: str, stranger: Client) -> None:
    given = pass_of(shown(stranger))
    form_id = get_form("nhan-tin").id
    assert passes.read_pass(form_id, given)

    forged = [given[:at] + ("A" if given[at] != "A" else "B") + given[at + 1 :]
              for at in range(len(given))]  # fmt: skip

    assert not [one for one in forged if passes.read_pass(form_id, one)]
