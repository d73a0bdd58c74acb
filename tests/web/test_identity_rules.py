"""The rules page: said in words, drafted, tried, applied, put back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from khachquen.flows.changing_rules import kinds_of
from khachquen.govern import list_audit
from khachquen.store import forget_reader
from khachquen.store.jobs import Runner, list_jobs
from khachquen.unify.identity import load_rules, rules_of
from khachquen.unify.identity.ruleset import mark_of
from khachquen.unify.rulebook import list_changes
from khachquen.unify.rulebook.knots import list_knots
from khachquen.web.rule_form import RulesForm
from tests.clock import FrozenClock
from tests.flows.line import Line
from tests.flows.test_conflict import LAN, MAI, word
from tests.web.test_merges import person, words

pytestmark = pytest.mark.django_db
PAGE, FORM = "/identity/rules", "/identity/rules/edit"


@pytest.fixture
def line(data: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=data))
    forget_reader()
    yield Line(data, clock)
    forget_reader()


@pytest.fixture
def lan_and_mai(line: Line) -> tuple[int, int]:
    """Born 1970 and 1992, with one phone: kept apart, and asked about."""
    line.till(word(LAN, 1, birthday="12/03/1970", name="Trần Thị Lan"))
    line.till(word(MAI, 2, birthday="25/11/1992", name="Lê Ngọc Mai"))
    line.take_in()
    return person(f"email:{LAN}"), person(f"email:{MAI}")


def filled(**changes: Any) -> dict[str, Any]:
    """The form as a browser sends it back, with some fields changed."""
    form = RulesForm(rules=load_rules())
    told = {name: form[name].initial for name in form.fields}
    told = {name: value for name, value in told.items() if value not in (None, False)}
    return {**told, **{name.replace("__", "."): value for name, value in changes.items()}}


def work(line: Line) -> None:
    """What the engine does in its rests."""
    runner = Runner(kinds_of(line.ingester, line.clock))
    while runner.advance(line.clock()):
        pass


def test_every_rule_is_said_in_words_and_looking_changes_nothing(desk: Client, line: Line) -> None:
    text = words(desk, PAGE)

    assert "Một người có nhiều nhất 5 số điện thoại." in text
    assert "Đi cùng hơn 2 mã khách hàng khác nhau thì là của chung, không gộp ai." in text
    assert (
        "Khác ngày sinh, số CCCD hoặc mã số thuế thì trình duyệt, thiết bị, email hay số điện thoại"
        " chung không gộp họ: giữ riêng và chờ người xem."
    ) in text
    assert "Nguồn công khai (trang web) không được gộp hai khách đã xác nhận." in text
    assert "not_authenticated" in text
    assert desk.get(FORM).status_code == 200
    assert list_jobs() == []
    assert list_changes() == []


def test_a_draft_is_tried_seen_and_applied_with_a_reason_and_put_back(
    desk: Client, line: Line, lan_and_mai: tuple[int, int]
) -> None:
    lan, mai = lan_and_mai
    assert "hai bên có ngày sinh khác nhau" in words(desk, "/merges?show=conflict")
    told = filled()
    del told["conflict.on"]

    answer = desk.post(FORM, told)
    assert answer.status_code == 302
    change = answer.headers["Location"]
    assert "Đang chờ máy xử lý bắt đầu" in words(desk, change)
    assert "Áp dụng quy tắc này" not in words(desk, change)
    work(line)

    text = words(desk, change)
    assert "Ngày sinh và giấy tờ khác nhau không ngăn việc gộp." in text
    assert "2 → 1" in text
    assert "Gộp thành một:" in text
    for one, name in ((lan, "Trần Thị Lan"), (mai, "Lê Ngọc Mai")):
        assert f'href="/customers/{one}/identity"' in text
        assert name in text
    assert desk.get(f"{change}/apply").status_code == 405
    assert person(f"email:{MAI}") == mai

    refused = desk.post(f"{change}/apply", {"why": ""})
    assert refused.status_code == 400
    assert "Ghi lý do, ít nhất 5 chữ cái" in refused.content.decode()
    assert list_changes()[0].state == "draft"

    desk.post(f"{change}/apply", {"why": "Hai mẹ con dùng chung hồ sơ"})
    assert "không hồ sơ" not in words(desk, change)
    work(line)

    assert person(f"email:{MAI}") == lan
    text = words(desk, PAGE)
    assert "Hai mẹ con dùng chung hồ sơ" in text
    assert "Đang dùng" in text
    assert [one.action for one in list_audit()][:2] == ["rules.apply", "rules.simulate"]

    back = desk.post(f"{change}/back").headers["Location"]
    work(line)
    desk.post(f"{back}/apply", {"why": "Hóa ra là hai người"})
    work(line)
    assert person(f"email:{MAI}") == mai
    assert mark_of(rules_of(line.data)) == mark_of(load_rules())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kinds.phone.limit": ""}, "Trường này là bắt buộc."),
        ({"kinds.phone.limit": "0"}, "Nhập một số từ 1 đến 1.000.000, ví dụ 5."),
        (
            {"kinds.user.limit": "3"},
            "2 là ít hơn số mã khách hàng một người được có (3). Nhập từ 3 trở lên.",
        ),
        (
            {"blocked.keys": "024 3812 3456\nquầy thu ngân"},
            "Dòng 2, “quầy thu ngân”: không phải số điện thoại, email hay loại:giá trị.",
        ),
        ({"blocked.patterns": "khach.*\n("}, "Dòng 2, “(”: không phải biểu thức chính quy."),
        ({"evidence.2": "identify"}, "Đã chọn ở một chỗ trước rồi."),
        ({"evidence.3": ""}, "Thiếu “việc khách làm”: chọn nó ở một trong các chỗ này."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    desk: Client, line: Line, changes: dict[str, str], sentence: str
) -> None:
    answer = desk.post(FORM, filled() | changes)

    assert answer.status_code == 400
    assert sentence in answer.content.decode().replace("&quot;", '"')
    assert 'aria-invalid="true"' in answer.content.decode()
    assert list_changes() == []


def test_the_shops_own_numbers_are_kept_in_their_one_form(desk: Client, line: Line) -> None:
    desk.post(FORM, filled() | {"blocked.keys": "024 3812 3456\nSHOP@nhamay.vn\nuser:khach-le"})

    [draft] = list_changes()
    assert draft.rules.blocked_keys == {
        "phone:+842438123456",
        "email:shop@nhamay.vn",
        "user:khach-le",
    }


def test_unchanged_rules_make_no_draft_and_a_draft_is_put_away(desk: Client, line: Line) -> None:
    answer = desk.post(FORM, filled())
    assert answer.status_code == 400
    assert "Chưa có gì khác với quy tắc đang dùng." in answer.content.decode()

    change = desk.post(FORM, filled() | {"kinds.phone.limit": "3"}).headers["Location"]
    desk.post(f"{change}/stop")
    assert list_jobs()[0].state == "cancelled"
    assert "Thử lại" in words(desk, change)
    desk.post(f"{change}/try")
    work(line)
    assert "Không hồ sơ nào đổi" in words(desk, change)
    desk.post(f"{change}/discard")
    assert [one.state for one in list_changes()] == ["discarded"]
    assert desk.get("/identity/rules/99").status_code == 404


def test_who_may_not_change_rules_sees_them_and_changes_nothing(
    desk: Client, nam: Any, line: Line
) -> None:
    change = desk.post(FORM, filled() | {"kinds.phone.limit": "3"}).headers["Location"]
    work(line)
    browser = Client()
    browser.force_login(nam)

    assert "Một người có nhiều nhất 5 số điện thoại." in words(browser, PAGE)
    assert f'href="{FORM}"' not in words(browser, PAGE)
    assert browser.post(FORM, filled() | {"kinds.phone.limit": "2"}).status_code == 403
    assert browser.post(f"{change}/apply", {"why": "Tôi muốn thế"}).status_code == 403
    assert browser.post(f"{change}/discard").status_code == 403
    assert [one.state for one in list_changes()] == ["draft"]


def test_people_of_very_many_identifiers_are_named_with_the_way_to_them(
    desk: Client, line: Line
) -> None:
    for n in range(120):
        line.website(
            {"type": "page", "messageId": f"p-{n}", "anonymousId": f"a-{n}", "userId": "lan"}
        )
    line.take_in()

    [knot] = list_knots()
    assert knot.size == 121
    text = words(desk, PAGE)
    assert "Hồ sơ quá lớn" in text
    assert f'href="/customers/{knot.profile_id}/identity"' in text
    assert "121 định danh" in text
