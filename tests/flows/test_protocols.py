"""From five families of clients into one lake, and everything a stranger sends into one account."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from khachquen.base import InputError
from tests.clock import START, FrozenClock
from tests.collect.protocols.hostile import NEIGHBOURS, Payload, payloads
from tests.flows.line import Line

pytestmark = pytest.mark.django_db(transaction=True)

WEBSITE_KEY = "kqp_website"
TP2 = "/com.snowplowanalytics.snowplow/tp2"


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


def post(line: Line, path: str, body: Any) -> None:
    line.post(path, json.dumps(body).encode(), {"x-write-key": WEBSITE_KEY})


def test_one_customer_is_one_person_whatever_client_speaks_of_her(line: Line) -> None:
    hoa = "17850"
    post(line, "/v1/b", {"batch": [{"type": "page", "userId": hoa, "messageId": "m-1"}]})
    beacon = {"type": "track", "event": "Xem", "userId": hoa, "messageId": "m-2"}
    post(line, "/beacon/v1/batch", {"batch": [beacon]})
    post(line, "/api/s/page", {"userId": hoa, "messageId": "m-3"})
    post(line, "/batch/", {"batch": [{"event": "Xem", "distinct_id": hoa, "uuid": "m-4"}]})
    post(line, TP2, {"data": [{"e": "pv", "uid": hoa, "eid": "m-5"}]})

    line.take_in()

    rows = line.ask("SELECT message_id, profile_id FROM events ORDER BY message_id")
    assert [row[0] for row in rows] == ["m-1", "m-2", "m-3", "m-4", "m-5"]
    assert len({row[1] for row in rows}) == 1


def test_the_id_of_a_group_becomes_nobody(line: Line) -> None:
    group = {"$group_type": "company", "$group_key": "c", "$group_set": {"name": "Gốm Mộc"}}
    told = {"event": "$groupidentify", "distinct_id": "$company_c", "properties": group}
    post(line, "/batch/", {"batch": [told]})

    line.take_in()

    assert line.ask("SELECT type, profile_id FROM events") == [("group", None)]


# Wire protocols, section 16, T4: what the front door answered 200 to.


def test_of_a_hundred_messages_three_are_quarantined_with_their_reasons(line: Line) -> None:
    good = [
        {"type": "track", "event": "Xem", "userId": f"KH{n}", "messageId": f"m-{n}"}
        for n in range(97)
    ]
    nobody = {"type": "track", "event": "Xem", "messageId": "khong-ai"}
    huge = {**good[0], "messageId": "qua-lon", "properties": {"note": "x" * (33 << 10)}}
    nameless = {"type": "track", "userId": "KH1", "messageId": "khong-ten"}
    line.website(nobody, *good[:50], huge, *good[50:], nameless)

    line.take_in()

    assert line.counts() == {"stored": 97, "quarantined": 3}
    assert line.ask("SELECT message_id, reason, path FROM refusals ORDER BY message_id") == [
        ("khong-ai", "no_identity", "$"),
        ("khong-ten", "no_event_name", "$.event"),
        ("qua-lon", "too_large", "$"),
    ]


# T5: the client's clock is three days ahead.


def test_a_cut_time_is_marked_in_the_lake(line: Line) -> None:
    def told(name: str, at: timedelta, sent: timedelta) -> dict[str, Any]:
        times = {"timestamp": (START + at).isoformat(), "sentAt": (START + sent).isoformat()}
        return {"type": "track", "event": name, "userId": "17850", **times}

    days, minutes = timedelta(days=3), timedelta(minutes=5)
    line.website(told("nhanh ba ngày", days - minutes, days), told("bịa", days + minutes, days))

    line.take_in()

    rows = line.ask('SELECT name, epoch_us("at") - epoch_us(received_at), clamped FROM events')
    assert sorted(rows) == [("bịa", 0, True), ("nhanh ba ngày", -300_000_000, False)]


def send_all(line: Line, sent: list[Payload]) -> tuple[int, Counter[str]]:
    """How many messages were accepted, and the codes of the bodies that were not."""
    accepted, refused = 0, Counter[str]()
    for number, payload in enumerate(sent):
        headers = {name.lower(): value for name, value in payload.headers.items()}
        body = payload.body
        for name in NEIGHBOURS:  # each its own, or all but the first are duplicates
            body = body.replace(name.encode(), f"{name}-{number}".encode())
        try:
            accepted += line.post(payload.path, body, headers)
        except InputError as error:
            refused[error.code] += 1
    return accepted, refused


def test_everything_a_stranger_sends_meets_one_end(line: Line) -> None:
    everything = payloads(WEBSITE_KEY)[::7]  # of each protocol, place and value some

    accepted, refused = send_all(line, everything)
    line.take_in()

    assert sum(line.counts().values()) == accepted
    assert sum(refused.values()) < len(everything) / 10
    good = sum(payload.body.count(NEIGHBOURS[1].encode()) > 0 for payload in everything)
    [(found,)] = line.ask(f"SELECT count(*) FROM events WHERE message_id LIKE '{NEIGHBOURS[1]}-%'")
    assert good - sum(refused.values()) <= found <= good
    assert line.ask("SELECT count(*) FROM refusals WHERE reason = 'internal'") == [(0,)]
