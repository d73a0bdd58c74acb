"""Chị Hoa's first campaign, from the mail server to the numbers and the people behind them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.campaigns.accounts import login_of
from khachquen.activate.campaigns.models import Account, Campaign, Run, TryOut
from khachquen.activate.content import get_version
from khachquen.activate.content.identity import Identity, save_identity
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.writing import add_template
from khachquen.base import system_clock
from khachquen.base.config import Egress, Sending, Server
from khachquen.govern import User, list_audit
from khachquen.store import forget_reader
from khachquen.store.touched import touch
from khachquen.understand.segments import add_segment
from tests.activate.channels.servers import Box, mail_server
from tests.activate.content.wordings import wording
from tests.flows.post import TickingClock, add_people, ends, say, send_all, try_all
from tests.served import free_port
from tests.web.segmented import keep_segments

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A lake of its own, and no quiet hours: pages look at the real clock."""
    told = replace(
        settings.CONFIG,
        data=tmp_path,
        sending=Sending(quiet_from=0, quiet_until=0, processes=1),
        server=Server(base_url="https://gom-moc.example"),
        egress=Egress(inside=["127.0.0.0/8"]),
    )
    monkeypatch.setattr(settings, "CONFIG", told)
    forget_reader()
    yield
    forget_reader()


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    made = Box()
    with mail_server(made, port=free_port()) as port:
        yield made, port


SAID = (
    "Chào {{ person.greeting }}. {{ shop.sender }}, {{ shop.address }}."
    " <a href='{{ links.unsubscribe }}'>Hủy</a> <a href='{{ links.preferences }}'>Chọn</a>"
)


def open_account(desk: Client, port: int, **more: str) -> None:
    told = {
        "name": "Gốm Mộc",
        "from_address": "tin@gom-moc.example",
        "from_name": "Gốm Mộc",
        "host": "127.0.0.1",
        "port": str(port),
        "security": "none",
        "per_second": "0",
        "per_day": "0",
    }
    answer = desk.post("/mail-accounts", told | more)
    assert answer.status_code in (302, 400), answer.content.decode()


def make_campaign(desk: Client, hoa: User, now: datetime) -> int:
    """To three people: one agreed, one took it back, one was never asked."""
    people = add_people("Nguyễn Thị Hoa", "Trần Văn Nam", at=now)
    people += add_people("Lê Lan", agree=False, at=now, first=3)
    say("email:khach-2@example.vn", says="withdrawn", at=now)
    touch(people, at=now, moved=people)
    known = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
    segment = add_segment("Khách quen", known, actor="hoa@example.vn", at=now)
    keep_segments(now)
    save_identity(Identity(sender="Gốm Mộc", address="12 Hàng Bông, Hà Nội"), user=hoa, at=now)
    words = wording(SAID, subject="[QC] Gốm mới")
    template = get_template(add_template("Gốm mới", words, user=hoa, at=now))
    told = {
        "name": "Gốm mới tháng 11",
        "segment_id": str(segment.id),
        "version_id": str(template.version.id),
        "purpose": "ads",
        "account_id": str(Account.objects.get().pk),
        "holdout_percent": "0",
    }
    answer = desk.post("/campaigns/new", told)
    assert answer.status_code == 302, answer.content.decode()
    return Campaign.objects.get().pk


def read(desk: Client, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", answer.content.decode())


def test_an_account_shows_its_record_and_says_whether_it_can_be_reached(
    desk: Client, box: tuple[Box, int]
) -> None:
    open_account(desk, box[1], password="men-ran-bat-trang")
    account = Account.objects.get()
    page = read(desk, f"/mail-accounts/{account.pk}/domain")
    assert "kq._domainkey.gom-moc.example" in page
    assert "v=DKIM1; k=rsa; p=" in page
    assert "men-ran-bat-trang" not in page + account.secret
    assert "PRIVATE KEY" not in page + account.dkim

    said = desk.post(f"/mail-accounts/{account.pk}/check", follow=True).content.decode()
    assert "Kết nối và đăng nhập được." in said
    Account.objects.update(port=free_port())
    said = desk.post(f"/mail-accounts/{account.pk}/check", follow=True).content.decode()
    assert "Connection refused" in said


def test_an_account_nobody_can_answer_to_is_refused_beside_the_field(desk: Client) -> None:
    open_account(desk, 25, from_address="tin@")
    assert not Account.objects.exists()


def test_a_campaign_is_looked_over_sent_and_its_numbers_open_to_their_people(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    page = read(desk, f"/campaigns/{campaign}")
    for words, count in (("Sẽ nhận thư", 1), ("Rút lại sự đồng ý", 1), ("Chưa hỏi", 1)):
        assert re.search(f'{words}</th><td class="right">{count}</td>', page), words
    assert box[0].letters == []

    assert desk.post(f"/campaigns/{campaign}/start", {}).status_code == 302
    run = Run.objects.get()
    assert "Đã lên lịch" in read(desk, f"/campaigns/{campaign}")
    assert desk.post(f"/campaigns/{campaign}/start", {}).status_code == 400
    clock = TickingClock(run.start_at)
    send_all(clock, run, quiet_from=0, quiet_until=0)  # whatever the hour of the real clock
    assert ends(run) == {
        1: ("sent", ""),
        2: ("skipped", "withdrawn"),
        3: ("skipped", "unknown"),
    }
    page = read(desk, f"/campaigns/{campaign}")
    people = f"/campaigns/runs/{run.pk}/people"
    assert f'{people}?state=skipped&amp;reason=withdrawn">1</a>' in page
    assert "khach-1@example.vn" in read(desk, f"{people}?state=sent")
    assert "hồ sơ 2" in read(desk, f"{people}?state=skipped&reason=withdrawn")
    assert desk.get(f"{people}?state=nonsense").status_code == 404
    assert [to for _, to, _ in box[0].letters] == [["khach-1@example.vn"]]
    assert {"account.add", "campaign.add", "campaign.start"} <= {one.action for one in list_audit()}


def test_a_campaign_is_paused_and_cancelled_from_its_page(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    desk.post(f"/campaigns/{campaign}/start", {"start_at": "2030-01-31T09:00"})
    run = Run.objects.get()
    assert run.start_at.isoformat() == "2030-01-31T02:00:00+00:00"
    assert desk.post(f"/campaigns/runs/{run.pk}", {"how": "delete"}).status_code == 404
    assert desk.post(f"/campaigns/runs/{run.pk}", {"how": "cancel"}).status_code == 302
    send_all(TickingClock(now), run)
    assert "Đã hủy" in read(desk, f"/campaigns/{campaign}")
    assert box[0].letters == []


def test_advertising_that_does_not_say_so_is_not_sent(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    Campaign.objects.update(version_id=None, subject="Gốm mới", text="Gốm mới")
    answer = desk.post(f"/campaigns/{campaign}/start", {})
    assert answer.status_code == 400
    assert "bắt đầu tiêu đề bằng [QC] hoặc [AD]" in answer.content.decode()
    assert not Run.objects.exists()


def test_without_an_address_to_unsubscribe_at_nothing_is_sent(
    desk: Client,
    hoa: User,
    box: tuple[Box, int],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, server=Server()))
    answer = desk.post(f"/campaigns/{campaign}/start", {})
    assert answer.status_code == 400
    assert "server.base_url" in answer.content.decode()
    assert not Run.objects.exists()


def test_who_may_not_send_can_look_and_nothing_more(
    desk: Client, hoa: User, nam: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    other = Client()
    other.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    assert "Gửi chiến dịch" not in read(other, f"/campaigns/{campaign}")
    for path in (f"/campaigns/{campaign}/start", "/campaigns/new", "/mail-accounts"):
        assert other.post(path, {}).status_code == 403, path
    assert not Run.objects.exists()


def test_an_account_is_changed_without_telling_its_password_again(
    desk: Client, hoa: User, nam: User, box: tuple[Box, int]
) -> None:
    open_account(desk, box[1], password="gốm nâu")
    account = Account.objects.get()
    where, told = f"/mail-accounts/{account.pk}/edit", {"name": "Gốm Mộc", "host": "127.0.0.1"}
    told |= {"from_address": "chao@gom-moc.example", "port": str(box[1]), "security": "none"}
    told |= {"per_second": "5", "per_day": "0", "is_paused": "on"}
    assert 'value="tin@gom-moc.example"' in read(desk, where)
    assert "gốm nâu" not in read(desk, where)

    assert desk.post(where, told | {"host": "169.254.169.254"}).status_code == 400
    assert Account.objects.get().from_address == "tin@gom-moc.example"
    assert desk.post(where, told).status_code == 302

    changed = Account.objects.get()
    assert (changed.from_address, changed.per_second) == ("chao@gom-moc.example", 5)
    assert (changed.is_paused, changed.secret, changed.dkim) == (True, account.secret, account.dkim)
    assert login_of(changed).password == "gốm nâu"
    assert "Tạm dừng" in read(desk, "/mail-accounts")
    assert list_audit()[0].action == "account.change"
    open_account(desk, box[1], name="Kho")
    assert "Đã có tài khoản tên này." in desk.post(where, told | {"name": "Kho"}).content.decode()
    other = Client()
    other.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    assert other.post(where, told).status_code == 403


def test_the_list_of_what_leaves_names_campaigns(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    assert "chưa lần nào" in read(desk, "/egress")
    desk.post(f"/campaigns/{campaign}/start", {})
    send_all(TickingClock(system_clock()))

    page = read(desk, "/egress")

    assert "Chiến dịch đã gửi: 1" in page
    assert "chưa lần nào" not in page
    assert f"127.0.0.1:{box[1]}" in page


@pytest.mark.parametrize(
    ("channel", "said", "never"),
    [
        ("email", ("Sẽ nhận thư", "Ghi nhận kết quả"), "tin nhắn"),
        ("sms", ("Chưa có số điện thoại", "ai cũng nhận cùng một tin nhắn"), "nhận thư"),
        ("zalo", ("Chưa có số điện thoại", "ai cũng nhận cùng một tin."), "nhận thư"),
    ],
)
def test_a_page_speaks_of_what_the_channel_sends(
    desk: Client,
    hoa: User,
    box: tuple[Box, int],
    now: datetime,
    channel: str,
    said: tuple[str, ...],
    never: str,
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    Campaign.objects.filter(pk=campaign).update(channel=channel)
    if channel != "email":
        Campaign.objects.update(version_id=None, account=None)
    page = read(desk, f"/campaigns/{campaign}")
    for words in said:
        assert words in page, words
    assert never not in page


def test_a_mail_server_inside_the_house_is_called_only_where_the_operator_allows_it(
    desk: Client, box: tuple[Box, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_account(desk, box[1])
    account = Account.objects.get()
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, egress=Egress()))
    for host in ("127.0.0.1", "localhost", "169.254.169.254"):
        Account.objects.update(host=host)
        said = desk.post(f"/mail-accounts/{account.pk}/check", follow=True).content.decode()
        assert "là máy trong mạng nội bộ nên không được gọi" in said, host
        assert "egress.inside" in said
        assert "Kết nối và đăng nhập được." not in said


def test_a_template_that_is_not_usable_is_said_on_the_page_and_not_sent(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    assert "Gửi chiến dịch</button>" in read(desk, f"/campaigns/{campaign}")
    save_identity(Identity(sender="Gốm Mộc"), user=hoa, at=now)
    page = read(desk, f"/campaigns/{campaign}")
    assert "sửa mẫu thư: cửa hàng chưa khai tên và địa chỉ người gửi" in page
    assert "Gửi chiến dịch</button>" not in page
    assert desk.post(f"/campaigns/{campaign}/start", {}).status_code == 400
    assert not Run.objects.exists()


def test_chi_hoa_tries_the_letter_on_herself_before_anybody_gets_it(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    told = {"who": "1", "account_id": str(Account.objects.get().pk)}
    to = {"addresses": "hoa@example.vn, nam@gom-moc.example"}
    assert desk.post(f"/campaigns/{campaign}/try", told | to).status_code == 302
    assert "Đang gửi" in read(desk, f"/campaigns/{campaign}")
    try_all(TickingClock(datetime.now(UTC)))
    page = read(desk, f"/campaigns/{campaign}")
    assert "Máy chủ đã nhận" in page
    assert "Máy chủ nói: 250 2.0.0 taken" in page
    assert [to for _, to, _ in box[0].letters] == [["hoa@example.vn"], ["nam@gom-moc.example"]]
    assert not Run.objects.exists()
    assert "content.try_out" in {one.action for one in list_audit()}

    template = get_version(Campaign.objects.get().version_id or 0).template_id
    assert "nam@gom-moc.example" in read(desk, f"/content/{template}")
    answer = desk.post(f"/content/{template}/send", {**told, "who": "long", **to})
    assert answer.status_code == 302


def test_a_letter_on_trial_is_refused_beside_its_field_and_to_who_may_not_send(
    desk: Client, hoa: User, nam: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    told = {"who": "1", "account_id": str(Account.objects.get().pk)}
    template = get_version(Campaign.objects.get().version_id or 0).template_id
    paths = (f"/campaigns/{campaign}/try", f"/content/{template}/send")
    for path in paths:
        answer = desk.post(path, told | {"addresses": "khach-1@example.vn"})
        assert answer.status_code == 400
        assert "là email của khách" in answer.content.decode()
    other = Client()
    other.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    for path in paths:
        assert other.post(path, told | {"addresses": "nam@example.vn"}).status_code == 403
    assert not TryOut.objects.exists()


def test_the_words_of_a_template_at_zalo_are_not_made_a_letters(
    desk: Client, hoa: User, box: tuple[Box, int], now: datetime
) -> None:
    open_account(desk, box[1])
    campaign = make_campaign(desk, hoa, now)
    Campaign.objects.update(channel="zalo", version_id=None, text="[QC] Gom moi")
    was = Campaign.objects.values().get()
    for answer in (
        desk.get(f"/campaigns/{campaign}/edit/content"),
        desk.post(f"/campaigns/{campaign}/edit/content", {"version_id": "1"}),
    ):
        assert answer.headers["Location"] == f"/campaigns/{campaign}"
    assert Campaign.objects.values().get() == was
