"""Consent page by page: what stands, what was said, what staff write down, who may change it."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from khachquen.govern import User, list_audit
from khachquen.govern.consent import Addressee, find_break, list_words, may_send
from khachquen.govern.consent.models import ConsentEntry
from khachquen.govern.consent.purposes import BUILT_IN, list_purposes, list_texts
from khachquen.govern.consent.suppressing import list_suppressed
from khachquen.unify.models import Profile
from tests.web.story import HOSTILE, Sources, tell_the_story

pytestmark = pytest.mark.django_db
YES = {
    "says": "granted",
    "purpose": "ads",
    "channels": ["email", "sms"],
    "method": "paper",
    "on": "2026-11-18",
    "proof": "Phiếu số 118",
}


@pytest.fixture
def story(hoa: User) -> Sources:
    return tell_the_story()


@pytest.fixture
def nams_desk(nam: User) -> Client:
    client = Client()
    client.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    return client


def somebody() -> Profile:
    return Profile.objects.filter(merged_into=None, is_known=True).order_by("id")[0]


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode().replace("<wbr>", "")


def test_before_anybody_asked_the_page_says_that_silence_is_no_consent(
    desk: Client, story: Sources
) -> None:
    shown = page(desk, f"/customers/{somebody().id}/consents")

    assert "Khách chưa nói gì" in shown
    assert "Im lặng không phải là đồng ý" in shown
    assert "Chưa hỏi" in shown
    assert not ConsentEntry.objects.exists()


def test_staff_write_down_what_she_signed_and_it_holds_at_once(
    desk: Client, story: Sources
) -> None:
    person = somebody()
    path = f"/customers/{person.id}/consents"

    answer = desk.post(path, YES)

    assert (answer.status_code, answer["Location"]) == (302, path)
    shown = page(desk, path)
    assert "Phiếu số 118" in shown
    assert "Phiếu giấy" in shown
    entry = ConsentEntry.objects.select_related("subject").order_by("pk")[0]
    key = entry.subject.key
    assert entry.at == datetime(2026, 11, 18, 5, 0, tzinfo=UTC)
    assert entry.by == "hoa@example.vn"
    assert may_send("ads", "email", Addressee(key, [key]), now=entry.recorded_at).may
    assert list_audit()[0].action == "consent.note"
    assert find_break() is None

    desk.post(path, {**YES, "says": "withdrawn", "channels": ["any"], "on": ""})

    assert list_words([key])[0].says == "withdrawn"


def test_a_form_without_an_answer_or_channel_keeps_nothing_and_says_so(
    desk: Client, story: Sources
) -> None:
    answer = desk.post(f"/customers/{somebody().id}/consents", {"purpose": "ads", "method": "call"})

    assert answer.status_code == 400
    assert answer.content.decode().count("field-error") >= 2
    assert not ConsentEntry.objects.exists()


def test_reading_changes_nothing_and_a_stranger_reads_nothing(
    desk: Client, stranger: Client, story: Sources
) -> None:
    path = f"/customers/{somebody().id}/consents"
    assert stranger.get(path).status_code == 302
    assert stranger.post(path, YES).status_code in (302, 403)
    assert desk.get(f"/customers/{somebody().id}/leave").status_code == 405
    assert not ConsentEntry.objects.exists()


def test_a_person_is_left_alone_and_written_to_again_only_with_a_reason(
    desk: Client, story: Sources
) -> None:
    person, path = somebody(), f"/customers/{somebody().id}/leave"
    desk.post(path, {"why": "Khách gọi điện phàn nàn"})
    shown = page(desk, f"/customers/{person.id}/consents")
    assert "Cửa hàng đã ghi: không liên hệ" in shown
    lift = {"act": "lift", "channel": "any", "reason": "do_not_contact"}

    desk.post(path, {**lift, "why": " "})
    assert "Cửa hàng đã ghi: không liên hệ" in page(desk, f"/customers/{person.id}/consents")

    desk.post(path, {**lift, "why": "Khách đổi ý"})
    assert "Không làm phiền" not in page(desk, f"/customers/{person.id}/consents")
    assert [one.action for one in list_audit(2)] == ["suppression.lift", "person.leave_alone"]
    assert list_suppressed(["email:lan@example.vn"]) == []


def test_what_customers_write_is_shown_as_words(desk: Client, story: Sources) -> None:
    path = f"/customers/{somebody().id}/consents"
    desk.post(path, {**YES, "proof": HOSTILE})

    assert HOSTILE not in page(desk, path)


def test_the_owner_adds_a_purpose_writes_its_words_and_puts_it_away(desk: Client) -> None:
    told = {"name": "Bản tin gốm", "key": "ban_tin", "basis": "consent", "is_advertising": "on"}
    assert desk.post("/consent/new", told)["Location"] == "/consent/ban_tin"
    desk.post("/consent/ban_tin", {"vi": "Gửi tôi bản tin mỗi tháng một lần."})
    desk.post("/consent/ban_tin", {"vi": "Gửi tôi bản tin mỗi tháng.", "en": "Monthly news."})

    assert [one.version for one in list_texts("ban_tin")] == [2, 1]
    shown = page(desk, "/consent/ban_tin")
    assert "Bản 2" in shown
    assert "Gửi tôi bản tin mỗi tháng một lần." in shown
    desk.post("/consent/ban_tin/archive", {"archived": "1"})
    assert "ban_tin" not in [one.key for one in list_purposes()]
    assert "Bản tin gốm" in page(desk, "/consent")


def test_the_first_words_of_a_purpose_need_not_be_written_on_an_empty_page(
    desk: Client, nams_desk: Client
) -> None:
    shown = page(desk, "/consent/letters")
    assert "Câu mẫu để bắt đầu" in shown
    assert "ghi nhận việc tôi mở thư và bấm liên kết trong thư" in shown
    assert "{shop}" not in shown
    assert "Câu mẫu" not in page(nams_desk, "/consent/letters")  # who may not save it
    assert list_texts("letters") == []  # nobody was told anything by looking

    desk.post("/consent/letters", {"vi": "Cho phép ghi nhận việc mở thư."})
    shown = page(desk, "/consent/letters")
    assert "Câu mẫu" not in shown
    assert "tôi mở thư và bấm" not in shown


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": "", "key": "ban_tin", "basis": "consent"}, "name"),
        ({"name": "Bản tin", "key": "Bản tin", "basis": "consent"}, "key"),
        ({"name": "Bản tin", "key": "ads", "basis": "consent"}, "key"),
        ({"name": "X", "key": "x_x", "basis": "may_refuse", "is_advertising": "on"}, "basis"),
    ],
)
def test_a_purpose_that_cannot_be_is_refused_beside_its_field(
    desk: Client, told: dict[str, str], field: str
) -> None:
    answer = desk.post("/consent/new", told)

    assert answer.status_code == 400
    assert f'id="id_{field}-error"' in answer.content.decode()
    assert len(list_purposes(with_archived=True)) == len(BUILT_IN)


def test_nam_reads_purposes_but_changes_none(nams_desk: Client) -> None:
    assert "Quảng cáo, khuyến mãi" in page(nams_desk, "/consent")
    assert "Thêm mục đích" not in page(nams_desk, "/consent")
    told = {"name": "Bản tin", "key": "ban_tin", "basis": "consent"}

    assert nams_desk.post("/consent/new", told).status_code == 403
    assert nams_desk.post("/consent/ads", {"vi": "Khác"}).status_code == 403
    assert nams_desk.post("/consent/ads/archive", {"archived": "1"}).status_code == 403

    assert len(list_purposes(with_archived=True)) == len(BUILT_IN)
    assert list_texts("ads") == []
