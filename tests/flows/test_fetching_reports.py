"""Letters that come back: fetched, known again by what only we can make, and acted on once."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from khachquen.activate.campaigns.models import Outcome, Recipient, Sighting
from khachquen.activate.returned import boxes
from khachquen.activate.returned.envelopes import envelope_sender
from khachquen.activate.returned.keeping import count_kinds, list_to_review, mark_seen
from khachquen.activate.returned.models import ReturnBox, Returned
from khachquen.base import Config
from khachquen.flows.fetching_reports import Postbox, proofs_of
from khachquen.flows.tracking import tell
from khachquen.govern.consent.suppressing import list_suppressed
from tests.activate.channels.mailboxes import Letters, mailbox
from tests.activate.channels.returned_mail import arf, block, dsn, letter_head, plain_mail
from tests.activate.channels.servers import Box, mail_server
from tests.clock import FrozenClock
from tests.flows.line import Line
from tests.flows.post import (
    TickingClock,
    add_account,
    add_people,
    add_run,
    config,
    send_all,
)
from tests.served import free_port

pytestmark = pytest.mark.django_db(transaction=True)
BOUNCE = "bounce@thu.gom-moc.example"
HOA, NAM, LAN = (f"khach-{n}@example.vn" for n in (1, 2, 3))
GONE = "550 5.1.1 user unknown"


class Stop(BaseException):
    """The process dies here."""


class Shop:
    """Gốm Mộc after a sending to chị Hoa, anh Nam and chị Lan, and where letters return to."""

    def __init__(self, data: Path, clock: FrozenClock, now: datetime):
        self.line, self.clock, self.letters = Line(data, clock), clock, Letters()
        self.account = add_account(free_port(), at=now)
        people = add_people("Nguyễn Thị Hoa", "Trần Văn Nam", "Phạm Thị Lan", at=now)
        self.run = add_run(self.account, people, at=now)
        for row in Recipient.objects.filter(run=self.run).order_by("person_id"):
            self.mark_sent(row, now)

    def mark_sent(self, row: Recipient, at: datetime) -> None:
        row.state, row.address = "sent", f"khach-{row.person_id}@example.vn"
        row.reserved_at = row.ended_at = at
        row.save()

    @property
    def config(self) -> Config:
        return replace(config(), data=self.line.data)

    def set_box(self, port: int, protocol: str = "imap", **more: Any) -> ReturnBox:
        told = {
            "bounce_address": BOUNCE, "protocol": protocol, "host": "127.0.0.1", "port": port,
            "security": "none", "user": "bounce", "password": self.letters.password,
            "folder": "INBOX", **more,
        }  # fmt: skip
        return boxes.save_box(self.account.pk, told, by="hoa@gom-moc.example", at=self.clock())

    def letter(self, address: str) -> Recipient:
        return Recipient.objects.get(run=self.run, address=address)

    def envelope(self, address: str, key: bytes | None = None) -> str:
        key = proofs_of(self.config).envelope_key if key is None else key
        return envelope_sender(BOUNCE, self.letter(address).pk, key, at=self.clock())

    def bounce(self, address: str, code: str = "5.1.1", words: str = GONE, **more: Any) -> bytes:
        to = more.pop("to", None) or self.envelope(address)
        head = letter_head(address, envelope="x@y.example", key="0" * 32)
        return dsn([block(address, code, words)], to=to, letter=more.pop("letter", head), **more)

    def fetch(self, after: Callable[[str], None] | None = None) -> None:
        self.clock.advance(minutes=2)
        postbox = Postbox(self.config, self.clock, **({"after": after} if after else {}))
        postbox.step()

    def take_in(self) -> None:
        self.line.take_in()

    def outcomes(self) -> set[tuple[str, str, str, int]]:
        rows = Outcome.objects.values_list("recipient__address", "kind", "detail", "times")
        return set(rows)


def silenced(*addresses: str) -> dict[str, str]:
    found = list_suppressed([f"email:{one}" for one in addresses or (HOA, NAM, LAN)])
    return {one.key.removeprefix("email:"): one.reason for one in found}


@pytest.fixture
def shop(data: Path, clock: FrozenClock, now: datetime) -> Shop:
    return Shop(data, clock, now)


@pytest.fixture(params=["imap", "pop3"])
def open_shop(request: pytest.FixtureRequest, shop: Shop) -> Iterator[Shop]:
    with mailbox(shop.letters, request.param) as port:
        shop.set_box(port, request.param)
        yield shop


@pytest.fixture
def by_imap(shop: Shop) -> Iterator[Shop]:
    with mailbox(shop.letters, "imap") as port:
        shop.set_box(port)
        yield shop


def test_a_letter_leaves_under_an_envelope_of_its_own(
    now: datetime, clock: FrozenClock, data: Path
) -> None:
    box = Box()
    with mail_server(box, port=free_port()) as port:
        account = add_account(port, at=now)
        boxes.save_box(account.pk, {"bounce_address": BOUNCE}, by="hoa", at=now)
        run = add_run(account, add_people("Nguyễn Thị Hoa", at=now), at=now)
        send_all(TickingClock(now), run)
    (sender, (to,), _), row = box.letters[0], Recipient.objects.get(run=run)
    assert to == HOA
    assert sender == envelope_sender(BOUNCE, row.pk, proofs_of(config()).envelope_key, at=now)
    assert len(sender.partition("@")[0]) <= 64


def test_what_came_back_becomes_outcomes_and_silences_who_must_be(open_shop: Shop) -> None:
    shop = open_shop
    shop.letters.put(
        shop.bounce(HOA),
        arf("abuse", NAM, told=NAM, envelope=shop.envelope(NAM)),
        shop.bounce(LAN, "5.2.2", "552 5.2.2 mailbox full"),
    )
    shop.fetch()
    shop.take_in()
    assert shop.outcomes() == {
        (HOA, "bounced", "hard", 1),
        (NAM, "complained", "", 1),
        (LAN, "bounced", "soft", 1),
    }
    assert silenced() == {HOA: "bounced", NAM: "complained"}
    told = shop.line.ask(
        "select name, properties->>'is_hard' from events where name like 'Email %'"
    )
    assert sorted(told) == [
        ("Email Bounced", "false"), ("Email Bounced", "true"), ("Email Marked as Spam", None),
    ]  # fmt: skip
    box = ReturnBox.objects.get()
    assert (box.trouble, box.ok_at is not None) == ("", True)


@pytest.mark.parametrize("step", ["fetched", "kept", "told", "noted", "cleared"])
def test_killed_after_any_step_nothing_is_lost_and_nothing_counts_twice(
    open_shop: Shop, step: str
) -> None:
    shop = open_shop
    shop.letters.put(
        shop.bounce(HOA), shop.bounce(NAM), plain_mail("Chào", "?", sender="a@b.example")
    )

    def die(name: str) -> None:
        if name == step:
            raise Stop

    with pytest.raises(Stop):
        shop.fetch(after=die)
    shop.take_in()
    for _ in range(2):
        shop.fetch()
        shop.take_in()
    assert shop.outcomes() == {(HOA, "bounced", "hard", 1), (NAM, "bounced", "hard", 1)}
    assert Sighting.objects.count() == 2
    assert Returned.objects.count() == 3


@pytest.mark.parametrize(
    "cut", ["UID FETCH 1,2 (UID BODY", "UID SEARCH", "UID STORE", "RETR 2", "UIDL", "LIST", "QUIT"]
)
def test_a_line_that_breaks_is_picked_up_where_it_was(open_shop: Shop, cut: str) -> None:
    shop = open_shop
    shop.letters.put(shop.bounce(HOA), shop.bounce(NAM))
    shop.letters.breaks_at = cut
    for _ in range(3):
        shop.fetch()
    shop.take_in()
    assert shop.outcomes() == {(HOA, "bounced", "hard", 1), (NAM, "bounced", "hard", 1)}


def test_only_what_was_understood_is_deleted_and_only_by_setting(open_shop: Shop) -> None:
    shop = open_shop
    odd = plain_mail("Hỏi giá", "Ghế này bao nhiêu ạ?", sender="khach-9@example.vn")
    shop.letters.put(shop.bounce(HOA), odd)
    shop.fetch()
    assert not shop.letters.deleted
    box = ReturnBox.objects.get()
    box.deletes = True
    box.save()
    shop.letters.put(shop.bounce(NAM))
    shop.fetch()
    assert list(shop.letters.messages.values())[-1] == odd
    assert NAM not in str(shop.letters.messages.values())
    assert [one.subject for one in list_to_review(shop.account.pk)] == ["Hỏi giá"]


def test_forged_reports_silence_nobody_and_wait_for_somebody(by_imap: Shop) -> None:
    shop = by_imap
    forged = shop.envelope(HOA, key=b"guessed")
    old = envelope_sender(
        BOUNCE, shop.letter(HOA).pk, proofs_of(shop.config).envelope_key,
        at=shop.clock() - timedelta(days=120),
    )  # fmt: skip
    flipped = shop.envelope(HOA).replace("+", "+1", 1)
    made_up = letter_head(HOA, envelope="x@y.example", key="ab" * 16)
    shop.letters.put(
        *(shop.bounce(HOA, to=to, letter=made_up) for to in (forged, old, flipped, BOUNCE)),
        arf("abuse", HOA, told=HOA, envelope=""),
    )
    shop.fetch()
    shop.take_in()
    assert (shop.outcomes(), silenced()) == (set(), {})
    assert [one.kind for one in list_to_review(shop.account.pk)] == ["complaint", *["hard"] * 4]
    assert count_kinds(shop.account.pk, since=shop.clock() - timedelta(days=1)) == {}


def test_a_key_of_the_shop_cannot_make_a_bounce(by_imap: Shop) -> None:
    said = tell(by_imap.letter(HOA).pk, "bounced", "k-1", {"bounce_type": "hard", "email": HOA})
    by_imap.line.till(said)
    by_imap.take_in()
    assert (by_imap.outcomes(), silenced()) == (set(), {})


def test_the_message_id_proves_the_letter_where_there_is_no_token(by_imap: Shop) -> None:
    shop, row = by_imap, by_imap.letter(HOA)
    key = proofs_of(shop.config).key_of(shop.run.pk, row.pk)
    head = letter_head(HOA, envelope="tin@gom-moc.example", key=key)
    shop.letters.put(shop.bounce(HOA, to="tin@gom-moc.example", letter=head))
    shop.fetch()
    shop.take_in()
    assert silenced() == {HOA: "bounced"}
    assert Returned.objects.get().known_by == "message_id"


def test_a_complaint_that_names_nobody_is_known_by_its_envelope(by_imap: Shop) -> None:
    shop = by_imap
    raw = arf("abuse", HOA, envelope=shop.envelope(HOA), letter_to="redacted@redacted.invalid")
    shop.letters.put(raw, arf("not-spam", NAM, told=NAM, envelope=shop.envelope(NAM)))
    shop.fetch()
    shop.take_in()
    assert (silenced(), {one[0] for one in shop.outcomes()}) == ({HOA: "complained"}, {HOA})


def test_policy_and_delay_and_answers_silence_nobody(by_imap: Shop) -> None:
    shop = by_imap
    away = plain_mail("Tôi đang nghỉ phép", "Thứ hai tôi về.", sender=HOA).replace(
        b"To: bounce", b"Delivered-To: " + shop.envelope(HOA).encode() + b"\r\nTo: bounce"
    )
    late = block(LAN, "4.4.1", "450 not yet", action="delayed")
    shop.letters.put(
        shop.bounce(HOA, "5.7.1", "550 5.7.1 refused by policy"), away,
        dsn([late], to=shop.envelope(LAN)),
    )  # fmt: skip
    shop.fetch()
    shop.take_in()
    assert (shop.outcomes(), silenced()) == ({(HOA, "bounced", "policy", 1)}, {})
    kinds = count_kinds(shop.account.pk, since=shop.clock() - timedelta(days=1))
    assert kinds == {"auto": 1, "delayed": 1, "policy": 1}


@pytest.mark.parametrize("order", list(itertools.permutations((0, 1, 2))))
def test_three_soft_bounces_a_day_apart_silence_in_any_order(
    by_imap: Shop, now: datetime, order: tuple[int, ...]
) -> None:
    shop = by_imap
    raws = []
    for week in range(3):
        run = add_run(shop.account, [1], at=now, name=f"Tuần {week}")
        shop.mark_sent(Recipient.objects.get(run=run), now + timedelta(days=7 * week))
        shop.run = run
        raws.append(shop.bounce(HOA, "5.2.2", f"552 5.2.2 mailbox full, week {week}"))
    for place, week in enumerate(order):
        assert silenced() == {}, place
        shop.letters.put(raws[week], raws[week])
        shop.fetch()
        shop.take_in()
        shop.clock.advance(days=7)
    assert silenced() == {HOA: "bounced"}


def test_three_soft_bounces_of_one_day_are_one_trouble(by_imap: Shop, now: datetime) -> None:
    shop = by_imap
    for n in range(3):
        shop.run = add_run(shop.account, [1], at=now, name=f"Thư {n}")
        shop.mark_sent(Recipient.objects.get(run=shop.run), now)
        shop.letters.put(shop.bounce(HOA, "5.2.2", "552 5.2.2 full"))
    shop.fetch()
    shop.take_in()
    assert (len(shop.outcomes()), silenced()) == (1, {})


def test_old_mail_is_dropped_and_what_it_said_stays(by_imap: Shop, monkeypatch: Any) -> None:
    """Chị Hoa's came back; two that nobody could place wait, and somebody looks at one of them."""
    monkeypatch.setattr("khachquen.flows.fetching_reports._A_PART", 1)
    shop = by_imap
    looked, waits = (plain_mail(f"Hỏi giá {n}", "?", sender="la@noinao.example") for n in (1, 2))
    shop.letters.put(shop.bounce(HOA), looked, waits)
    shop.fetch()
    odd = list_to_review(shop.account.pk)[-1]
    mark_seen(shop.account.pk, odd.pk, by="hoa@gom-moc.example", at=shop.clock())
    postbox = Postbox(shop.config, shop.clock)

    def kept(**later: int) -> set[str]:
        shop.clock.advance(**later)
        while postbox.step():
            pass
        return {
            one.kind if one.pk != odd.pk else "seen" for one in Returned.objects.exclude(raw=b"")
        }

    assert kept(days=29, hours=23) == {"hard", "unreadable", "seen"}
    assert kept(hours=2) == {"unreadable"}
    assert kept(days=330) == {"unreadable"}
    assert kept(days=10) == set()
    bounced = Returned.objects.get(kind="hard")
    assert (bounced.address, bounced.status, bounced.known_by) == (HOA, "5.1.1", "envelope")
    shop.take_in()
    assert silenced(HOA) == {HOA: "bounced"}


def test_a_folder_that_was_numbered_anew_is_read_from_its_beginning(by_imap: Shop) -> None:
    shop = by_imap
    shop.letters.put(shop.bounce(HOA))
    shop.fetch()
    shop.letters.validity, shop.letters.messages = 8, {1: shop.letters.messages[1]}
    shop.letters.put(shop.bounce(NAM))
    shop.fetch()
    shop.take_in()
    assert {one[0] for one in shop.outcomes()} == {HOA, NAM}
    assert Returned.objects.count() == 2


def test_a_mailbox_that_will_not_open_says_why(shop: Shop) -> None:
    for protocol, words in (("pop3", "no"), ("imap", "wrong password")):
        with mailbox(shop.letters, protocol) as port:
            shop.set_box(port, protocol, password="sai mật khẩu")
            shop.fetch()
        assert ReturnBox.objects.get().trouble.endswith(words)
    assert boxes.list_silent_boxes(shop.clock() + timedelta(days=2)) == [
        (shop.account.name, ReturnBox.objects.get().trouble)
    ]


def test_many_at_once_and_none_is_lost(open_shop: Shop) -> None:
    shop = open_shop
    raws = [shop.bounce(HOA, "5.2.2", f"552 5.2.2 full {n}") for n in range(450)]
    shop.letters.put(*raws)
    shop.fetch()
    shop.take_in()
    assert Returned.objects.exclude(told_at=None).count() == 450
    assert Sighting.objects.count() == 450
    asked = [one for one in shop.letters.commands if "BODY" in one]
    assert len(asked) in (0, 3), "by IMAP one question for two hundred"


def test_a_server_that_hears_one_command_at_a_time_is_asked_so(open_shop: Shop) -> None:
    shop = open_shop
    shop.letters.pipelines = False
    shop.letters.put(*(shop.bounce(HOA, "5.2.2", f"552 5.2.2 full {n}") for n in range(20)))
    shop.fetch()
    shop.take_in()
    assert Sighting.objects.count() == 20


def test_large_messages_come_a_few_at_a_time(open_shop: Shop) -> None:
    """Six letters come back with pictures inside; no more than four megabytes are held."""
    shop, sizes = open_shop, []

    def fetched(step: str) -> None:
        if step == "kept":
            sizes.append(Returned.objects.count())

    pictures = b"\r\n".join([b"QUJD" * 18] * 12_000)
    shop.letters.put(*(shop.bounce(HOA) + str(n).encode() + pictures for n in range(6)))
    shop.fetch(after=fetched)
    assert sizes == [4, 6]
    shop.take_in()
    assert silenced(HOA) == {HOA: "bounced"}


def test_a_message_the_server_left_out_is_asked_for_again(by_imap: Shop) -> None:
    shop = by_imap
    shop.letters.put(shop.bounce(HOA), shop.bounce(NAM), shop.bounce(LAN))
    shop.letters.leaves_out = {2}
    shop.fetch()
    shop.take_in()
    assert silenced() == {HOA: "bounced", NAM: "bounced", LAN: "bounced"}


def test_a_message_the_server_cannot_read_keeps_no_other_back(shop: Shop) -> None:
    with mailbox(shop.letters, "pop3") as port:
        shop.set_box(port, "pop3")
        shop.letters.put(shop.bounce(HOA), shop.bounce(NAM), shop.bounce(LAN))
        shop.letters.leaves_out = {2}
        shop.fetch()
        shop.take_in()
        assert silenced() == {HOA: "bounced", LAN: "bounced"}
        shop.letters.leaves_out = set()
        shop.fetch()
        shop.take_in()
        assert silenced() == {HOA: "bounced", NAM: "bounced", LAN: "bounced"}


def test_an_answer_that_is_cut_in_the_middle_is_asked_for_again(by_imap: Shop) -> None:
    shop = by_imap
    shop.letters.put(*(shop.bounce(HOA, "5.2.2", f"552 5.2.2 full {n}") for n in range(9)))
    shop.letters.breaks_after = 4
    shop.fetch()
    assert Returned.objects.count() == 0, "the folder's place has not moved"
    shop.fetch()
    shop.take_in()
    assert Sighting.objects.count() == 9
