"""Chị Lan changes by a link what she agreed to: it holds at once, once, and for all of her."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import Config, InputError, Text, load_config
from khachquen.flows.choosing import (
    Seen,
    choose,
    show_choices,
    stop_everything,
    unsubscribe,
)
from khachquen.govern.consent import Addressee, Told, find_break, list_words, may_send, record
from khachquen.govern.consent.links import Link
from khachquen.govern.consent.models import ConsentEntry
from khachquen.govern.consent.purposes import publish_text
from khachquen.govern.consent.suppressing import list_suppressed
from tests.flows.line import Line

pytestmark = pytest.mark.django_db
LAN, HER_PHONE, MINH = "email:lan@nhamay.vn", "phone:+84912345678", "email:minh@nhamay.vn"
BY_MAIL = Link("p", LAN)
SEEN = Seen("203.0.113.77", "vi")


@pytest.fixture
def line(data: Path) -> Line:
    """Chị Lan, known by her e-mail and her phone, who agreed to offers at the till."""
    line = Line(data)
    publish_text("ads", Text(vi="Gửi tôi khuyến mãi.", en=""), by="hoa@example.vn", at=line.clock())
    who = {"email": "lan@nhamay.vn", "phone": "0912345678"}
    said: dict[str, Any] = {"purpose": "ads", "channels": ["email", "sms"], "at_most": 4,
                            "per_days": 30, "method": "paper"}  # fmt: skip
    line.till({"type": "identify", "messageId": "m1", "traits": who},
              {"type": "track", "event": "Consent Granted", "messageId": "m2",
               "properties": {**who, **said}})  # fmt: skip
    line.take_in()
    line.clock.advance(minutes=5)
    return line


@pytest.fixture
def config(data: Path) -> Config:
    return load_config(data, {})


def may(line: Line, channel: str, key: str = LAN, purpose: str = "ads") -> bool:
    return may_send(purpose, channel, Addressee(key, [LAN, HER_PHONE]), now=line.clock()).may


def test_she_sees_what_was_asked_of_her_address_and_nothing_of_her_phone(line: Line) -> None:
    choices = show_choices(BY_MAIL, now=line.clock())

    assert [(one.purpose.key, one.channel, one.answer.may) for one in choices.offers] == [
        ("ads", "email", True)
    ]
    assert (choices.offers[0].at_most, choices.offers[0].per_days) == (4, 30)
    assert {one.subject.key for one in choices.words} == {LAN}
    assert "91234" not in repr(choices.words) + repr(choices.offers[0].text)


def test_what_she_takes_back_holds_at_once_under_every_name_of_hers(
    line: Line, config: Config
) -> None:
    assert may(line, "email")

    changed = choose(config, BY_MAIL, {("ads", "email"): False}, {}, seen=SEEN, clock=line.clock)

    assert changed == 1
    assert not may(line, "email")
    assert may(line, "sms", HER_PHONE)  # by mail she changes what comes by mail
    newest = list_words([HER_PHONE])[0]
    assert (newest.says, newest.channel, newest.method) == ("withdrawn", "email", "link")
    assert newest.evidence["ip"] == "203.0.113.0"
    count = ConsentEntry.objects.count()
    line.take_in()
    assert ConsentEntry.objects.count() == count  # on the timeline it is the same word
    assert line.ask("select count(*) from events where name = 'Consent Withdrawn'") == [(1,)]
    assert find_break() is None


def test_she_agrees_again_under_the_words_she_read(line: Line, config: Config) -> None:
    choose(config, BY_MAIL, {("ads", "email"): False}, {}, seen=SEEN, clock=line.clock)
    line.clock.advance(minutes=1)

    choose(config, BY_MAIL, {("ads", "email"): True}, {"ads": 1}, seen=SEEN, clock=line.clock)

    assert may(line, "email")
    word = list_words([LAN])[0]
    assert word.text is not None
    assert word.text.version == 1


def test_what_stands_already_or_was_not_offered_says_nothing(line: Line, config: Config) -> None:
    before = ConsentEntry.objects.count()
    odd = {
        ("ads", "email"): True,
        ("ads", "sms"): False,
        ("sharing", "email"): True,
        ("x", "y"): True,
    }

    assert choose(config, BY_MAIL, odd, {}, seen=SEEN, clock=line.clock) == 0

    assert ConsentEntry.objects.count() == before
    with pytest.raises(InputError):
        choose(config, Link("p", MINH), {("ads", "email"): True}, {"ads": 9}, seen=SEEN,
               clock=line.clock)  # fmt: skip
    assert list_words([MINH]) == []


def test_one_press_unsubscribes_and_a_second_one_adds_nothing(line: Line, config: Config) -> None:
    link = Link("u", LAN, "ads", 42)

    assert unsubscribe(config, link, seen=SEEN, clock=line.clock)
    assert not unsubscribe(config, link, seen=SEEN, clock=line.clock)

    assert not may(line, "email")
    assert list_words([LAN])[0].evidence["campaign"] == 42
    line.take_in()
    assert line.ask(
        "select name, properties->>'campaign' from events where name = 'Unsubscribed'"
    ) == [("Unsubscribed", "42")]
    line.clock.advance(days=1)
    choose(config, BY_MAIL, {("ads", "email"): True}, {"ads": 1}, seen=SEEN, clock=line.clock)
    line.clock.advance(days=1)
    assert unsubscribe(config, link, seen=SEEN, clock=line.clock)
    assert not may(line, "email")


def test_stopping_everything_stops_even_letters_about_her_orders(
    line: Line, config: Config
) -> None:
    assert may(line, "email", purpose="service")

    stop_everything(config, BY_MAIL, seen=SEEN, clock=line.clock)

    for channel, key in (("email", LAN), ("sms", HER_PHONE)):
        assert not may(line, channel, key)
        assert not may(line, channel, key, purpose="service")
        assert not may(line, channel, key, purpose="care")
    assert {one.reason for one in list_suppressed([LAN, HER_PHONE])} == {"do_not_contact"}
    assert show_choices(BY_MAIL, now=line.clock()).is_stopped
    assert list_suppressed([MINH]) == []


def test_somebody_nobody_knows_yet_has_a_say_too(line: Line, config: Config) -> None:
    record([Told([MINH], "ads", "granted", ["email"], "paper")], now=line.clock())
    link = replace(BY_MAIL, identifier=MINH)
    line.clock.advance(minutes=1)

    assert choose(config, link, {("ads", "email"): False}, {}, seen=SEEN, clock=line.clock) == 1

    assert not may_send("ads", "email", Addressee(MINH, [MINH]), now=line.clock()).may
    assert may(line, "email")
