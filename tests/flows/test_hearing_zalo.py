"""Zalo tells that a message is on the phone: believed by two proofs, and taken in once."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from khachquen.activate.campaigns.models import Outcome, Recipient, Run
from khachquen.activate.zalo.models import HeardEvent, MessageTemplate, OfficialAccount
from khachquen.base import Config
from khachquen.flows.hearing_zalo import hear_zalo
from tests.activate.zalo.fake import OA_ID, FakeZalo, delivered, event, signature
from tests.clock import FrozenClock
from tests.flows.line import Line
from tests.flows.post import TickingClock
from tests.flows.test_zalo import NOON, add_people, begin, clock, fake, oa, send_all, told

__all__ = ["clock", "fake", "oa", "told"]
pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(minutes=3)


@pytest.fixture
def line(data: Path) -> Line:
    return Line(data, FrozenClock(LATER))


@pytest.fixture
def config(told: Config, data: Path) -> Config:
    return replace(told, data=data)


@pytest.fixture
def run(oa: OfficialAccount, told: Config, clock: TickingClock) -> Run:
    add_people("Nguyễn Thị Hoa", "Trần Văn Nam")
    made = begin(oa, [1, 2])
    send_all(told, clock, made)
    return made


def hear(config: Config, raw: bytes, sign: str | None = None, **more: object) -> bool:
    sign = signature(raw) if sign is None else sign
    return hear_zalo(config, OA_ID, raw, sign, now=LATER, **more)  # type: ignore[arg-type]


def outcomes() -> list[tuple[int, str, int]]:
    rows = Outcome.objects.order_by("pk")
    return list(rows.values_list("recipient__person_id", "kind", "times"))


def test_a_delivery_becomes_an_outcome_once_however_often_it_is_told(
    run: Run, fake: FakeZalo, config: Config, line: Line
) -> None:
    raw = delivered(fake.accepted[0]["tracking_id"], LATER)
    assert [hear(config, raw) for _ in range(3)] == [True, True, True]
    line.take_in()
    first = Recipient.objects.get(pk=int(fake.accepted[0]["tracking_id"].partition("-")[0]))
    assert outcomes() == [(first.person_id, "delivered", 1)]
    assert line.ask("SELECT name, count(*) FROM events GROUP BY ALL") == [("Message Delivered", 1)]
    assert OfficialAccount.objects.get().heard_at == LATER


def test_nothing_is_believed_that_zalo_did_not_sign(
    run: Run, fake: FakeZalo, config: Config, line: Line
) -> None:
    raw = delivered(fake.accepted[0]["tracking_id"], LATER)
    good = signature(raw)
    again = json.dumps(json.loads(raw), separators=(",", ":")).encode()
    for body, sign in (
        (raw, ""),
        (raw, good[:-1] + ("0" if good[-1] != "0" else "1")),
        (raw.replace(b"delivery", b"Delivery"), good),
        (again, good),  # the same words, other bytes
        (raw, signature(raw, secret="")),
        (raw, signature(raw, app_id="1")),
        (b"{}", good),
        (b"\xff", good),
    ):
        assert not hear(config, body, sign), (body, sign)
    assert not hear_zalo(config, "1", raw, good, now=LATER)
    OfficialAccount.objects.update(hook_secret="")
    assert not hear(config, raw, signature(raw, secret=""))
    line.take_in()
    assert (outcomes(), HeardEvent.objects.count()) == ([], 0)


def test_an_old_event_is_not_taken_in_and_one_of_the_future_neither(
    run: Run, fake: FakeZalo, config: Config
) -> None:
    mark = fake.accepted[0]["tracking_id"]
    for away in (timedelta(hours=-13, minutes=-1), timedelta(minutes=6)):
        assert not hear(config, delivered(mark, LATER + away))
    assert hear(config, delivered(mark, LATER - timedelta(hours=12)))


def test_a_message_of_somebody_else_is_answered_and_makes_no_outcome(
    run: Run, fake: FakeZalo, config: Config, line: Line
) -> None:
    mark = fake.accepted[0]["tracking_id"]
    other = fake.accepted[1]["tracking_id"]
    forged = f"{mark.partition('-')[0]}-{other.partition('-')[2]}"
    chat = event(LATER, event_name="user_received_message", message={"msg_id": "m"})
    for raw in (
        *(delivered(one, LATER) for one in (forged, "", "don-hang-88213", f"9{mark}")),
        *(chat, event(LATER, event_name="follow", follower={"id": "2468"})),
    ):
        assert hear(config, raw)
    line.take_in()
    assert outcomes() == []


def test_a_template_refused_and_a_quota_changed_are_known_at_once(
    oa: OfficialAccount, config: Config
) -> None:
    state = {"prev_status": "ENABLE", "new_status": "DISABLE"}
    told = {"template_id": "7895417", "status": state, "reason": "Mẫu tin bị báo cáo"}
    assert hear(config, event(LATER, event_name="change_template_status", **told))
    quota = {"prev_value": 500, "new_value": 2000}
    assert hear(config, event(LATER, event_name="change_oa_daily_quota", quota=quota))
    row = MessageTemplate.objects.get()
    assert (row.state, row.reason) == ("DISABLE", "Mẫu tin bị báo cáo")
    assert OfficialAccount.objects.get().daily == 2000
