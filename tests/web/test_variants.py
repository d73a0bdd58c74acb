"""A test of two subjects on the page: planned, its size judged, decided; and a second letter."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from khachquen.activate.campaigns import approving
from khachquen.activate.campaigns.models import Account, Campaign, Outcome, Recipient, Run
from khachquen.activate.campaigns.variants import Plan, Variant, plan_of
from khachquen.activate.content.identity import Identity, save_identity
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.writing import add_template
from khachquen.base.config import Egress, Sending, Server
from khachquen.govern import User
from khachquen.govern.consent.purposes import LETTERS
from khachquen.store import forget_reader
from khachquen.store.touched import touch
from khachquen.understand.segments import add_segment
from tests.activate.content.wordings import wording
from tests.flows.post import add_account, add_people, say
from tests.web.segmented import keep_segments

pytestmark = pytest.mark.django_db(transaction=True)
SAID = (
    "Chào {{ person.greeting }}. {{ shop.sender }}, {{ shop.address }}."
    " <a href='{{ links.unsubscribe }}'>Hủy</a> <a href='{{ links.preferences }}'>Chọn</a>"
)
BLANK = {
    f"{name}_{key}": "" for key in "ABCDE" for name in ("share", "version", "subject", "hours")
}
TOLD = {
    **BLANK,
    "design": "split",
    "measure": "clicks",
    "wait_hours": "4",
    "test_percent": "20",
    "usual_percent": "3",
    "least_points": "1",
    "holdout_percent": "0",
    "share_A": "50",
    "share_B": "50",
    "subject_B": "[QC] Gốm mới, men lam",
}


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
def campaign(hoa: User, now: datetime) -> Campaign:
    """To six people who all agreed."""
    people = add_people("Hoa", "Nam", "Lan", "Tuấn", "Mai", "Dũng", at=now)
    keys = [f"email:khach-{person}@example.vn" for person in people]
    say(*keys, says="granted", at=now, purpose=LETTERS)
    touch(people, at=now, moved=people)
    known = {"kind": "trait", "trait": "is_known", "is": "is", "value": True}
    segment = add_segment("Khách quen", known, actor="hoa@example.vn", at=now)
    keep_segments(now)
    save_identity(Identity(sender="Gốm Mộc", address="12 Hàng Bông, Hà Nội"), user=hoa, at=now)
    made = add_template("Gốm mới", wording(SAID, subject="[QC] Gốm mới"), user=hoa, at=now)
    account: Account = add_account(1, at=now)
    return Campaign.objects.create(
        id=4,  # who is held out follows from it
        name="Gốm mới <b>",
        purpose="ads",
        segment_id=segment.id,
        account=account,
        version_id=get_template(made).version.id,
        created_at=now,
        created_by=hoa.email,
        changed_at=now,
    )


def read(desk: Client, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", answer.content.decode()).replace("\xa0", " ")


def test_a_test_is_planned_and_its_page_says_that_six_people_show_nothing(
    desk: Client, campaign: Campaign, now: datetime
) -> None:
    page = read(desk, f"/campaigns/{campaign.pk}")
    assert "Chưa thử gì: ai cũng nhận cùng một thư." in page
    assert "Bản A là bản bạn vẫn gửi nếu không thử" in read(desk, f"/campaigns/{campaign.pk}/test")

    answer = desk.post(f"/campaigns/{campaign.pk}/test", TOLD | {"holdout_percent": "50"})
    assert answer.status_code == 302, answer.content.decode()
    plan = plan_of(Campaign.objects.get())
    assert plan == Plan((Variant("A", 50), Variant("B", 50, subject="[QC] Gốm mới, men lam")))
    assert Campaign.objects.get().holdout_percent == 50

    page = read(desk, f"/campaigns/{campaign.pk}")
    assert "[QC] Gốm mới, men lam" in page
    assert "Chưa đủ khách để thấy chênh lệch 1,0 điểm: mỗi bản cần 5.301 người" in page
    assert re.search(r"Giữ lại 50 %: khoảng \d khách lẽ ra nhận sẽ không nhận", page)

    desk.post(f"/campaigns/{campaign.pk}/test", TOLD)
    keys = [f"email:khach-{n}@example.vn" for n in range(1, 7)]
    say(*keys[4:], says="withdrawn", at=now, purpose=LETTERS)
    page = read(desk, f"/campaigns/{campaign.pk}")
    assert "khoảng 4 trong 6 khách sẽ nhận" in page
    say(*keys[:4], says="withdrawn", at=now, purpose=LETTERS)
    page = read(desk, f"/campaigns/{campaign.pk}")
    assert "Chưa khách nào trong số này đồng ý cho ghi nhận việc mở và bấm" in page
    assert "bản ít nhất" not in page

    desk.post(f"/campaigns/{campaign.pk}/test", TOLD | {"design": "none"})
    assert Campaign.objects.get().experiment == {}
    assert Campaign.objects.get().holdout_percent == 0


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"share_B": "40"}, "hiện là 90"),
        ({"subject_B": ""}, "giống hệt nhau"),
        ({"holdout_percent": "51"}, "50"),
        ({"version_B": "999"}, "999"),
    ],
)
def test_what_is_no_test_is_refused_and_nothing_is_kept(
    desk: Client, campaign: Campaign, told: dict[str, str], words: str
) -> None:
    answer = desk.post(f"/campaigns/{campaign.pk}/test", TOLD | told)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert Campaign.objects.get().experiment == {}


def test_only_an_administrator_plans_or_writes_again(
    nam: User, campaign: Campaign, now: datetime
) -> None:
    run = sent(campaign, now)
    clerk = Client()
    clerk.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")
    for address in (f"/campaigns/{campaign.pk}/test", f"/campaigns/runs/{run.pk}/again"):
        assert clerk.get(address).status_code == 403
        assert clerk.post(address, TOLD).status_code == 403
    assert Campaign.objects.get().experiment == {}
    assert Run.objects.count() == 1


def sent(campaign: Campaign, now: datetime, **more: object) -> Run:
    """A run that ended two days ago: everybody got it, Hoa opened, Nam's machine did."""
    told = {
        "account": campaign.account,
        "lane": "bulk",
        "purpose": "ads",
        "segment_id": campaign.segment_id,
        "version_id": campaign.version_id,
        "state": "done",
        "start_at": now,
        "began_at": now,
        "is_frozen": True,
        "by": "hoa@gom-moc.example",
    }
    run = Run.objects.create(campaign=campaign, **(told | more))
    for person in range(1, 7):
        row = Recipient.objects.create(
            run=run,
            person_id=person,
            state="sent",
            due_at=now,
            ended_at=now,
            is_tracked=True,
            variant="AB"[person % 2] if more else "",
        )
        if person < 3:
            at = now + timedelta(hours=1)
            Outcome.objects.create(
                recipient=row, kind="opened", is_machine=person == 2, first_at=at, last_at=at
            )
    return run


def test_a_split_that_ended_is_shown_with_its_numbers_and_no_winner(
    desk: Client, campaign: Campaign, now: datetime
) -> None:
    plan = {"variants": [{"key": "A", "share": 50}, {"key": "B", "share": 50, "subject": "[QC] B"}]}
    sent(campaign, now, experiment=plan | {"measure": "opens"})
    page = read(desk, f"/campaigns/{campaign.pk}")
    assert "Quá ít người để so sánh" in page
    assert "33,3 %" in page
    assert "Tốt hơn" not in page.replace("Tốt hơn mọi bản khác", "")


def test_who_did_not_open_is_written_to_again_after_the_count_was_confirmed(
    desk: Client, campaign: Campaign, now: datetime
) -> None:
    run = sent(campaign, now)
    assert "Gửi lại cho 4 người chưa mở" in read(desk, f"/campaigns/{campaign.pk}")
    page = read(desk, f"/campaigns/runs/{run.pk}/again")
    assert "Người không thấy mở: 4 người" in page
    assert "Cả người không biết đã mở hay chưa: 5 người" in page
    assert Run.objects.count() == 1

    refused = desk.post(
        f"/campaigns/runs/{run.pk}/again", {"who": "silent", "subject": "Xem gốm chưa?"}
    )
    assert refused.status_code == 400
    assert Run.objects.count() == 1

    told = {"who": "silent", "subject": "[QC] Xem gốm chưa?"}
    answer = desk.post(f"/campaigns/runs/{run.pk}/again", told)
    assert answer.status_code == 302, answer.content.decode()
    second = Run.objects.get(resend_of=run)
    assert (second.resend_to, plan_of(second).subject) == ("silent", "[QC] Xem gốm chưa?")
    assert "Gửi lại cho" not in read(desk, f"/campaigns/{campaign.pk}")
    assert "Đã gửi nhắc lại một lần." in read(desk, f"/campaigns/runs/{run.pk}/again")
    assert desk.post(f"/campaigns/runs/{run.pk}/again", told).status_code in (400, 409)
    assert Run.objects.count() == 2


def test_a_second_letter_is_asked_for_approved_by_another_and_sent(
    desk: Client, campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two people are wanted: chị Hoa asks and anh Nam approves."""
    run = sent(campaign, now)
    wanted = replace(settings.CONFIG.sending, needs_approval=True)
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, sending=wanted))
    address = f"/campaigns/runs/{run.pk}/again"
    told = {"who": "silent", "subject": "[QC] Xem gốm chưa?"}
    page = read(desk, address)
    assert "Xin duyệt" in page
    assert "Gửi nhắc lại ngay" not in page
    refused = desk.post(address, told)
    assert refused.status_code == 400
    assert "Chiến dịch chưa được người khác duyệt." in refused.content.decode()

    assert desk.post(address, told | {"how": "ask", "note": "Nhắc nhẹ"}).status_code == 302
    page = read(desk, address)
    assert "Người xin duyệt không tự duyệt được." in page
    assert "Người không thấy mở: 4 người lúc này" in page
    assert "Đợi duyệt" in read(desk, f"/campaigns/{campaign.pk}")
    seen = approving.stand(campaign, again_of=run.pk).approval
    assert seen is not None
    own = desk.post(address, {"how": "approve", "seen": seen.digest})
    assert own.status_code == 400
    assert Run.objects.count() == 1

    nam = Client()
    boss = User.objects.create(email="nam@gom-moc.example", is_admin=True, created_at=now)
    nam.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    page = read(nam, address)
    assert "“Nhắc nhẹ”" in page
    assert "Duyệt gửi đúng như thế này" in page
    assert nam.post(address, {"how": "approve", "seen": seen.digest}).status_code == 302
    other = desk.post(address, told | {"how": "send", "subject": "[QC] Khác"})
    assert (other.status_code, Run.objects.count()) == (400, 1)
    assert desk.post(address, told | {"how": "send"}).status_code == 302
    second = Run.objects.get(resend_of=run)
    assert plan_of(second).subject == "[QC] Xem gốm chưa?"
