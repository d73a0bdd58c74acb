"""Chị Lan signs up; her mailbox is asked once, and only its word makes her a reader."""

import email
import email.policy
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from khachquen.activate.campaigns.models import Account, Outcome, Recipient, Run
from khachquen.activate.channels.email import Connection, Envelope, LostError, Reply
from khachquen.activate.confirmations.counting import count_letters
from khachquen.activate.confirmations.models import Confirmation
from khachquen.activate.content.reading import get_template
from khachquen.activate.content.starters import start
from khachquen.activate.content.writing import add_template
from khachquen.activate.returned.boxes import save_box
from khachquen.activate.returned.keeping import Arrived, Returned, keep
from khachquen.base import Config, InputError, Text
from khachquen.collect.forms import Ask, Confirm, FormView, Question, Wish, change_form
from khachquen.flows import confirming
from khachquen.flows.choosing import Seen
from khachquen.flows.confirm_letters import ConfirmLetters
from khachquen.flows.confirming import (
    Opened,
    answer_confirmation,
    demand_confirmable,
    open_confirmation,
)
from khachquen.flows.fetching_reports import tell_kept
from khachquen.flows.lettering import Letters
from khachquen.flows.signing_up import Filled, askable, make_form, new_pass, shown_asks, sign_up
from khachquen.govern import User
from khachquen.govern.consent import Addressee, find_break, list_words, may_send
from khachquen.govern.consent.purposes import publish_text
from khachquen.govern.consent.suppressing import suppress
from tests.activate.channels.returned_mail import block, dsn, letter_head
from tests.activate.channels.servers import Box, mail_server
from tests.flows.line import Line
from tests.flows.post import add_account, add_people, add_run
from tests.flows.post import config as shop_config
from tests.flows.test_kill import die, in_a_process
from tests.served import free_port
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
HOA = "hoa@gom-moc.example"
LAN = "email:lan@nhamay.vn"
WORDS = Text(vi="Gửi tôi tin khuyến mãi, nhiều nhất 4 thư mỗi tháng.", en="Send me offers.")
SEEN = Seen("198.51.100.23")
WISH = Wish(
    title=Text(vi="Đăng ký nhận tin", en="Newsletter"),
    questions=(Question("name"), Question("email", required=True), Question("phone")),
    asks=(Ask("ads", ("email", "zalo"), 4, 30),),
)


@pytest.fixture
def line(data: Path) -> Line:
    return Line(data)


@pytest.fixture
def config(data: Path) -> Config:
    return replace(shop_config(), data=data)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def account(box: Box, line: Line) -> Iterator[Account]:
    with mail_server(box, port=free_port()) as port:
        yield add_account(port, at=line.clock())


@pytest.fixture
def form(line: Line, account: Account) -> FormView:
    publish_text("ads", WORDS, by=HOA, at=line.clock())
    wish = replace(WISH, confirm=Confirm(account.pk))
    return make_form(wish, slug="nhan-tin", by=HOA, at=line.clock())


def fill_in(
    config: Config, line: Line, form: FormView, *, to: str = "Lan@nhamay.vn", **more: Any
) -> bool:
    given = new_pass(form, shown_asks(form), at=line.clock())
    line.clock.advance(minutes=1)
    filled = Filled(
        answers={"name": "Trúng thưởng http://xau.example", "email": to, "phone": "0912 345 678"},
        ticked=frozenset({("ads", "email"), ("ads", "zalo")}),
        given_pass=given,
        ip="203.0.113.77",
        page_url="https://gom-moc.example/f/nhan-tin",
    )
    verdict = sign_up(config, form, replace(filled, **more), now=line.clock())
    assert verdict.is_taken
    return verdict.is_asked


def deliver(config: Config, line: Line, **more: Any) -> None:
    """Every letter that is owed, to its end."""
    line.clock.advance(seconds=1)
    sender = ConfirmLetters(config, line.clock, owner="here:one", **more)
    sender.recover("here:")
    try:
        wait_for(lambda: not (sender.step() or not sender.is_idle), every_s=0.002)
    finally:
        sender.close()


def letters(box: Box) -> list[tuple[str, Any]]:
    return [
        (to, email.message_from_bytes(raw, policy=email.policy.default))
        for _, (to,), raw in box.letters
    ]


def link_in(letter: Any) -> str:
    found = re.search(
        r"https://gom-moc\.example/confirm/(\S+)", letter.get_body(("plain",)).get_content()
    )
    assert found is not None
    return found[1]


def opened(config: Config, box: Box, line: Line) -> Opened:
    ((_, letter),) = letters(box)
    found = open_confirmation(config, link_in(letter), now=line.clock())
    assert found is not None
    return found


def ends() -> list[tuple[str, str]]:
    return list(Confirmation.objects.order_by("pk").values_list("state", "reason"))


def may(line: Line, channel: str = "email") -> bool:
    to = Addressee(LAN if channel == "email" else "phone:+84912345678", [LAN, "phone:+84912345678"])
    return may_send("ads", channel, to, now=line.clock()).may


def test_her_yes_counts_when_her_mailbox_says_so_and_the_proof_is_whole(
    config: Config, line: Line, form: FormView, box: Box
) -> None:
    assert fill_in(config, line, form)
    line.take_in()
    (asked,) = (one for one in list_words([LAN]) if one.channel == "email")
    assert (asked.says, asked.text.version if asked.text else 0) == ("asked", 1)
    assert (may(line), may(line, "zalo")) == (False, True)
    asked_at = line.clock()

    deliver(config, line)
    ((to, letter),) = letters(box)
    assert (to, letter["Subject"]) == ("Lan@nhamay.vn", "Xác nhận đăng ký nhận tin từ Gốm Mộc")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["DKIM-Signature"]
    words = letter.get_body(("plain",)).get_content() + letter.get_body(("html",)).get_content()
    assert "xau.example" not in words, "nobody writes letters by way of our form"
    assert "đến hết ngày 27/11/2026" in words

    page = opened(config, box, line)
    assert (page.answer, page.is_over, page.form_name) == ("", False, "Đăng ký nhận tin")
    assert [(one.words, one.at_most) for one in page.waiting] == [(WORDS, 4)]
    assert not may(line), "opening the page says nothing"
    line.clock.advance(hours=3)
    for _ in range(2):
        said = answer_confirmation(config, page, yes=True, seen=SEEN, clock=line.clock)
        assert said == "yes"
    assert may(line), "it holds before the engine has heard of it"
    line.take_in()

    granted = [one for one in list_words([LAN]) if one.says == "granted" and one.channel == "email"]
    (word,) = granted
    assert word.text is not None
    assert (word.method, word.at, word.text.text_vi) == ("link", line.clock(), WORDS.vi)
    assert (word.at_most, word.per_days, word.source_id) == (4, 30, form.source_id)
    proof = {
        key: word.evidence[key] for key in ("form_id", "asked_ip", "ip", "asked_at", "asked_page")
    }
    assert proof == {
        "form_id": "nhan-tin",
        "asked_ip": "203.0.113.0",
        "ip": "198.51.100.0",
        "asked_at": (asked_at).isoformat(),
        "asked_page": "https://gom-moc.example/f/nhan-tin",
    }
    assert may(line)
    assert find_break() is None


def test_unanswered_she_is_never_written_to_again_and_her_address_is_forgotten(
    config: Config, line: Line, form: FormView, box: Box
) -> None:
    fill_in(config, line, form)
    deliver(config, line)
    page = opened(config, box, line)
    line.clock.advance(days=7)
    late = open_confirmation(config, link_in(letters(box)[0][1]), now=line.clock())
    assert late is not None
    assert late.is_over
    assert answer_confirmation(config, page, yes=True, seen=SEEN, clock=line.clock) == ""
    line.take_in()
    assert not may(line)

    line.clock.advance(minutes=2)
    deliver(config, line)
    (row,) = Confirmation.objects.all()
    assert (row.address, row.identifier, row.evidence, row.state) == ("", "", {}, "sent")
    assert open_confirmation(config, link_in(letters(box)[0][1]), now=line.clock()) is None
    assert fill_in(config, line, form), "the page looks the same to whoever fills it in"
    deliver(config, line)
    assert ends() == [("sent", ""), ("skipped", "asked_before")]
    assert len(box.letters) == 1


def test_who_says_it_was_not_them_is_left_alone_for_ever(
    config: Config, line: Line, form: FormView, box: Box
) -> None:
    fill_in(config, line, form)
    deliver(config, line)
    page = opened(config, box, line)
    assert answer_confirmation(config, page, yes=False, seen=SEEN, clock=line.clock) == "no"
    assert answer_confirmation(config, page, yes=True, seen=SEEN, clock=line.clock) == "no"
    line.take_in()
    newest = next(one for one in list_words([LAN]) if one.channel == "email")
    assert (newest.says, newest.method) == ("refused", "link")
    line.clock.advance(days=30)
    fill_in(config, line, form)
    deliver(config, line)
    assert ends()[-1] == ("skipped", "said_no")
    assert len(box.letters) == 1
    assert not may(line)


def test_a_stranger_cannot_have_the_form_write_to_many_or_to_one_often(
    config: Config, line: Line, form: FormView, box: Box
) -> None:
    config = replace(config, forms=replace(config.forms, letters_per_origin=3, letters_per_form=5))
    for n in range(5):
        fill_in(config, line, form, to=f"ai-do-{n}@nhamay.vn")
    fill_in(config, line, form, to="AI-DO-0@nhamay.vn", ip="2001:db8::1")
    for n in range(5, 9):
        fill_in(config, line, form, to=f"ai-do-{n}@nhamay.vn", ip=f"2001:db8:0:0:{n}::1")
    deliver(config, line)

    assert [reason for _, reason in ends()] == [
        *["", "", "", "too_many_here", "too_many_here", "asked_before"],
        *["", "", "too_many_form", "too_many_form"],
    ]
    assert len(box.letters) == 5
    line.clock.advance(hours=2)
    fill_in(config, line, form, to="ai-do-9@nhamay.vn")
    deliver(config, line)
    assert len(box.letters) == 6


def test_a_page_sent_twice_owes_one_letter(config: Config, line: Line, form: FormView) -> None:
    given = new_pass(form, shown_asks(form), at=line.clock())
    line.clock.advance(minutes=1)
    filled = Filled({"email": "lan@nhamay.vn"}, frozenset({("ads", "email")}), given)
    assert sign_up(config, form, filled, now=line.clock()).is_asked
    assert sign_up(config, form, filled, now=line.clock()).is_asked
    assert ends() == [("waiting", "")]


def test_whoever_is_to_be_left_alone_or_agreed_already_is_not_asked(
    config: Config, line: Line, form: FormView, box: Box
) -> None:
    suppress(["email:nam@nhamay.vn"], channel="email", reason="on_register", at=line.clock())
    fill_in(config, line, form, to="nam@nhamay.vn")
    fill_in(config, line, form)
    deliver(config, line)
    page = opened(config, box, line)
    answer_confirmation(config, page, yes=True, seen=SEEN, clock=line.clock)
    line.clock.advance(days=1)
    fill_in(config, line, form)
    deliver(config, line)
    assert ends() == [("skipped", "on_register"), ("sent", ""), ("skipped", "agreed_before")]
    assert [to for to, _ in letters(box)] == ["Lan@nhamay.vn"]


def test_a_form_that_asks_no_mailbox_takes_the_tick_as_it_is(
    config: Config, line: Line, form: FormView
) -> None:
    plain = change_form("nhan-tin", WISH, traits=askable(), by=HOA, at=line.clock())
    assert not fill_in(config, line, plain)
    line.take_in()
    assert may(line)
    assert not Confirmation.objects.exists()


def test_no_letter_without_the_submission_and_no_submission_without_the_letter(
    config: Config, line: Line, form: FormView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **named: object) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as patched:
        patched.setattr("khachquen.store.eventlog.LogWriter.append", full)
        with pytest.raises(OSError, match="no space"):
            fill_in(config, line, form)
    assert not Confirmation.objects.exists()
    with monkeypatch.context() as patched:
        patched.setattr(confirming, "owe_letter", full)
        with pytest.raises(OSError, match="no space"):
            fill_in(config, line, form)
    line.take_in()
    assert line.counts() == {}


class DyingAtTheDot(Connection):
    """A line whose sender is killed when the letter may or may not have arrived."""

    def _write(self, data: bytes) -> None:
        super()._write(data)
        if data == b".\r\n":
            die()


class Breaking(Connection):
    def send(self, sender: str, to: Envelope, message: bytes) -> Reply:
        raise LostError("gone", may_have_arrived=True)


def test_killed_on_the_wire_it_is_unknown_and_never_sent_again(
    config: Config, line: Line, form: FormView, box: Box
) -> None:
    fill_in(config, line, form)

    def work() -> None:
        deliver(config, line, connect=DyingAtTheDot)

    assert in_a_process(work) == -signal.SIGKILL
    deliver(config, line)
    fill_in(config, line, form)
    deliver(config, line)
    assert ends() == [("unknown", "sender_died"), ("skipped", "asked_before")]
    assert len(box.letters) <= 1


def test_what_the_server_puts_off_goes_later_and_what_it_refuses_never(
    config: Config, line: Line, form: FormView, box: Box
) -> None:
    box.answers["Lan@nhamay.vn"] = "451 4.7.1 greylisted"
    box.refuses["sai@nhamay.vn"] = "550 5.1.1 no such user"
    fill_in(config, line, form)
    fill_in(config, line, form, to="sai@nhamay.vn")
    deliver(config, line)
    assert ends() == [("waiting", "later"), ("failed", "bad_address")]
    del box.answers["Lan@nhamay.vn"]
    deliver(config, line)
    assert ends()[0] == ("waiting", "later")
    line.clock.advance(minutes=6)
    deliver(config, line)
    assert ends()[0] == ("sent", "")
    (row, _) = Confirmation.objects.order_by("pk")
    assert row.attempt == 2


def left(config: Config, run: Run, line: Line) -> int:
    """How many letters of a run could be claimed now."""
    return Letters(config).room_of(run, under_way=0, now=line.clock()).left


BOUNCE = "bounce@thu.gom-moc.example"


def came_back(config: Config, account: Account, line: Line, *reports: bytes) -> None:
    """Reports reach the shop's mailbox and are read."""
    keep(account.pk, "imap", [Arrived(raw) for raw in reports], at=line.clock())
    tell_kept(config, line.clock)


def test_its_way_back_is_its_own_and_is_noted_with_the_sign_up(
    config: Config, line: Line, form: FormView, box: Box, account: Account
) -> None:
    """A sign-up's number is not a recipient's, here of the same, whose letter did arrive."""
    save_box(account.pk, {"bounce_address": BOUNCE}, by=HOA, at=line.clock())
    add_people("Nguyễn Thị Lan", at=line.clock())
    run = add_run(account, [1], at=line.clock())
    Recipient.objects.filter(run=run).update(state="sent", address="lan@nhamay.vn")
    fill_in(config, line, form)
    deliver(config, line)
    ((sender, _, _),) = box.letters
    Recipient.objects.filter(run=run).update(id=Confirmation.objects.get().pk)
    assert re.fullmatch(r"bounce\+[0-9a-z]+-[0-9a-z]+-[a-z2-7]{20}@thu\.gom-moc\.example", sender)

    head = letter_head("lan@nhamay.vn", envelope=sender, key="0" * 32)
    said = [block("lan@nhamay.vn", "5.1.1", "550 5.1.1 user unknown")]
    forged = f"{sender[:20]}{'a' if sender[20] != 'a' else 'b'}{sender[21:]}"
    came_back(config, account, line, dsn(said, to=forged, letter=head.replace(sender, forged)))
    assert ends() == [("sent", "")]
    for _ in range(2):
        came_back(config, account, line, dsn(said, to=sender, letter=head))
        assert ends() == [("sent", "bounced")]
    assert count_letters("nhan-tin") == {"bounced": 1}
    line.take_in()
    assert not Outcome.objects.exists()
    assert list(Returned.objects.order_by("pk").values_list("known_by", "recipient_id")) == [
        ("", None),
        ("envelope", None),
    ]
    fill_in(config, line, form)
    assert ends()[1] == ("skipped", "asked_before")


def test_these_letters_count_in_the_day_of_the_account_and_use_what_broadcasts_leave(
    config: Config, line: Line, form: FormView, box: Box, account: Account
) -> None:
    """Twenty a day, of which a broadcast leaves one: that one is Lan's. Minh's waits for the day to
    be over, and a broadcast has fewer by hers."""
    account.per_day = 20
    account.save()
    people = add_people(*["Khách"] * 19, at=line.clock())
    run = add_run(account, people, at=line.clock())
    for row in Recipient.objects.filter(run=run):
        row.state, row.address = "sent", f"khach-{row.person_id}@example.vn"
        row.reserved_at = row.ended_at = line.clock() - timedelta(hours=2)
        row.save()
    run.account = account
    assert left(config, run, line) == 0
    run.lane = "prompt"
    assert left(config, run, line) == 1

    fill_in(config, line, form)
    fill_in(config, line, form, to="minh@nhamay.vn")
    for _ in range(2):
        deliver(config, line)
        assert ends() == [("sent", ""), ("waiting", "")]
    assert left(config, run, line) == 0
    line.clock.advance(hours=22)
    deliver(config, line)
    assert ends()[1] == ("sent", ""), "the broadcast was two hours before, and a day ago by now"
    assert left(config, run, line) == 18


def test_a_day_late_it_is_not_sent_any_more(
    config: Config, line: Line, form: FormView, box: Box, account: Account
) -> None:
    account.is_paused = True
    account.save()
    fill_in(config, line, form)
    deliver(config, line)
    assert ends() == [("waiting", "")]
    line.clock.advance(hours=25)
    deliver(config, line)
    assert (ends(), box.letters) == ([("failed", "too_late")], [])


def test_the_shops_own_words_are_a_template_with_the_link(
    config: Config, line: Line, form: FormView, box: Box, account: Account
) -> None:
    hoa = User.objects.create(email=HOA, is_admin=True, created_at=line.clock())
    made = add_template("Xác nhận", start("confirm"), user=hoa, at=line.clock())
    other = add_template("Cảm ơn", start("thank_you"), user=hoa, at=line.clock())
    with pytest.raises(InputError) as refused:
        demand_confirmable(config, replace(WISH, confirm=Confirm(account.pk, other)))
    assert (refused.value.code, refused.value.path) == ("forms.cannot_confirm", "confirm_template")
    wish = replace(WISH, confirm=Confirm(account.pk, get_template(made).id))
    demand_confirmable(config, wish)
    form = change_form("nhan-tin", wish, traits=askable(), by=HOA, at=line.clock())
    fill_in(config, line, form)
    deliver(config, line)
    ((_, letter),) = letters(box)
    assert "Còn một bước nữa" in letter.get_body(("html",)).get_content()
    assert open_confirmation(config, link_in(letter), now=line.clock()) is not None


def test_only_our_own_links_lead_anywhere(
    config: Config, line: Line, form: FormView, box: Box
) -> None:
    fill_in(config, line, form)
    deliver(config, line)
    token = link_in(letters(box)[0][1])
    forged = [token[:-1] + ("A" if token[-1] != "A" else "B"), f"9{token}", "", ".", token[:-1]]
    assert [open_confirmation(config, one, now=line.clock()) for one in forged] == [None] * 5
