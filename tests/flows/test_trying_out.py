"""Letters staff send themselves first: whose words, to whom, how many, and what the server said."""

import email
import email.policy
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from khachquen.activate.campaigns.models import Account, Recipient, TryOut
from khachquen.activate.campaigns.trying_out import (
    Wish,
    ask_try_outs,
    claim_try_outs,
    exchange_try_outs,
    forget_try_outs,
    recover_try_outs,
)
from khachquen.activate.channels.email import Connection, Envelope, LostError, Reply
from khachquen.activate.content.identity import Identity, save_identity
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.writing import add_template
from khachquen.base import ConflictError, InputError, system_clock
from khachquen.flows.sending import run_mailer
from khachquen.govern import User, list_audit
from khachquen.govern.consent.links import TRIAL, Link, Links
from khachquen.govern.consent.suppressing import suppress
from tests.activate.channels.servers import Box, mail_server
from tests.activate.content.wordings import wording
from tests.clock import FrozenClock
from tests.flows.post import TickingClock, add_account, add_people, config, try_all
from tests.served import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
HOA = "hoa@gom-moc.example"
SAID = (
    "Chào {{ person.name | default: 'bạn' }}. {{ shop.sender }}, {{ shop.address }}"
    " <a href='{{ links.unsubscribe }}'>Hủy</a>"
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
def version(now: datetime) -> int:
    hoa = User.objects.create(email=HOA, is_admin=True, created_at=now)
    save_identity(Identity(sender="Gốm Mộc", address="12 Hàng Bông, Hà Nội"), user=hoa, at=now)
    words = wording(SAID, subject="[QC] Gốm mới")
    return get_template(add_template("Gốm mới", words, user=hoa, at=now)).version.id


def ask(
    version: int, account: Account, addresses: str, *, at: datetime, who: str = "1", hour: int = 30
) -> list[TryOut]:
    wish = Wish(version, account.pk, who, addresses, "ads")
    return ask_try_outs(wish, per_hour=hour, by=HOA, at=at)


def ends() -> list[tuple[str, str, str, str]]:
    rows = TryOut.objects.order_by("pk")
    return list(rows.values_list("address", "state", "reason", "reply"))


def test_the_letter_speaks_to_the_customer_and_its_links_are_the_readers_own(
    version: int, account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    add_people("Nguyễn Thị Lan", agree=False, at=now)
    ask(version, account, "Hoa@gom-moc.example; nam@gom-moc.example", at=now)
    ask(version, account, HOA, at=now, who="nameless")
    try_all(ticking)

    assert [state for _, state, _, _ in ends()] == ["sent"] * 3
    assert {reply for *_, reply in ends()} == {"250 2.0.0 taken"}
    letters = [
        (to, email.message_from_bytes(raw, policy=email.policy.default))
        for _, (to,), raw in box.letters
    ]
    assert [to for to, _ in letters] == ["Hoa@gom-moc.example", "nam@gom-moc.example", HOA]
    said = [one.get_body(("html",)).get_content() for _, one in letters]  # type: ignore[union-attr]
    assert ["Nguyễn Thị Lan" in words for words in said] == [True, True, False]
    for to, letter in letters:
        assert letter["Subject"] == "[Thử] [QC] Gốm mới"
        link = letter["List-Unsubscribe"].strip("<>").rpartition("/")[2]
        assert Links(config()).read("u", link) == Link("u", f"email:{to.lower()}", "ads", None)
    assert not Recipient.objects.exists()
    (audit, *_) = list_audit()
    assert (audit.action, audit.actor) == ("content.try_out", HOA)
    assert HOA not in str(audit.detail)


def test_the_way_out_of_a_letter_for_no_purpose_yet_leads_to_a_page_that_says_so(
    version: int, account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    ask_try_outs(Wish(version, account.pk, "new", HOA, ""), per_hour=30, by=HOA, at=now)
    try_all(ticking)

    letter = email.message_from_bytes(box.letters[0][2], policy=email.policy.default)
    said = letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert f"{config().server.base_url}/u/{TRIAL}" in said
    assert letter["List-Unsubscribe"] is None


def test_what_the_server_refuses_or_puts_off_is_said_in_its_words(
    version: int, account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    box.refuses["nam@gom-moc.example"] = "550 5.1.1 no such user"
    box.answers[HOA] = "451 4.7.1 greylisted"
    ask(version, account, f"{HOA}, nam@gom-moc.example", at=now, who="new")
    ask(version, account, "lan@gom-moc.example", at=now, who="999")
    try_all(ticking)
    assert ends() == [
        (HOA, "failed", "later", "451 4.7.1 greylisted"),
        ("nam@gom-moc.example", "failed", "bad_address", "550 5.1.1 no such user"),
        ("lan@gom-moc.example", "failed", "not_written", "gone"),
    ]
    assert box.letters == []


def test_a_server_inside_the_house_is_not_called(
    version: int, account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    account.host = "169.254.169.254"
    account.save()
    ask(version, account, HOA, at=now, who="new")
    try_all(ticking)
    ((_, state, reason, reply),) = ends()
    assert (state, reason) == ("failed", "account")
    assert "inside the house" in reply
    assert box.letters == []


@pytest.mark.parametrize(
    ("addresses", "code"),
    [
        (" , ", "campaigns.try_nobody"),
        ("hoa@", "campaigns.try_address"),
        (",".join(f"{n}@gom-moc.example" for n in range(6)), "campaigns.try_too_many"),
        (f"{HOA} KHACH-1@example.vn", "campaigns.try_customer"),
        ("tu-choi@example.vn", "campaigns.try_customer"),
    ],
)
def test_no_letter_on_trial_goes_to_a_customer_and_all_of_them_go_or_none(
    version: int, account: Account, now: datetime, addresses: str, code: str
) -> None:
    add_people("Nguyễn Thị Lan", at=now)
    suppress(["email:tu-choi@example.vn"], channel="email", reason="complained", by=HOA, at=now)
    with pytest.raises(InputError) as refused:
        ask(version, account, addresses, at=now)
    assert (refused.value.code, refused.value.path) == (code, "addresses")
    assert not TryOut.objects.exists()


def test_so_many_an_hour_and_no_more(version: int, account: Account, now: datetime) -> None:
    ask(version, account, "a@gom-moc.example b@gom-moc.example", at=now, hour=3)
    with pytest.raises(ConflictError) as refused:
        ask(version, account, "c@gom-moc.example d@gom-moc.example", at=now, hour=3)
    assert refused.value.code == "campaigns.try_limit"
    assert TryOut.objects.count() == 2
    later = now + timedelta(minutes=61)
    assert len(ask(version, account, "c@gom-moc.example d@gom-moc.example", at=later, hour=3)) == 2


def test_after_thirty_days_nothing_of_it_is_kept(
    version: int, account: Account, now: datetime
) -> None:
    month = timedelta(days=30)
    ask(version, account, "hoa@gom-moc.example", at=now)
    ask(version, account, "nam@gom-moc.example", at=now + timedelta(days=1))
    assert forget_try_outs(now + month) == 0
    assert forget_try_outs(now + month + timedelta(minutes=1)) == 1
    assert [end[0] for end in ends()] == ["nam@gom-moc.example"]


def test_what_nobody_waits_for_any_more_does_not_go_out_days_later(
    version: int, account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    ask(version, account, HOA, at=now)
    ticking.advance(minutes=16)
    try_all(ticking)
    assert ends() == [(HOA, "failed", "too_late", "")]
    assert box.letters == []


def test_after_a_crash_what_was_on_the_wire_is_unknown_and_the_rest_goes_out_once(
    version: int, account: Account, box: Box, now: datetime, ticking: TickingClock
) -> None:
    first, _ = ask(version, account, f"{HOA} nam@gom-moc.example", at=now, who="new")
    claim_try_outs(owner="here:dead", now=now)
    assert exchange_try_outs((), [first.pk], owner="here:dead", now=now) == {first.pk}
    assert exchange_try_outs((), [first.pk], owner="here:dead", now=now) == set()
    recover_try_outs(now=now, dead="here:")
    try_all(ticking)
    assert [(to, state) for to, state, *_ in ends()] == [
        (HOA, "unknown"),
        ("nam@gom-moc.example", "sent"),
    ]
    assert [to for _, (to,), _ in box.letters] == ["nam@gom-moc.example"]


def test_a_line_that_breaks_before_the_answer_leaves_it_unknown(
    version: int, account: Account, now: datetime, ticking: TickingClock
) -> None:
    class Breaking(Connection):
        def send(self, sender: str, to: Envelope, message: bytes) -> Reply:
            raise LostError("gone", may_have_arrived=True)

    ask(version, account, HOA, at=now, who="new")
    try_all(ticking, connect=Breaking)
    assert ends() == [(HOA, "unknown", "line_broke", "gone")]


def test_the_shops_own_sender_takes_them_along(
    version: int, account: Account, box: Box, tmp_path: Path
) -> None:
    now, stop = system_clock(), threading.Event()
    ask(version, account, HOA, at=now, who="new")

    def work() -> None:
        try:
            run_mailer(replace(config(), data=tmp_path), system_clock, stop)
        finally:
            connection.close()

    sender = threading.Thread(target=work)
    sender.start()
    try:
        wait_for(lambda: ends()[0][1] == "sent")
    finally:
        stop.set()
        sender.join(30)
    assert [to for _, (to,), _ in box.letters] == [HOA]
