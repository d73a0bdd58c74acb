"""Letters programs ask for: the order that is on its way, told once, before any broadcast."""

import email
import email.policy
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from khachquen.activate.campaigns import running
from khachquen.activate.campaigns.models import Account, Campaign, Message, Recipient, Run
from khachquen.activate.campaigns.triggering import (
    Asked,
    ask_message,
    forget_data,
    get_message,
    list_messages,
)
from khachquen.activate.channels.email import Connection
from khachquen.activate.content.identity import Identity, save_identity
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.writing import add_template
from khachquen.base import ConflictError, InputError
from khachquen.flows import sending
from khachquen.govern import User
from tests.activate.channels.servers import Box, mail_server
from tests.activate.content.wordings import wording
from tests.clock import FrozenClock
from tests.flows.post import (
    TickingClock,
    add_account,
    add_people,
    add_run,
    config,
    count,
    send_all,
    sender,
    state_of,
    work_until,
)
from tests.flows.test_kill import die, in_a_process
from tests.served import free_port

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
HOA = "hoa@gom-moc.example"
SAID = (
    "Chào {{ person.name | default: 'bạn' }}, đơn {{ data.order }} gồm"
    "{% for one in data.items %} {{ one.name }} x{{ one.count }}{% endfor %}."
    " {{ shop.sender }}, {{ shop.address }}"
)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def ticking(clock: FrozenClock) -> TickingClock:
    return TickingClock(clock())


@pytest.fixture
def account(box: Box, now: datetime) -> Iterator[Account]:
    with mail_server(box, port=free_port()) as port:
        yield add_account(port, at=now)


@pytest.fixture
def run(account: Account, now: datetime) -> Run:
    """Messages about orders, under way."""
    hoa = User.objects.create(email=HOA, is_admin=True, created_at=now)
    save_identity(Identity(sender="Gốm Mộc", address="12 Hàng Bông, Hà Nội"), user=hoa, at=now)
    words = wording(SAID, subject="Đơn {{ data.order }}", purpose_kind="transactional")
    version = get_template(add_template("Đơn đi rồi", words, user=hoa, at=now)).version.id
    add_people("Nguyễn Thị Lan", "Trần Văn Nam", agree=False, at=now)
    return begin(account, now, version_id=version)


def begin(account: Account, now: datetime, **more: Any) -> Run:
    told = {
        "lane": "prompt",
        "purpose": "service",
        "segment_id": None,
        "is_triggered": True,
        **more,
    }
    return add_run(account, [], at=now, **told)


def ask(run: Run, person: int, key: str, *, at: datetime, **data: Any) -> tuple[int, bool]:
    told = {"order": "HD1", "items": [{"name": "Bát", "count": 2}], **data}
    asked = Asked(run.campaign_id, person, f"profile:{person}", key, told)
    message, is_new = ask_message(asked, by=HOA, at=at)
    return message.id, is_new


def send(ticking: TickingClock, **more: Any) -> None:
    """Until no letter waits; the run stays open."""
    with sender(ticking, **more) as mailer:
        work_until(mailer, lambda: not open_ones())


def open_ones() -> bool:
    return Recipient.objects.filter(state__in=("waiting", "claimed", "wire")).exists()


def said(box: Box) -> list[tuple[str, str, str]]:
    found = []
    for _, (to,), raw in box.letters:
        letter = email.message_from_bytes(raw, policy=email.policy.default)
        body = letter.get_body(("html",))
        assert body is not None
        found.append((to, letter["Subject"], body.get_content()))
    return found


def test_a_program_tells_lan_of_two_orders_and_the_run_stays_open(
    run: Run, box: Box, now: datetime, ticking: TickingClock
) -> None:
    first, _ = ask(run, 1, "hd1", at=now)
    second, _ = ask(run, 1, "hd2", at=now, order="HD2 <b>{{ person.name }}</b>\r\nBcc: x@y.example")
    assert get_message(first).state == "waiting"
    send(ticking)

    (to, subject, words), (_, other, others) = sorted(said(box), key=lambda one: one[1])
    assert (to, subject) == ("khach-1@example.vn", "Đơn HD1")
    assert "Chào Nguyễn Thị Lan, đơn HD1 gồm Bát x2." in words
    assert other == "Đơn HD2 <b>{{ person.name }}</b> Bcc: x@y.example"
    assert "HD2 &lt;b&gt;{{ person.name }}&lt;/b&gt;" in others, "what a program says is never run"
    assert [get_message(one).state for one in (first, second)] == ["sent", "sent"]
    assert state_of(run) == "sending"
    ask(run, 2, "hd3", at=ticking())
    send(ticking)
    assert (count(run).sent, count(run).targeted) == (3, 3)


def test_the_same_key_is_the_same_letter_and_another_wish_under_it_is_refused(
    run: Run, box: Box, now: datetime, ticking: TickingClock
) -> None:
    first, is_new = ask(run, 1, "hd1", at=now)
    assert (ask(run, 1, "hd1", at=now), is_new) == ((first, False), True)
    with pytest.raises(ConflictError) as taken:
        ask(run, 1, "hd1", at=now, order="HD9")
    assert (taken.value.code, taken.value.path) == ("messages.key_taken", "header.Idempotency-Key")
    with pytest.raises(ConflictError):
        ask(run, 2, "hd1", at=now)
    send(ticking)
    assert ask(run, 1, "hd1", at=ticking() + timedelta(days=400)) == (first, False)
    assert forget_data(before=ticking() + timedelta(days=1)) == 1
    assert ask(run, 1, "hd1", at=ticking()) == (first, False)
    assert (len(box.letters), Message.objects.count(), count(run).targeted) == (1, 1, 1)
    running.change(run.pk, "cancel", by=HOA, at=ticking())
    assert ask(run, 1, "hd1", at=ticking()) == (first, False)
    with pytest.raises(ConflictError) as closed:
        ask(run, 1, "hd4", at=ticking())
    assert closed.value.code == "messages.not_open"
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("key", "data", "code", "path"),
    [
        ("", {}, "messages.bad_key", "header.Idempotency-Key"),
        ("k" * 201, {}, "messages.bad_key", "header.Idempotency-Key"),
        ("đơn", {}, "messages.bad_key", "header.Idempotency-Key"),
        ("k", {"order": "x" * 33_000}, "messages.bad_data", "data"),
        ("k", {"a": {"b": [1, 2**60]}}, "messages.bad_data", "data.a.b[1]"),
        ("k", {"a": float("nan")}, "messages.bad_data", "data.a"),
        ("k", {"a": "\ud83d"}, "messages.bad_data", "data.a"),
        ("k", {"a": [[[[[[[1]]]]]]]}, "messages.bad_data", "data.a[0][0][0][0][0][0]"),
    ],
)
def test_a_wish_that_cannot_be_a_letter_is_refused_with_its_place(
    run: Run, now: datetime, key: str, data: dict[str, Any], code: str, path: str
) -> None:
    with pytest.raises(InputError) as refused:
        ask_message(Asked(run.campaign_id, 1, "profile:1", key, data), by=HOA, at=now)
    assert (refused.value.code, refused.value.path) == (code, path)
    assert not Message.objects.exists()
    assert not Recipient.objects.exists()


def test_it_goes_before_a_broadcast_that_is_under_way(
    run: Run, account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    crowd = add_people(*["Khách"] * 1_500, at=now, first=100)
    bulk = add_run(account, crowd, at=now, name="Gốm mới")
    with sender(ticking, quiet_from=0, quiet_until=0) as mailer:
        work_until(mailer, lambda: len(box.letters) >= 60)
        waiting = count(bulk).open
        message, _ = ask(run, 2, "hd1", at=ticking())
        seen = len(box.letters)
        work_until(mailer, lambda: get_message(message).state == "sent")
        order = [to for _, (to,), _ in box.letters]
        still = count(bulk).open
    assert waiting > 1_000
    assert still > 500, "the broadcast is far from its end"
    assert order.index("khach-2@example.vn") - seen < 900


def test_advertising_asked_for_by_a_program_passes_every_guard(
    run: Run, account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    ads = begin(account, now, lane="bulk", purpose="ads", name="Nhắc giỏ hàng")
    (agreed,) = add_people("Lê Mai", at=now, first=10)
    told: list[int] = []
    for n in range(5):
        told.append(ask(ads, agreed, f"gio-{n}", at=now)[0])
    stranger, _ = ask(ads, 2, "gio-nam", at=now)
    send(ticking, quiet_from=0, quiet_until=0)
    states = Counter((get_message(one).state, get_message(one).reason) for one in told)
    assert states == {("sent", ""): 3, ("skipped", "capped_by_law"): 2}
    assert (get_message(stranger).state, get_message(stranger).reason) == ("skipped", "unknown")
    assert len(box.letters) == 3


def test_paused_it_waits_cancelled_it_is_skipped(
    run: Run, box: Box, now: datetime, ticking: TickingClock
) -> None:
    running.change(run.pk, "pause", by=HOA, at=now)
    first, _ = ask(run, 1, "hd1", at=now)
    with sender(ticking) as mailer:
        for _ in range(20):
            mailer.step()
        assert get_message(first).state == "waiting"
        running.change(run.pk, "cancel", by=HOA, at=now)
        ticking.advance(seconds=2)
        work_until(mailer, lambda: state_of(run) == "cancelled")
    assert (get_message(first).state, get_message(first).reason) == ("skipped", "cancelled")
    assert box.letters == []


class DyingAtTheDot(Connection):
    """A line whose sender is killed when the third letter may or may not have arrived."""

    letters = 0

    def _write(self, data: bytes) -> None:
        super()._write(data)
        if data == b".\r\n":
            DyingAtTheDot.letters += 1
            if DyingAtTheDot.letters == 3:
                die()


def test_killed_and_asked_again_nobody_gets_it_twice(
    run: Run, box: Box, now: datetime, ticking: TickingClock
) -> None:
    people = add_people(*["Khách"] * 8, agree=False, at=now, first=20)
    told = [ask(run, one, f"hd-{one}", at=now)[0] for one in people]

    def work() -> None:
        DyingAtTheDot.letters = 0
        mailer = sending.Mailer(config(), ticking, connect=DyingAtTheDot)
        mailer.recover()
        while open_ones():
            mailer.step()

    assert in_a_process(work) == -signal.SIGKILL
    assert [ask(run, one, f"hd-{one}", at=now) for one in people] == [(one, False) for one in told]
    send(ticking)
    accepted = Counter(to for _, (to,), _ in box.letters)
    assert set(accepted.values()) == {1}
    states = Counter(get_message(one).state for one in told)
    assert states == {"sent": 7, "unknown": 1}
    total = count(run)
    assert total.targeted == total.sent + total.unknown == 8
    assert 7 <= len(accepted) <= 8


def test_what_was_told_is_deleted_once_the_letter_is_at_its_end(
    run: Run, now: datetime, ticking: TickingClock
) -> None:
    ask(run, 1, "hd1", at=now)
    assert forget_data(before=now + timedelta(days=1)) == 0
    with sender(ticking, message_data_days=0) as mailer:
        work_until(mailer, lambda: not open_ones())
        ticking.advance(minutes=11)
        work_until(mailer, lambda: not Message.objects.filter(data__isnull=False).exists())


def test_a_template_that_needs_a_program_goes_to_no_segment(
    run: Run, account: Account, now: datetime
) -> None:
    campaign = Campaign.objects.get(pk=run.campaign_id)
    assert running.list_missing(campaign, links_open=True) == []
    campaign.is_triggered, campaign.segment_id = False, 1
    (missing,) = running.list_missing(campaign, links_open=True)
    assert "data.…" in missing.en


def test_a_campaign_to_a_segment_is_not_triggered(account: Account, now: datetime) -> None:
    plain = add_run(account, add_people("Lan", at=now), at=now)
    with pytest.raises(ConflictError) as refused:
        ask(plain, 1, "hd1", at=now)
    assert refused.value.code == "messages.not_triggered"


def test_letters_are_listed_the_newest_first(run: Run, now: datetime) -> None:
    ids = [ask(run, 1 + n % 2, f"hd-{n}", at=now)[0] for n in range(5)]
    page = list_messages(campaign_id=run.campaign_id, before=None, limit=3)
    assert [one.id for one in page] == ids[:1:-1]
    rest = list_messages(campaign_id=None, before=page[-1].id, limit=3)
    assert [one.id for one in rest] == ids[1::-1]
    assert [
        one.id for one in list_messages(campaign_id=None, person_id=2, before=None, limit=9)
    ] == [
        ids[3],
        ids[1],
    ]


def test_a_broadcast_ends_as_ever(account: Account, now: datetime, ticking: TickingClock) -> None:
    plain = add_run(account, add_people("Lan", at=now), at=now)
    send_all(ticking, plain, quiet_from=0, quiet_until=0)
    assert state_of(plain) == "done"
