"""What a stranger may send, at the real door: an exact answer each time, no neighbour lost."""

import http.client
import json
from collections import Counter
from typing import Any

from tests.collect.protocols.hostile import NEIGHBOURS, Payload, spoilt_bodies, spoilt_messages
from tests.receive.conftest import PUBLIC, Door
from tests.waiting import DEADLINE_S

EVERY = 9  # of each protocol, place and value some; the whole set meets the parsers elsewhere


def knock(door: Door, sent: list[Payload]) -> list[tuple[int, Any]]:
    """Status and words of each answer, on one connection that is never let go."""
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=DEADLINE_S)
    answers = []
    for payload in sent:
        connection.request("POST", payload.path, payload.body, payload.headers)
        reply = connection.getresponse()
        answers.append((reply.status, json.loads(reply.read())))
    connection.close()
    return answers


def test_a_bad_message_is_accepted_with_its_neighbours(own_door: Door) -> None:
    sent = spoilt_messages(PUBLIC)[::EVERY]

    answers = knock(own_door, sent)

    assert {status for status, _ in answers} == {200}
    kept = own_door.kept()
    assert [record.protocol for record in kept] == [payload.protocol for payload in sent]
    for record in kept:
        first, last = json.loads(record.items[0]), json.loads(record.items[-1])
        assert NEIGHBOURS[0] in first.values()
        assert NEIGHBOURS[1] in last.values()


def test_a_broken_body_is_answered_with_a_code_and_a_sentence(own_door: Door) -> None:
    answers = knock(own_door, spoilt_bodies(PUBLIC)[::2])

    codes = Counter(said.get("code") for _, said in answers)
    assert set(codes) <= {
        None, "collect.not_json", "collect.no_batch", "collect.bad_gzip", "collect.too_large",
    }  # fmt: skip
    for status, said in answers:
        assert status == {None: 200, "collect.too_large": 413}.get(said.get("code"), 400)
        if status != 200:
            assert isinstance(said["message"], str)
    assert min(codes[code] for code in ("collect.not_json", "collect.bad_gzip")) > 5
    assert codes["collect.too_large"] >= 2  # the bombs, never unpacked whole
