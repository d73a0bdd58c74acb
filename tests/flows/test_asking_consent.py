"""Who may be written to and who lives with whom, as conditions: kept with every word and hour."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import Text
from khachquen.flows.agreeing import leave_alone, write_again
from khachquen.govern.consent import Addressee, Told, may_send, record
from khachquen.govern.consent.purposes import add_purpose
from khachquen.unify.decisions import join_people, undo
from khachquen.unify.households import add_to_household, leave_household
from khachquen.unify.profiles import get_profile
from tests.clock import FrozenClock
from tests.flows.line import Line
from tests.flows.test_consenting import consent
from tests.flows.test_deciding import settle
from tests.flows.test_refreshing import Keeping, buy, person

pytestmark = pytest.mark.django_db

MAY = {"kind": "trait", "trait": "may_send:ads:email", "is": "is", "value": True}
WITHDREW = {"kind": "trait", "trait": "consent:ads:email", "is": "is", "value": "withdrawn"}
NEVER_ASKED = {"kind": "trait", "trait": "consent:ads:email", "is": "is", "value": "unknown"}
ALONE = {"kind": "trait", "trait": "suppressed", "is": "is_set"}
HOA = "email:hoa@example.vn"


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


@pytest.fixture
def keeping(line: Line) -> Keeping:
    return Keeping(line)


def say(line: Line, name: str, **told: Any) -> None:
    message = consent(name, channel="email", **told)
    at = line.clock().isoformat()
    line.till({**message, "messageId": f"{name}-{at}", "timestamp": at})
    line.take_in()


def test_who_agrees_may_be_written_to_and_who_withdraws_not_any_more(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    may, withdrew, never = (
        keeping.add(str(n), rule) for n, rule in enumerate((MAY, WITHDREW, NEVER_ASKED))
    )
    buy(line, "KH02", "W-1")
    say(line, "Consent Granted")
    keeping.keep()
    hoa, nam = person(HOA), person("user:KH02")
    assert keeping.members(may) == [hoa]
    assert (keeping.members(withdrew), keeping.members(never)) == ([], [nam])

    clock.advance(hours=1)
    say(line, "Unsubscribed")
    keeping.keep()

    assert keeping.members(may) == []
    assert keeping.members(withdrew) == [hoa]
    assert keeping.changes(may) == [(hoa, True, "event"), (hoa, False, "event")]


def test_an_agreement_for_some_time_ends_at_its_moment(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    may = keeping.add("Được gửi", MAY)
    say(line, "Consent Granted", expires_at=(clock() + timedelta(days=3)).isoformat())
    keeping.keep()
    hoa = person(HOA)

    clock.advance(days=3, seconds=-1)
    keeping.keep()
    assert keeping.members(may) == [hoa]
    clock.advance(seconds=1)
    keeping.keep()

    assert keeping.changes(may) == [(hoa, True, "event"), (hoa, False, "time")]
    assert keeping.keep() == 0, "nothing is due twice"


def test_merged_the_stricter_side_holds_and_apart_each_has_its_own(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    may = keeping.add("Được gửi", MAY)
    say(line, "Consent Granted")
    buy(line, "KH02", "W-1")
    hoa, other = person(HOA), person("user:KH02")
    record([Told(["user:KH02"], "ads", "withdrawn")], now=clock())
    keeping.keep()
    assert keeping.members(may) == [hoa]

    act = settle(line, partial(join_people, hoa, other))
    keeping.keep()
    assert keeping.members(may) == []
    settle(line, partial(undo, act))
    keeping.keep()

    assert keeping.members(may) == [hoa]
    assert [(is_in, cause) for _, is_in, cause in keeping.changes(may)] == [
        (True, "event"),
        (False, "merge"),
        (True, "merge"),
    ]


def test_staff_who_leave_somebody_alone_are_heard_within_a_round(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    say(line, "Consent Granted")
    may, alone = keeping.add("Được gửi", MAY), keeping.add("Không liên hệ", ALONE)
    hoa = person(HOA)

    leave_alone(get_profile(hoa), why="Chị nhắn cửa hàng", actor="linh", clock=clock)
    keeping.keep()
    assert (keeping.members(may), keeping.members(alone)) == ([], [hoa])

    again: dict[str, Any] = {"why": "Chị đổi ý", "actor": "linh", "clock": clock}
    write_again(get_profile(hoa), "any", "do_not_contact", **again)
    keeping.keep()
    assert (keeping.members(may), keeping.members(alone)) == ([hoa], [])


def test_the_condition_says_what_is_asked_when_a_message_is_sent(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    add_purpose(
        key="ban_tin", name=Text(vi="Bản tin", en="Newsletter"), basis="may_refuse",
        is_advertising=False, by="linh", at=clock(),
    )  # fmt: skip
    say(line, "Consent Granted", purpose="ads")
    keeping.keep()
    hoa = person(HOA)

    for purpose in ("ads", "care", "service", "ban_tin"):
        for channel, to in (
            ("email", HOA),
            ("sms", "phone:+84912345678"),
            ("zalo", "phone:+84912345678"),
        ):
            keys = [HOA, "phone:+84912345678", "user:KH01"]
            answer = may_send(purpose, channel, Addressee(to, keys), now=clock())
            rule = {**MAY, "trait": f"may_send:{purpose}:{channel}"}
            asked = keeping.add(f"{purpose} {channel}", rule)
            assert keeping.members(asked) == [hoa] * answer.may, (purpose, channel)


def test_a_household_has_a_size_and_somebody_who_stands_for_it(
    line: Line, keeping: Keeping, clock: FrozenClock
) -> None:
    for number, user in enumerate(("hoa", "nam", "lan"), 1):
        buy(line, user, f"W-{number}")
    hoa, nam, lan = (person(f"user:{user}") for user in ("hoa", "nam", "lan"))
    heads = keeping.add(
        "Đại diện hộ", {"kind": "trait", "trait": "is_household_head", "is": "is", "value": True}
    )
    three = keeping.add(
        "Hộ ba người", {"kind": "trait", "trait": "household_size", "is": "is", "value": 3}
    )
    for one, other in ((nam, lan), (lan, hoa)):
        add_to_household(one, other, evidence="declared", actor="linh", at=clock())
    keeping.keep()
    assert (keeping.members(heads), keeping.members(three)) == ([hoa], [hoa, nam, lan])

    act = settle(line, partial(join_people, hoa, nam))
    keeping.keep()
    assert keeping.members(three) == [], "who was one all along is counted once, for lan too"
    settle(line, partial(undo, act))
    keeping.keep()
    assert keeping.members(three) == [hoa, nam, lan]

    leave_household(hoa, actor="linh", at=clock())
    keeping.keep()
    assert (keeping.members(heads), keeping.members(three)) == ([nam], [])
