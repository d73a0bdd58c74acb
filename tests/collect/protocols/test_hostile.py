"""Nothing a stranger sends breaks a step, costs a neighbour, or takes long."""

import time
from collections import Counter

import pytest

from khachquen.base import InputError
from khachquen.collect.event import Event, Refusal
from khachquen.collect.protocols import Arrived, EventRoute, find_route, understand
from tests.collect.protocols.hostile import (
    NEIGHBOURS,
    PAYLOADS,
    SPOILT_BODIES,
    SPOILT_MESSAGES,
    Payload,
)
from tests.collect.protocols.sent import LIMITS, request

PROTOCOLS = ["segment", "rudderstack", "jitsu", "posthog", "snowplow"]
LONGEST_S = 1.0


def taken(payload: Payload) -> list[Event | Refusal]:
    """What becomes of each message of a request.

    Raises:
        InputError: nothing can be read from its body.
    """
    found = find_route("POST", payload.path)
    assert found is not None
    route, names = found
    assert isinstance(route, EventRoute)
    assert route.protocol == payload.protocol
    said = route.split(Arrived(payload.body, {}, names))
    sender = request(protocol=route.protocol, sent_at=said.sent_at, context=said.context)
    return [
        understand(raw, sender, LIMITS, f"web:1:8:{index}", index)
        for index, raw in enumerate(said.items)
    ]


def test_the_set_is_large_and_speaks_every_protocol() -> None:
    told = {(p.protocol, p.path, p.body, *sorted(p.headers.items())) for p in PAYLOADS}

    assert len(told) >= 500
    assert set(PROTOCOLS) == {payload.protocol for payload in PAYLOADS}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_neighbours_of_every_bad_message_live(protocol: str) -> None:
    lost, slow = [], []
    for payload in SPOILT_MESSAGES:
        if payload.protocol != protocol:
            continue
        started = time.perf_counter()
        found = taken(payload)
        if time.perf_counter() - started > LONGEST_S:
            slow.append(payload)
        first, last = found[0], found[-1]
        alive = isinstance(first, Event) and isinstance(last, Event)
        if not alive or (first.message_id, last.message_id) != NEIGHBOURS or len(found) > 4:
            lost.append(payload)

    assert lost == []
    assert slow == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_broken_body_is_refused_with_a_code_or_its_messages_meet_one_end(protocol: str) -> None:
    started = time.perf_counter()

    ends = Counter(
        end for payload in SPOILT_BODIES if payload.protocol == protocol for end in ends_of(payload)
    )

    assert set(ends) <= {"collect.not_json", "collect.no_batch", "Event", "Refusal"}
    assert ends["collect.not_json"] > 20
    assert time.perf_counter() - started < 10 * LONGEST_S


def ends_of(payload: Payload) -> list[str]:
    """The code of a refused body, or the kind of each message's end."""
    try:
        return [type(end).__name__ for end in taken(payload)]
    except InputError as error:
        return [error.code]
