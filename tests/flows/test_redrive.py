"""What was refused can be corrected and taken in, once; nothing is counted twice on the way."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from khachquen.base import InputError, UnavailableError
from khachquen.collect.event import Event, Refusal, SourceRules
from khachquen.collect.protocols import Limits
from khachquen.collect.rules import save_rules
from khachquen.flows.redrive import check_again, redrive
from khachquen.govern import list_audit
from khachquen.store import forget_reader
from khachquen.store.lake import expire_seen
from khachquen.store.models import Count
from khachquen.store.redrives import Redrive
from tests.clock import FrozenClock
from tests.flows.line import TILL, WEBSITE, order, page, people
from tests.flows.quarantine import MAI, Shop, counts_by_reason, rows_by_reason, tallies

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(data: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=data))
    forget_reader()
    yield Shop(data, clock)
    forget_reader()


WRONG = order("HD-7", 0, messageId="m-7", userId="17850") | {
    "properties": {"order_id": "HD-7", "total": "hai trăm nghìn"}
}
RIGHT = json.dumps(order("HD-7", 200_000, messageId="m-7", userId="17850")).encode()


def test_a_corrected_order_is_taken_in_as_if_it_had_come_right(shop: Shop) -> None:
    """The till wrote the total in words; two days later chị Mai writes it in digits."""
    shop.till(WRONG)
    shop.take_in()
    (refused,) = shop.quarantine()
    assert (refused.reason, refused.path) == ("bad_money", "$.properties.total")
    received = shop.clock()
    shop.clock.advance(days=2)

    checked = check_again(refused, RIGHT, shop.config)
    assert isinstance(checked, Event)
    assert checked.order is not None
    assert checked.order.total_minor == 200_000
    assert shop.counts() == {"quarantined": 1}, "looking changes nothing"

    handed = shop.redrive(refused, m_7=RIGHT)
    assert shop.counts() == {"quarantined": 1}, "until the engine has it"
    shop.take_all_in()

    (row,) = shop.ask("SELECT message_id, source_id, trusted, received_at, place FROM events")
    assert row == ("m-7", TILL, True, received.replace(tzinfo=None), refused.place)
    assert people() == [("", 1, 1, 200_000)]
    assert counts_by_reason(shop) == {(TILL, "stored", ""): 1} == rows_by_reason()
    assert set(Count.objects.values_list("hour", flat=True)) == {received}, "received once, then"
    assert tallies(handed.stream) == {"asked": 1, "stored": 1}
    assert shop.quarantine() == []
    assert not (shop.data / "log" / handed.stream / "00000002.log").exists()


def test_the_receipt_tells_the_whole_story(shop: Shop) -> None:
    shop.till(WRONG)
    shop.take_in()
    asked_at = shop.clock.advance(days=2)
    shop.redrive(*shop.quarantine(), m_7=RIGHT)
    shop.take_all_in()

    stored, left = sorted(shop.trace("m-7"), key=lambda fate: fate.state, reverse=True)
    assert (stored.state, stored.event_id, left.state) == ("stored", 1, "redriven")
    assert (left.reason, left.path) == ("bad_money", "$.properties.total")
    assert json.loads(left.payload) == WRONG, "what was sent stays as it was sent"
    assert left.redriven is not None
    assert (left.redriven.outcome, left.redriven.event_id) == ("stored", 1)
    assert left.redriven.at == asked_at
    assert (shop.data / "lake" / stored.file).is_file()


def test_who_asked_is_in_the_audit_trail(shop: Shop) -> None:
    shop.till(WRONG)
    shop.take_in()
    (refused,) = shop.quarantine()
    handed = shop.redrive(refused, m_7=RIGHT)
    (entry,) = list_audit()
    assert (entry.actor, entry.action, entry.subject) == (MAI, "quarantine.redrive", handed.stream)
    assert entry.detail == {"messages": 1, "corrected": [refused.place]}


def test_asking_twice_or_at_the_same_time_takes_in_once(shop: Shop) -> None:
    """Anh Nam and chị Mai press the button in the same minute; somebody presses it again later."""
    shop.till(WRONG)
    shop.take_in()
    (refused,) = shop.quarantine()
    first = shop.redrive(refused, m_7=RIGHT)
    second = shop.redrive(refused, m_7=RIGHT.replace(b"200000", b"999000"))
    shop.take_all_in()
    late = shop.redrive(refused, m_7=RIGHT)
    shop.take_all_in()

    assert shop.ask("SELECT count(*), count(DISTINCT message_id) FROM events") == [(1, 1)]
    assert counts_by_reason(shop) == {(TILL, "stored", ""): 1} == rows_by_reason()
    ends = sorted(json.dumps(tallies(one.stream)) for one in (first, second))
    assert ends == ['{"asked": 1, "repeated": 1}', '{"asked": 1, "stored": 1}']
    assert tallies(late.stream) == {"asked": 1, "repeated": 1}


def test_what_is_still_wrong_stays_where_it_was(shop: Shop) -> None:
    shop.till(WRONG)
    shop.take_in()
    (refused,) = shop.quarantine()
    still = RIGHT.replace(b'"Order Completed"', b'""')
    result = check_again(refused, still, shop.config)
    assert isinstance(result, Refusal)
    assert (result.reason, result.path) == ("no_event_name", "$.event")

    handed = shop.redrive(refused, m_7=still)
    shop.take_all_in()
    assert tallies(handed.stream) == {"asked": 1, "quarantined": 1}
    assert shop.quarantine() == [refused]
    assert counts_by_reason(shop) == {(TILL, "quarantined", "bad_money"): 1} == rows_by_reason()

    shop.redrive(refused, m_7=RIGHT)
    shop.take_all_in()
    assert counts_by_reason(shop) == {(TILL, "stored", ""): 1} == rows_by_reason()


def test_many_as_they_are_after_the_limit_was_raised(shop: Shop) -> None:
    """Forty messages were too large; one was sent twice; then the limit is raised."""
    shop.ingester.limits = Limits(public_bytes=300, trusted_bytes=300)
    large = [page("a-lan", messageId=f"m-{n}", title="Áo dài " * 60) for n in range(40)]
    shop.website(*large, large[0], page("a-lan", messageId="m-ok"))
    shop.take_in()
    assert counts_by_reason(shop) == {
        (WEBSITE, "stored", ""): 1,
        (WEBSITE, "quarantined", "too_large"): 41,
    }

    shop.ingester.limits = Limits(public_bytes=32 << 10, trusted_bytes=32 << 10)
    handed = shop.redrive(*shop.quarantine("too_large"))
    shop.take_all_in()
    assert tallies(handed.stream) == {"asked": 41, "stored": 40, "duplicate": 1}
    assert (
        counts_by_reason(shop)
        == {(WEBSITE, "stored", ""): 41, (WEBSITE, "duplicate", ""): 1}
        == rows_by_reason()
    )


def test_the_client_sent_it_right_itself_meanwhile(shop: Shop) -> None:
    """What is taken in again is then a copy like any other, and says what it differs in."""
    shop.till(WRONG)
    shop.till(order("HD-7", 210_000, messageId="m-7", userId="17850"))
    shop.take_in()
    handed = shop.redrive(*shop.quarantine(), m_7=RIGHT)
    shop.take_all_in()

    assert tallies(handed.stream) == {"asked": 1, "duplicate": 1}
    expected = {(TILL, "stored", ""): 1, (TILL, "duplicate", "different_payload"): 1}
    assert counts_by_reason(shop) == expected == rows_by_reason()
    assert people() == [("", 1, 1, 210_000)]
    by_state = {fate.state: fate for fate in shop.trace("m-7")}
    assert by_state["redriven"].redriven is not None
    assert by_state["redriven"].redriven.event_id == by_state["stored"].event_id == 1


def test_the_sources_rules_hold_for_it_too(shop: Shop) -> None:
    """Chị Mai's visitor said no: correcting the message does not let it in."""
    said_no = page("a", messageId="m-1", type="pge", context={"consent": "denied"})
    shop.website(said_no)
    shop.take_in()
    (refused,) = shop.quarantine()
    right = json.dumps(said_no | {"type": "page"}).encode()
    result = check_again(refused, right, shop.config)
    assert isinstance(result, Refusal)
    assert (result.outcome, result.reason) == ("dropped", "no_consent")

    shop.redrive(refused, m_1=right)
    shop.take_all_in()
    expected = {(WEBSITE, "dropped", "no_consent"): 1}
    assert counts_by_reason(shop) == expected == rows_by_reason()
    assert shop.ask("SELECT payload FROM refusals") == [("",)]

    save_rules(WEBSITE, SourceRules(honour_consent=False))
    assert isinstance(check_again(refused, right, shop.config), Event)


def test_nobody_can_lend_a_message_another_key(shop: Shop) -> None:
    """An order a public key told is worth nothing, corrected or not."""
    shop.website(WRONG)
    shop.take_in()
    shop.redrive(*shop.quarantine(), m_7=RIGHT.replace(b'"type"', b'"trusted":true,"type"'))
    shop.take_all_in()
    assert shop.ask("SELECT trusted, source_id FROM events") == [(False, WEBSITE)]
    assert people() == [("", 1, 0, 0)]


def test_bytes_that_were_no_text_need_a_person(shop: Shop) -> None:
    shop.website(b'{"type":"page","messageId":"m-1","anonymousId":"\xff\xfe"}')
    shop.take_in()
    (refused,) = shop.quarantine()
    assert refused.is_damaged
    with pytest.raises(InputError) as caught:
        shop.redrive(refused)
    assert caught.value.code == "redrive.nothing"
    assert not Redrive.objects.exists()

    shop.redrive(refused, m_1=json.dumps(page("a-lan", messageId="m-1")).encode())
    shop.take_all_in()
    assert counts_by_reason(shop) == {(WEBSITE, "stored", ""): 1} == rows_by_reason()


def test_a_message_without_an_id_is_still_one_message(shop: Shop) -> None:
    """Its place in the log names it, the first time and every other time."""
    shop.website({"type": "pge", "anonymousId": "a-lan"})
    shop.take_in()
    (refused,) = shop.quarantine()
    right = b'{"type":"page","anonymousId":"a-lan"}'
    for _ in range(2):
        redrive(
            shop.config, [refused], corrected={refused.place: right}, actor=MAI, clock=shop.clock
        )
    shop.take_all_in()
    assert shop.ask("SELECT message_id, place FROM events") == [(refused.place, refused.place)]


def test_where_the_disk_is_full_nothing_was_asked(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.till(WRONG)
    shop.take_in()
    wanted = shop.quarantine()

    def full(*ignored: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("khachquen.store.eventlog.writer.os.write", full)
    with pytest.raises(UnavailableError):
        shop.redrive(*wanted, m_7=RIGHT)
    monkeypatch.undo()
    monkeypatch.setattr(settings, "CONFIG", shop.config)
    assert counts_by_reason(shop) == {(TILL, "quarantined", "bad_money"): 1}
    failed, tried = list_audit()
    assert (tried.action, failed.action) == ("quarantine.redrive", "quarantine.redrive_failed")
    assert tried.subject == failed.subject
    assert not Redrive.objects.exists()


def test_a_message_waits_until_it_is_taken_in(shop: Shop) -> None:
    """Asked for within the second: it was accepted, and has met no end yet."""
    shop.website(page("a-lan", messageId="m-chị-Lan"))
    (fate,) = shop.trace("m-chị-Lan")
    assert (fate.state, fate.source_id, fate.received_at) == ("waiting", WEBSITE, shop.clock())
    shop.take_in()
    (fate,) = shop.trace("m-chị-Lan")
    assert fate.state == "stored"
    assert shop.trace("m-chị-La") == []


def test_a_receipt_is_found_however_old_it_is(shop: Shop) -> None:
    """Sent, sent again, and once more long after the window: two events and one copy."""
    message = page("a-lan", messageId="m-1")
    for days in (0, 10, 80):
        shop.clock.now = FrozenClock().now + timedelta(days=days)
        expire_seen(at=shop.clock(), days=30)
        shop.website(message)
        shop.take_in()
    states = [(fate.state, fate.event_id) for fate in shop.trace("m-1")]
    assert states == [("stored", 1), ("duplicate", 1), ("stored", 2)]
