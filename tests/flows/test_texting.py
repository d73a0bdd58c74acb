"""Campaigns by SMS, from their audience to the gateway's answers, by the law's hours and counts;
and customers who text that they want no more."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from khachquen.activate.campaigns import running
from khachquen.activate.campaigns.models import Account, Campaign, Outcome, Recipient, Run
from khachquen.base import Config, InputError
from khachquen.flows.hearing_sms import hear_sms
from khachquen.flows.sending import Mailer
from khachquen.flows.texting import account_for
from khachquen.govern.consent import Addressee, may_send_all
from khachquen.govern.consent.models import Suppression
from khachquen.govern.consent.suppressing import suppress
from khachquen.unify.models import Profile
from tests.activate.sms.fake import (
    HOOK_SECRET,
    NAME,
    FakeGateway,
    gateway_server,
    incoming,
    receipt,
    settings_of,
    signed,
)
from tests.clock import FrozenClock
from tests.flows.line import Line
from tests.flows.post import TickingClock, config, count, ends, state_of, work_until
from tests.flows.test_zalo import add_people, agree, phone

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam
EVENING = datetime(2026, 11, 23, 14, 58, tzinfo=UTC)  # 21:58
MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 07:00 of the day after
OPERATOR = "hoa@gom-moc.example"
TEXT = "[QC] Gốm mới về, chào {{ name | bạn }}. Từ chối: soạn TC gửi 1551"


@dataclass
class SlowClock(TickingClock):
    """Half as fast as real time, so that what moves it ahead is what counts."""

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=(time.monotonic() - self._since) / 2)


@pytest.fixture
def fake() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def told(fake: FakeGateway, data: Path) -> Iterator[Config]:
    """A shop without quiet hours of its own: what holds is the law's."""
    with gateway_server(fake) as url:
        own = config(quiet_from=0, quiet_until=0, lease_s=100_000)
        yield replace(own, data=data, sms=settings_of(url))


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock(NOON)


def customers(*names: str, first: int = 1) -> None:
    """People with a number, who agreed to advertising by SMS."""
    add_people(*names, first=first, says=None)
    for number in range(first, first + len(names)):
        agree(number, "granted", "ads", channel="sms")


def sent_to(number: int) -> str:
    return phone(number).removeprefix("+")


def draft(told: Config, **more: Any) -> Campaign:
    return Campaign.objects.create(
        **{
            "name": "Gốm mới",
            "channel": "sms",
            "purpose": "ads",
            "segment_id": 1,
            "account": account_for(told, at=NOON),
            "text": TEXT,
            "created_at": NOON,
            "created_by": OPERATOR,
            "changed_at": NOON,
            **more,
        }
    )


def begin(told: Config, people: Any, *, at: datetime = NOON, **more: Any) -> Run:
    made = draft(told, **more)
    run = running.begin(made.pk, start_at=at, links_open=False, by=OPERATOR, at=at)
    running.start_due(at)
    running.write_down(run, list(people), is_last=True, now=at)
    return run


def send(told: Config, clock: TickingClock, until: Any) -> None:
    with closing(Mailer(told, clock)) as mailer:
        mailer.recover()
        work_until(mailer, until)


def send_all(told: Config, clock: TickingClock, *runs: Run) -> None:
    send(told, clock, lambda: all(state_of(run) == "done" for run in runs))


def hear(told: Config, raw: bytes, at: datetime = NOON, **more: Any) -> bool:
    stamp, signature = signed(raw, at, more.pop("secret", HOOK_SECRET))
    return hear_sms(told, NAME, raw, stamp, signature, clock=FrozenClock(NOON), **more)


def may_text(number: int, purpose: str = "ads") -> bool:
    key = f"phone:{phone(number)}"
    asked = (purpose, "sms")
    return may_send_all([asked], {1: Addressee(key, [key])}, now=NOON)[asked][1].may


def test_each_gets_their_text_once_without_marks_and_under_our_id(
    told: Config, fake: FakeGateway, clock: TickingClock
) -> None:
    customers("Nguyễn Thị Hoa", "")
    run = begin(told, [1, 2])
    send_all(told, clock, run)

    keys = [one["id"] for one in fake.accepted]
    assert fake.accepted[0] == {
        "type": "2",
        "from": "GOMMOC",
        "sms": {
            "to": "84912000001",
            "text": "[QC] Gom moi ve, chao Nguyen Thi Hoa. Tu choi: soan TC gui 1551",
        },
        "id": keys[0],
    }
    assert "chao ban." in fake.accepted[1]["sms"]["text"]
    assert len(set(keys)) == 2
    assert ends(run) == {1: ("sent", ""), 2: ("sent", "")}


def test_begun_at_21_58_only_those_before_22_00_go_and_the_rest_at_seven(
    told: Config, fake: FakeGateway, clock: TickingClock
) -> None:
    """Ten thousand at 50 a second, told with fifty: each takes the four seconds of two hundred."""
    customers(*(f"Khách {n}" for n in range(1, 51)))
    Account.objects.filter(pk=account_for(told, at=NOON).pk).update(connections=1)
    clock = SlowClock(EVENING)
    fake.took = lambda *told: clock.advance(seconds=4)
    run = begin(told, range(1, 51), at=EVENING)
    night = Recipient.objects.filter(run=run, state="waiting", reason="quiet_hours")
    send(told, clock, lambda: night.filter(due_at=MORNING).count() == 20)
    assert len(fake.accepted) == 30
    assert set(fake.numbers) == {sent_to(number) for number in range(1, 31)}

    clock.advance(seconds=(MORNING - clock()).total_seconds())
    send_all(told, clock, run)
    assert len(fake.asked) == len(set(fake.numbers)) == 50
    assert (count(run).sent, count(run).open) == (50, 0)


def test_the_hours_are_those_of_who_reads_it(
    told: Config, fake: FakeGateway, clock: TickingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At noon in Vietnam it is 00:00 in New York."""
    customers("Hoa", "Lan")
    from khachquen.activate.campaigns import people

    real = people.reach
    monkeypatch.setattr(
        people,
        "reach",
        lambda ids: {
            key: replace(one, zone="America/New_York") if key == 2 else one
            for key, one in real(ids).items()
        },
    )
    run = begin(told, [1, 2])
    away = Recipient.objects.filter(run=run, person_id=2, reason="quiet_hours")
    seven_there = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    send(told, clock, lambda: away.filter(due_at=seven_there).exists() and len(fake.accepted) == 1)
    assert fake.numbers == [sent_to(1)]


def test_the_fourth_ad_of_a_day_is_not_sent_whichever_campaign_it_is_of(
    told: Config, fake: FakeGateway, clock: TickingClock
) -> None:
    customers("Hoa")
    for number in (1, 2, 3):
        send_all(told, clock, begin(told, [1], name=f"Đợt {number}"))
    fourth = begin(told, [1], name="Đợt 4")
    send_all(told, clock, fourth)
    assert ends(fourth) == {1: ("skipped", "capped_by_law")}
    assert len(fake.accepted) == 3

    clock.advance(hours=24, minutes=1)
    send_all(told, clock, begin(told, [1], at=clock(), name="Hôm sau"))
    assert len(fake.accepted) == 4


def test_the_register_the_unasked_and_foreign_numbers_get_nothing(
    told: Config, fake: FakeGateway, clock: TickingClock
) -> None:
    customers("Hoa", "Nam", "Lan")
    suppress([f"phone:{phone(2)}"], channel="any", reason="on_register", at=NOON)
    Profile.objects.filter(pk=3).update(phone="+12025550143")
    add_people("Tuấn", first=4, says=None)
    agree(4, "granted", "ads", channel="email")
    run = begin(told, range(1, 5))
    send_all(told, clock, run)
    assert ends(run) == {
        1: ("sent", ""),
        2: ("skipped", "on_register"),
        3: ("skipped", "bad_address"),
        4: ("skipped", "unknown"),  # never asked for SMS
    }
    assert fake.numbers == [sent_to(1)]


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        ({"text": "Gốm mới về. Từ chối: soạn TC gửi 1551"}, "begin the text with [QC] or [AD]"),
        ({"text": "[QC] Gốm mới về"}, 'end the text with the way out, as "Tu choi: soan TC'),
        ({"text": ""}, "write it"),
        ({"account": None}, "declare an SMS gateway ([sms])"),
        ({"purpose": "care", "text": "Đơn đã giao. Khuyến mãi 20%!"}, "take out “khuyen mai”"),
    ],
)
def test_what_the_law_wants_in_it_is_asked_for_before_anything_goes(
    told: Config, fake: FakeGateway, more: dict[str, Any], hint: str
) -> None:
    made = draft(told, **more)
    with pytest.raises(InputError) as refused:
        running.begin(made.pk, start_at=NOON, links_open=True, by=OPERATOR, at=NOON)
    assert refused.value.hint is not None
    assert hint in refused.value.hint.en
    assert not Run.objects.exists()
    assert fake.asked == []


def test_a_line_cut_after_the_gateway_had_it_is_unknown_and_never_posted_again(
    told: Config, fake: FakeGateway, clock: TickingClock
) -> None:
    customers("Hoa", "Nam", "Lan", "Mai")
    fake.drops = {sent_to(2)}
    fake.answers = {sent_to(3): (200, '{"code": 777}'), sent_to(4): (502, "<html>Bad Gateway")}
    run = begin(told, range(1, 5))
    send_all(told, clock, run)
    assert ends(run) == {1: ("sent", "")} | dict.fromkeys((2, 3, 4), ("unknown", "line_broke"))
    clock.advance(hours=3)
    send(told, clock, lambda: True)
    assert len(fake.asked) == 4
    assert (count(run).sent, count(run).unknown, count(run).targeted) == (1, 3, 4)


def test_what_was_declared_of_an_answer_is_what_becomes_of_the_text(
    told: Config, fake: FakeGateway, clock: TickingClock
) -> None:
    customers("Hoa", "Nam", "Lan")
    fake.answers = {
        sent_to(1): (200, '{"code": 104}'),
        sent_to(2): (200, '{"code": 99}'),
        sent_to(3): (429, ""),
    }
    run = begin(told, [1, 2, 3])
    held = Recipient.objects.filter(run=run, state="waiting", reason="later")
    send(told, clock, lambda: held.exists() and count(run).open == 1)
    assert ends(run)[1] == ("failed", "refused")
    assert ends(run)[2] == ("failed", "bad_address")

    del fake.answers[sent_to(3)]
    clock.advance(hours=1)
    send_all(told, clock, run)
    assert ends(run)[3] == ("sent", "")


def test_a_gateway_without_money_keeps_everybody_at_their_place(
    told: Config, fake: FakeGateway, clock: TickingClock
) -> None:
    customers("Hoa", "Nam")
    fake.answers = dict.fromkeys((sent_to(1), sent_to(2)), (200, '{"code": 103}'))
    run = begin(told, [1, 2])
    held = Recipient.objects.filter(run=run, state="waiting", reason="account")
    send(told, clock, lambda: held.count() == 2)
    fake.answers = {}
    send_all(told, clock, run)
    assert count(run).sent == 2


@pytest.mark.parametrize("text", ["TC", "stop", "Hủy", "TỪ CHỐI"])
def test_stop_holds_at_once_and_is_confirmed_by_one_text(
    told: Config, fake: FakeGateway, clock: TickingClock, data: Path, text: str
) -> None:
    customers("Hoa", "Nam")
    run = begin(told, [1, 2])
    assert hear(told, incoming("0912 000 001", text))
    assert (may_text(1), may_text(2)) == (False, True)
    assert [one["sms"] for one in fake.accepted] == [
        {
            "to": sent_to(1),
            "text": "GOMMOC: da nhan yeu cau tu choi cua ban. Tu 12:00 23/11/2026 ban khong nhan"
            " tin quang cao nua.",
        }
    ]
    assert hear(told, incoming("+84912000001", text))  # the same again, and in other bytes
    assert hear(told, incoming("0912000001", f"{text} GOMMOC"))
    assert len(fake.asked) == 1

    send_all(told, clock, run)
    assert ends(run) == {1: ("skipped", "withdrawn"), 2: ("sent", "")}
    line = Line(data, FrozenClock(NOON))
    line.take_in()
    assert not may_text(1)
    assert not Suppression.objects.exists()


def test_a_forged_or_old_stop_changes_nothing(
    told: Config, fake: FakeGateway, clock: TickingClock
) -> None:
    customers("Hoa")
    raw = incoming("0912000001", "TC")
    stamp, signature = signed(raw, NOON)
    for gateway, body, at, proof in (
        (NAME, raw, stamp, ""),
        (NAME, raw, stamp, signed(raw, NOON, "khoa-khac")[1]),
        (NAME, raw.replace(b"001", b"002"), stamp, signature),
        (NAME, raw, str(int(stamp) + 60), signature),
        (NAME, raw, *signed(raw, NOON - timedelta(minutes=6))),
        (NAME, raw, "", signature),
        ("cong-khac", raw, stamp, signature),
    ):
        assert not hear_sms(told, gateway, body, at, proof, clock=FrozenClock(NOON))
    unset = replace(told, sms=replace(told.sms, hook_secret=""))
    assert not hear_sms(unset, NAME, raw, *signed(raw, NOON, ""), clock=FrozenClock(NOON))
    assert may_text(1)
    assert fake.asked == []


def test_a_question_with_a_stop_word_in_it_is_no_refusal(told: Config, fake: FakeGateway) -> None:
    customers("Hoa")
    assert hear(told, incoming("0912000001", "Anh Huy ơi bình gốm còn không"))
    assert may_text(1)
    assert fake.asked == []


def test_a_refusal_nobody_could_confirm_still_holds(told: Config, fake: FakeGateway) -> None:
    customers("Hoa")
    fake.drops = {sent_to(1)}
    assert hear(told, incoming("0912000001", "TC"))
    assert not may_text(1)
    assert hear(told, incoming("0912000001", "TC"))
    assert len(fake.asked) == 1


def test_a_text_on_the_phone_is_an_outcome_when_our_own_key_says_so(
    told: Config, fake: FakeGateway, clock: TickingClock, data: Path
) -> None:
    customers("Hoa", "Nam")
    run = begin(told, [1, 2])
    send_all(told, clock, run)
    first, second = (one["id"] for one in fake.accepted)
    forged = f"{first.partition('-')[0]}-{second.partition('-')[2]}"
    for raw in (receipt(first), receipt(first), receipt(forged), receipt(second, "expired")):
        assert hear(told, raw)
    line = Line(data, FrozenClock(NOON + timedelta(minutes=3)))
    line.take_in()
    found = Outcome.objects.values_list("recipient_id", "kind", "times")
    assert list(found) == [(int(first.partition("-")[0]), "delivered", 1)]
