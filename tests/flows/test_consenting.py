"""What a till, a form and a file say of consent reaches the ledger once, and nothing else does."""

import json
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import Config
from khachquen.flows.agreeing import note_consent
from khachquen.govern.consent import Addressee, Told, find_break, list_words, may_send
from khachquen.govern.consent.models import ConsentEntry
from khachquen.unify.profiles import find_profile
from tests.flows.line import Line

pytestmark = pytest.mark.django_db
HOA, HER_PHONE = "email:hoa@example.vn", "phone:+84912345678"


@pytest.fixture
def line(data: Path) -> Line:
    return Line(data)


def consent(name: str, **properties: Any) -> dict[str, Any]:
    told = {"email": "Hoa@example.vn", "phone": "0912 345 678", **properties}
    number = len(json.dumps(told)) + len(name)
    return {
        "type": "track",
        "event": name,
        "userId": "KH01",
        "messageId": f"c-{number}",
        "timestamp": "2026-11-20T01:30:00Z",
        "properties": told,
    }


def refused(line: Line) -> list[tuple[Any, ...]]:
    return line.ask("select reason, path from refusals order by place")


def test_the_till_tells_that_chi_hoa_agreed_under_every_name_she_gave(line: Line) -> None:
    line.till(
        consent(
            "Consent Granted",
            purpose="ads",
            channels=["sms", "zalo"],
            method="paper",
            at_most=3,
            per_days=30,
            form="Phiếu thành viên 118",
        )
    )
    line.take_in()

    words = list_words([HER_PHONE])
    assert [(one.channel, one.says, one.method) for one in words] == [
        ("zalo", "granted", "paper"),
        ("sms", "granted", "paper"),
    ]
    assert words[0].evidence["form"] == "Phiếu thành viên 118"
    assert {one.subject.key for one in ConsentEntry.objects.select_related("subject")} == {
        "user:KH01",
        HOA,
        HER_PHONE,
    }
    to_her = Addressee(HER_PHONE, [HER_PHONE, HOA])
    assert may_send("ads", "sms", to_her, now=line.clock()).may
    assert not may_send("ads", "email", to_her, now=line.clock()).may
    assert find_break() is None


def test_told_again_it_is_one_word_and_taken_back_it_holds_at_once(line: Line) -> None:
    yes = consent("Consent Granted", channel="email")
    line.till(yes)
    line.take_in()
    line.till(yes, {**consent("Unsubscribed"), "timestamp": "2026-11-20T01:40:00Z"})
    line.take_in()

    assert [one.says for one in list_words([HOA])] == ["withdrawn", "granted"]
    answer = may_send("ads", "email", Addressee(HOA, [HOA]), now=line.clock())
    assert (answer.may, answer.reason) == (False, "withdrawn")


def test_a_browser_can_neither_agree_nor_withdraw_for_anybody(line: Line) -> None:
    line.website(consent("Consent Granted", purpose="ads"), consent("Unsubscribed"))
    line.take_in()

    assert not ConsentEntry.objects.exists()
    assert line.counts() == {"stored": 2}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"purpose": "adds"}, "$.properties.purpose"),
        ({"channels": ["email", "fax"]}, "$.properties.channel"),
        ({"method": "telepathy"}, "$.properties.method"),
        ({"purpose": 7}, "$.properties.purpose"),
        ({"at_most": -1}, "$.properties.at_most"),
        ({"expires_at": "mai"}, "$.properties.expires_at"),
        ({"text_version": 4}, "$.properties.text_version"),
    ],
)
def test_what_means_nothing_here_is_kept_aside_and_what_came_beside_it_counts(
    line: Line, said: dict[str, Any], path: str
) -> None:
    line.till(consent("Consent Granted", **said), consent("Consent Refused", channel="call"))
    line.take_in()

    assert refused(line) == [("bad_consent", path)]
    assert [(one.says, one.channel) for one in list_words([HOA])] == [("refused", "call")]
    assert line.counts() == {"stored": 1, "quarantined": 1}


def test_what_staff_write_down_is_one_word_and_stands_on_the_timeline(line: Line) -> None:
    """It holds before it is taken in; taken in, it is the same word, not a second one."""
    line.till({"type": "identify", "userId": "KH01", "messageId": "m-1",
               "traits": {"email": "hoa@example.vn"}})  # fmt: skip
    line.take_in()
    hoa = find_profile("user:KH01")
    assert hoa is not None
    [number] = [one for one in hoa.identifiers if one.kind == "user"]
    said = Told((), "ads", "granted", channels=["email"], method="paper")

    note_consent(Config(line.data), hoa, said, actor="nam@example.vn", clock=line.clock)
    told = ConsentEntry.objects.count()
    assert may_send("ads", "email", Addressee(HOA, [HOA]), now=line.clock()).may
    line.take_in()

    assert told == 2  # under her number and her e-mail
    assert ConsentEntry.objects.count() == told
    assert line.ask("SELECT name, node_id FROM events WHERE type = 'track'") == [
        ("Consent Granted", number.node_id)
    ]
    assert find_break() is None
