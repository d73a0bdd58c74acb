"""A campaign made in steps, planned, approved by another person, and seen in the calendar."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.campaigns.models import Account, Approval, Campaign, Plan, Repeat, Run
from khachquen.activate.content import get_version
from khachquen.activate.content.writing import change_template
from khachquen.base.config import Egress
from khachquen.govern import User, list_audit
from khachquen.understand.segments import add_segment, put_in
from khachquen.unify.models import Product, Profile
from tests.activate.channels.servers import Box
from tests.activate.content.wordings import wording
from tests.web.segmented import keep_segments
from tests.web.test_campaigns import SAID, _house, box, make_campaign, open_account, read

__all__ = ["_house", "box"]

pytestmark = pytest.mark.django_db(transaction=True)
SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_each_step_is_kept_by_itself_and_can_be_left(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    told = {"name": "Tết", "purpose": "ads", "holdout_percent": "0"}
    answer = desk.post("/campaigns/new", told)
    campaign = Campaign.objects.get()
    assert answer["Location"] == f"/campaigns/{campaign.pk}/edit/content"
    assert (campaign.segment_id, campaign.account_id, campaign.version_id) == (None, None, None)
    page = read(desk, f"/campaigns/{campaign.pk}")
    for words in ("chọn khách nhận", "chọn tài khoản gửi", "viết nội dung"):
        assert words in page
    assert f'href="/campaigns/{campaign.pk}/edit/recipients"' in page

    account = str(Account.objects.get().pk)
    answer = desk.post(f"/campaigns/{campaign.pk}/edit/content", {"account_id": account})
    assert answer["Location"] == f"/campaigns/{campaign.pk}/edit/schedule"
    told |= {"name": "Tết Bính Ngọ", "go": "review"}
    answer = desk.post(f"/campaigns/{campaign.pk}/edit/recipients", told)
    assert answer["Location"] == f"/campaigns/{campaign.pk}"
    campaign.refresh_from_db()
    assert (campaign.name, str(campaign.account_id)) == ("Tết Bính Ngọ", account)
    page = read(desk, f"/campaigns/{campaign.pk}")
    assert "chọn tài khoản gửi" not in page
    assert "chọn khách nhận" in page
    assert desk.get(f"/campaigns/{campaign.pk}/edit/nonsense").status_code == 404
    assert desk.post(f"/campaigns/{campaign.pk}/edit/recipients", {"name": ""}).status_code == 400


def test_a_letter_mended_after_it_was_chosen_is_taken_with_one_press(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    chosen = Campaign.objects.get().version_id
    assert chosen is not None
    version = get_version(chosen)
    words = wording(SAID, subject="[QC] Gốm nung lại")
    change_template(version.template_id, "Gốm mới", words, user=hoa, at=now)
    page = read(desk, f"/campaigns/{campaign}")
    assert "Mẫu thư đã có bản mới" in page
    newest = re.findall(r'name="version_id" value="([0-9]+)"', page)
    assert "đang chọn)</option>" in read(desk, f"/campaigns/{campaign}/edit/content")

    told = {"version_id": newest[0], "account_id": str(Account.objects.get().pk), "go": "review"}
    desk.post(f"/campaigns/{campaign}/edit/content", told)

    page = read(desk, f"/campaigns/{campaign}")
    assert "Mẫu thư đã có bản mới" not in page
    assert "[QC] Gốm nung lại" in page


def test_a_rhythm_is_set_changed_paused_and_taken_back(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    path = f"/campaigns/{make_campaign(desk, hoa, now)}/edit/schedule"
    told = {"when": "repeat", "every": "month", "month_day": "31", "at_time": "08:30"}
    told |= {"again": "after", "from_day": "2030-01-01"}
    answer = desk.post(path, told)
    assert answer.status_code == 400
    assert "Ghi số ngày." in answer.content.decode()
    assert not Repeat.objects.exists()
    desk.post(path, told | {"again_days": "14"})
    row = Repeat.objects.get()
    assert (row.every, row.day, row.at_time, row.again_days) == ("month", 31, time(8, 30), 14)
    assert row.next_at == datetime(2030, 1, 31, 8, 30, tzinfo=SAIGON).astimezone(UTC)
    page = read(desk, f"/campaigns/{row.campaign_id}")
    assert "ngày 31 hằng tháng, 08:30. Ai đã nhận thì sau 14 ngày mới nhận lại." in page
    assert "Lần tới: 31/01/2030 08:30:00" in page
    assert 'value="08:30"' in read(desk, path)

    desk.post(path, told | {"again": "always", "is_paused": "on"})
    row.refresh_from_db()
    assert (row.again_days, row.next_at) == (None, None)
    assert "Đang tạm dừng." in read(desk, f"/campaigns/{row.campaign_id}")
    answer = desk.post(path, told | {"again": "never", "until_day": "2029-01-01"})
    assert "Ngày kết thúc trước ngày bắt đầu." in answer.content.decode()
    desk.post(path, {"when": "once", "start_at": "2030-02-01T09:00"})
    assert not Repeat.objects.exists()
    assert 'value="2030-02-01T09:00"' in read(desk, f"/campaigns/{row.campaign_id}")


def test_a_plan_says_what_it_is_for_what_it_may_cost_and_what_it_leaves_unsaid(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    page = read(desk, f"/campaigns/{campaign}")
    assert "sản phẩm nào, thị trường ra sao, đối thủ đang làm gì." in page
    Product.objects.create(sku="AM-01", name="Ấm men rạn", told_at=now, source_id=1)
    path = f"/campaigns/{campaign}/plan"
    told = {"goal": "orders", "goal_by": "2030-02-01", "budget": "400", "cost_each": "500"}
    told |= {"brief": "Đưa khách cũ về xưởng.", "market": "Mùa quà Tết", "products": "AM-01"}
    answer = desk.post(path, told)
    assert answer.status_code == 400
    assert "Mục tiêu cần cả điều muốn đo và con số." in answer.content.decode()
    answer = desk.post(path, told | {"goal_number": "30", "products": "AM-01, AM-99"})
    assert "Không có sản phẩm mã &#x27;AM-99&#x27;." in answer.content.decode()
    assert not Plan.objects.exists()
    assert desk.post(path, told | {"goal_number": "30"}).status_code == 302
    page = read(desk, f"/campaigns/{campaign}").replace("\xa0", " ")
    assert "Số đơn hàng: 30, trước ngày 01/02/2030" in page
    assert "Ấm men rạn" in page
    assert "500 ₫ <span" in page
    assert "vượt ngân sách" in page
    assert "Kế hoạch chưa nói: đối thủ đang làm gì." in page
    listed = read(desk, "/campaigns").replace("\xa0", " ")
    assert "Số đơn hàng: 30" in listed
    assert "400 ₫" in listed


def test_another_administrator_approves_and_a_change_takes_it_back(
    desk: Client,
    hoa: User,
    nam: User,
    box: tuple[Box, int],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sending = replace(settings.CONFIG.sending, needs_approval=True)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, sending=sending))
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    page, path = f"/campaigns/{campaign}", f"/campaigns/{campaign}/approval"
    assert "có một quản trị viên khác duyệt" in read(desk, page)
    assert desk.post(f"{page}/start", {}).status_code == 400
    assert desk.post(path, {"how": "ask", "note": "Cho thứ Bảy"}).status_code == 302
    assert "Người xin duyệt không tự duyệt được." in read(desk, page)
    seen = re.search('name="seen" value="([0-9a-f]{64})"', read(desk, page))
    assert seen is not None
    said = desk.post(path, {"how": "approve", "seen": seen[1]}, follow=True).content.decode()
    assert "Nhờ một quản trị viên khác." in said
    other = signed_in(nam)
    assert other.post(path, {"how": "approve", "seen": seen[1]}).status_code == 403
    assert Approval.objects.get().state == "asked"

    User.objects.filter(pk=nam.pk).update(is_admin=True)
    assert "“Cho thứ Bảy”" in read(other, page)
    other.post(path, {"how": "approve", "seen": seen[1]})
    assert f"{nam.email} đã duyệt đúng những gì sẽ gửi." in read(desk, page)
    told = {"name": "Gốm", "purpose": "ads", "holdout_percent": "10"}
    told["segment_id"] = str(Campaign.objects.get().segment_id)
    desk.post(f"{page}/edit/recipients", told)
    assert "lần duyệt ấy không còn" in read(desk, page)
    assert desk.post(f"{page}/start", {}).status_code == 400
    assert not Run.objects.exists()
    desk.post(path, {"how": "ask"})
    seen = re.search('name="seen" value="([0-9a-f]{64})"', read(other, page))
    assert seen is not None
    other.post(path, {"how": "approve", "seen": seen[1]})
    assert desk.post(f"{page}/start", {}).status_code == 302
    assert Run.objects.get().holdout_percent == 10
    assert desk.post(path, {"how": "nonsense"}).status_code == 404


def test_the_calendar_shows_what_is_meant_what_repeats_and_who_hears_twice(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    told = {"when": "repeat", "every": "week", "weekday": "1", "at_time": "08:30"}
    told |= {"again": "always", "from_day": "2030-01-01"}
    desk.post(f"/campaigns/{campaign}/edit/schedule", told)
    desk.post(f"/campaigns/{campaign}/copy")
    copied = Campaign.objects.latest("pk")
    assert copied.name == "Gốm mới tháng 11 (bản sao)"
    assert not Repeat.objects.filter(campaign=copied).exists()
    meant = {"when": "once", "start_at": "2030-01-14T15:00"}
    desk.post(f"/campaigns/{copied.pk}/edit/schedule", meant)
    page = read(desk, "/campaigns/calendar?month=2030-01")
    assert "Tháng 1/2030" in page
    found = re.findall(r'<section class="border-t border-line py-4"><h3 [^>]*>([^<]+)', page)
    assert found == ["07/01/2030", "14/01/2030", "21/01/2030", "28/01/2030"]
    assert (
        page.count("08:30 Gốm mới tháng 11</a>") == 8
    )  # four Mondays, in the table and in the list
    assert page.count("15:00 Gốm mới tháng 11 (bản sao)</a>") == 2
    assert page.count("Hơn một lần cho “Khách quen”") == 2
    assert "?month=2029-12" in page
    assert "?month=2030-02" in page
    today = f"Tháng {datetime.now(SAIGON).month}/{datetime.now(SAIGON).year}"
    for nonsense in ("", "2030-13", "1", "٢٠٣٠-٠١"):
        assert today in read(desk, f"/campaigns/calendar?month={nonsense}")


def test_the_calendar_counts_who_is_in_two_segments_of_a_day_and_opens_to_them(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    """Of three customers chị Lan and anh Nam are invited too; the campaign that was cancelled and
    the one of another day do not count."""
    open_account(desk, box[1])
    first = make_campaign(desk, hoa, now)
    people = list(Profile.objects.order_by("pk").values_list("pk", flat=True))[:2]
    invited = add_segment("Khách mời", None, actor="hoa", at=now)
    put_in(invited.id, people, actor="hoa", at=now)
    nobody = add_segment("Chưa có ai", None, actor="hoa", at=now)
    keep_segments(now)
    for segment, day in ((invited.id, 14), (nobody.id, 14), (invited.id, 15)):
        desk.post(f"/campaigns/{first}/copy")
        copied = Campaign.objects.latest("pk")
        Campaign.objects.filter(pk=copied.pk).update(segment_id=segment)
        meant = {"when": "once", "start_at": f"2030-01-{day}T15:00"}
        desk.post(f"/campaigns/{copied.pk}/edit/schedule", meant)
    meant = {"when": "once", "start_at": "2030-01-14T09:00"}
    desk.post(f"/campaigns/{first}/edit/schedule", meant)
    page = read(desk, "/campaigns/calendar?month=2030-01")
    pattern = r'<a href="([^"]+)">2 khách có trong cả “([^”]+)” và “([^”]+)”</a>'
    found = re.findall(pattern, page)
    assert [set(names) for _, *names in found] == [{"Khách quen", "Khách mời"}] * 2
    assert "Chưa có ai”" not in page
    listed = read(desk, unescape(found[0][0]))
    names = list(Profile.objects.order_by("pk").values_list("name", flat=True))
    assert all(name in listed for name in names[:2])
    assert not any(name in listed for name in names[2:])


def test_a_campaign_is_put_away_and_brought_back_but_not_on_its_way(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    desk.post(f"/campaigns/{campaign}/start", {"start_at": "2030-01-31T09:00"})
    said = desk.post(f"/campaigns/{campaign}/archive", {}, follow=True).content.decode()
    assert "Chiến dịch này đang được gửi." in said
    Run.objects.update(state="done")
    desk.post(f"/campaigns/{campaign}/archive", {})
    assert "Gốm mới tháng 11" not in read(desk, "/campaigns")
    assert "Gốm mới tháng 11" in read(desk, "/campaigns?archived=1")
    answer = desk.post(f"/campaigns/{campaign}/start", {})
    assert answer.status_code == 400
    assert Run.objects.count() == 1
    desk.post(f"/campaigns/{campaign}/archive", {"archived": "0"})
    assert "Gốm mới tháng 11" in read(desk, "/campaigns")
    done = {one.action for one in list_audit()}
    assert {"campaign.archive", "campaign.unarchive"} <= done


def test_who_may_not_send_changes_nothing(
    desk: Client, hoa: User, nam: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    other = signed_in(nam)
    before = Campaign.objects.get().changed_at
    for path in ("edit/recipients", "edit/schedule", "plan", "approval", "copy", "archive"):
        assert other.post(f"/campaigns/{campaign}/{path}", {}).status_code == 403, path
    assert Campaign.objects.get().changed_at == before
    assert not Plan.objects.exists()
    for path in ("edit/recipients", "plan"):
        assert other.get(f"/campaigns/{campaign}/{path}").status_code == 200


def test_a_mail_server_is_judged_when_it_is_saved_beside_its_field(
    desk: Client, box: tuple[Box, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, egress=Egress()))
    told = {"name": "Gốm", "from_address": "tin@gom-moc.example", "port": "25"}
    told |= {"security": "none", "per_second": "0", "per_day": "0"}
    for host in ("127.0.0.1", "169.254.169.254"):
        answer = desk.post("/mail-accounts", told | {"host": host})
        assert answer.status_code == 400
        page = answer.content.decode()
        place = re.search(r'id="id_host-error">(.*?)</p>', page, re.DOTALL)
        assert place is not None, host
        assert "là máy trong mạng nội bộ nên không được gọi." in place[1]
    allowed = replace(settings.CONFIG, egress=Egress(inside=["169.254.0.0/16", "127.0.0.0/8"]))
    monkeypatch.setattr(settings, "CONFIG", allowed)
    assert desk.post("/mail-accounts", told | {"host": "169.254.169.254"}).status_code == 400
    assert not Account.objects.exists()
    assert desk.post("/mail-accounts", told | {"host": "127.0.0.1"}).status_code == 302
