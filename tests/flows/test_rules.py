"""What a source does not let in: counted and told, but nothing of it kept."""

from pathlib import Path

import pytest

from khachquen.collect.event import SourceRules
from khachquen.collect.models import Source
from khachquen.collect.rules import load_rules, save_rules
from tests.clock import FrozenClock
from tests.flows.line import TILL, WEBSITE, Line, order, page

pytestmark = pytest.mark.django_db

DENIED = {"consent": {"categoryPreferences": {"Analytics": False, "Advertising": True}}}


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    for key, name in ((WEBSITE, "Trang web"), (TILL, "Quầy")):
        Source.objects.create(id=key, name=name, kind="website", created_at=clock())
    return Line(data, clock)


def test_a_visitor_who_said_no_leaves_an_id_and_nothing_else(line: Line) -> None:
    """Chị Mai refused measuring; anh Tùng did not."""
    line.website(
        page("a-mai", messageId="m-mai", userId="mai@nhamay.vn", context=DENIED),
        page("a-tung", messageId="m-tung", context={"consent": {"analytics": True}}),
        page("a-lan", messageId="m-lan", context={"doNotTrack": True}),
    )
    line.take_in()

    assert line.ask("SELECT message_id, anonymous_id FROM events") == [("m-tung", "a-tung")]
    told = line.ask("SELECT * EXCLUDE received_at FROM refusals ORDER BY message_id")
    assert [row[:5] for row in told] == [
        ("m-lan", WEBSITE, "dropped", "no_consent", "$.context.doNotTrack"),
        (
            "m-mai",
            WEBSITE,
            "dropped",
            "no_consent",
            "$.context.consent.categoryPreferences.Analytics",
        ),
    ]
    assert not any("mai@nhamay.vn" in str(row) or "203.0.113.9" in str(row) for row in told)
    assert line.counts() == {"stored": 1, "dropped": 2}


def test_a_dropped_message_is_heard_again_once_the_rule_is_off(line: Line) -> None:
    message = page("a-mai", messageId="m-mai", context=DENIED)
    line.website(message)
    line.take_in()
    save_rules(WEBSITE, SourceRules(honour_consent=False))
    line.website(message)
    line.take_in()
    assert line.counts() == {"stored": 1, "dropped": 1}
    assert load_rules()[TILL] == SourceRules(), "the till's rules are its own"


def test_the_browsers_wish_counts_and_a_servers_does_not(line: Line) -> None:
    for key in ("kqp_website", "kqs_till"):
        line.send(key, page("a-mai", messageId=f"m-{key}"), headers={"dnt": "1"})
    line.take_in()
    assert line.ask("SELECT message_id FROM events") == [("m-kqs_till",)]
    assert line.ask("SELECT message_id, reason, path FROM refusals") == [
        ("m-kqp_website", "no_consent", "")
    ]


def test_nobodys_no_takes_an_order_away(line: Line) -> None:
    """The shop's record of a sale is no measurement; a page call from the same server is."""
    line.till(
        order("HD-1", 250_000, messageId="m-1", userId="17850", context=DENIED),
        page("a-mai", messageId="m-2", context=DENIED),
    )
    line.website(order("HD-2", 9_000_000, messageId="m-3", userId="17850", context=DENIED))
    line.take_in()
    assert line.ask("SELECT message_id FROM events") == [("m-1",)]
    assert line.counts() == {"stored": 1, "dropped": 2}
