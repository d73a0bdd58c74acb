"""Whatever a body holds: never 500, never a hang, and good neighbours survive."""

import gzip
import json
import string
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.laws import tries
from tests.receive.conftest import PUBLIC, SECRET, Door, open_door

GOOD = {"type": "track", "messageId": "hoa", "anonymousId": "may-cua-hoa", "event": "Cart Viewed"}
KINDS = ["batch", "import", "track", "identify", "page", "screen", "group", "alias"]
ANSWERS = {200, 400, 401, 404, 413}
# Hypothesis's own deadline is per example and would fail on a busy machine.
BOUNDED = settings(
    max_examples=tries(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

NASTY_TEXT = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["\0", "__proto__", "constructor", "=1+1", "<script>", "\u202e", "a" * 300, "%00", "{{7*7}}"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | NASTY_TEXT
    | st.sampled_from([10**400, -(10**30), 1e308])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NASTY_TEXT, inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    "type event name messageId userId anonymousId previousId groupId timestamp sentAt"
    " originalTimestamp properties traits context writeKey batch category".split()
)
MESSAGES = st.dictionaries(FIELDS | NASTY_TEXT, VALUES, max_size=8)


def said(reply_body: bytes) -> dict[str, str]:
    answer: dict[str, Any] = json.loads(reply_body)
    assert answer == {"success": True} or {
        type(answer["code"]),
        type(answer["message"]),
    } == {str}
    return answer


@BOUNDED
@given(kind=st.sampled_from(KINDS), body=st.binary(max_size=200) | MESSAGES.map(json.dumps))
@example(kind="batch", body=b'{"batch":' + b"[" * 10_000)
@example(kind="track", body=b'{"event":' + b"[" * 10_000)
@example(kind="batch", body='{"batch":{}}')
def test_any_body_is_answered_with_a_sentence(door: Door, kind: str, body: str | bytes) -> None:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    reply = door.post(f"/v1/{kind}", raw)

    assert reply.status in ANSWERS
    said(reply.body)


@BOUNDED
@given(messages=st.lists(MESSAGES | VALUES, max_size=4), place=st.integers(0, 4))
def test_a_good_message_is_kept_among_any_others(
    door: Door, messages: list[Any], place: int
) -> None:
    batch = [*messages[:place], GOOD, *messages[place:]]
    before = len(door.kept())
    assert door.post("/v1/batch", {"batch": batch}).status == 200

    [record] = door.kept()[before:]
    assert len(record.items) == len(batch)
    assert json.loads(record.items[min(place, len(messages))]) == GOOD


HEADERS = st.text(string.ascii_letters + string.digits + " =:;,/+\"'\\%\xe9\xff", max_size=60)


@BOUNDED
@given(authorization=HEADERS, agent=HEADERS, origin=HEADERS, query=st.binary(max_size=60))
def test_any_header_and_query_is_answered(
    door: Door, authorization: str, agent: str, origin: str, query: bytes
) -> None:
    escaped = "".join(f"%{byte:02x}" if byte < 33 or byte > 126 else chr(byte) for byte in query)
    headers = {
        "Authorization": authorization.strip(),
        "User-Agent": agent.strip(),
        "Origin": origin.strip(),
    }
    for value in ("Basic " + headers["Authorization"], headers["Authorization"]):
        body = json.dumps({**GOOD, "writeKey": PUBLIC}).encode()
        headers["Authorization"] = value
        reply = door.ask("POST", f"/v1/track?{escaped.replace('#', '')}", body, headers)
        assert reply.status in ANSWERS
        said(reply.body)


BAD_MESSAGES = {
    "NUL": b'{"type":"track","event":"a\\u0000b","anonymousId":"x"}',
    "lone surrogate": b'{"type":"track","event":"\\ud800","anonymousId":"x"}',
    "broken UTF-8": b'{"type":"track","event":"\xff\xfe","anonymousId":"x"}',
    "10,000 deep": b'{"type":"track","event":"a","anonymousId":"x","properties":{"a":'
    + b"[" * 10_000
    + b"]" * 10_000
    + b"}}",
    "1e400": b'{"type":"track","event":"a","anonymousId":"x","properties":{"n":1e400}}',
    "40 KB": b'{"type":"track","event":"a","anonymousId":"x","properties":{"n":"'
    + b"x" * 40_960
    + b'"}}',
    "unknown type": b'{"type":"telepathy","anonymousId":"x"}',
    "no type": b'{"anonymousId":"x"}',
    "a number": b"7",
    "nothing": b"null",
    "10,000 keys": json.dumps(
        {**GOOD, "messageId": "nhieu", "properties": {f"k{n}": n for n in range(10_000)}}
    ).encode(),
    "prototype keys": b'{"type":"track","event":"a","anonymousId":"x","properties":'
    b'{"__proto__":{"admin":true},"constructor":1}}',
}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("name", BAD_MESSAGES)
def test_the_neighbours_of_a_bad_message_survive(data: Path, name: str, zipped: bool) -> None:
    hoa, nam = (json.dumps({**GOOD, "messageId": who}).encode() for who in ("hoa", "nam"))
    body = b'{"batch":[' + b",".join([hoa, BAD_MESSAGES[name], nam]) + b"]}"

    with open_door(data) as door:
        reply = door.post("/v1/batch", gzip.compress(body) if zipped else body)
        [record] = door.kept()

    assert (reply.status, said(reply.body)) == (200, {"success": True})
    assert record.items == [hoa, BAD_MESSAGES[name], nam]  # whole: refused later, with its reason


@pytest.mark.parametrize("kind", ["batch", "track"])
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 4_000_000,
        b'{"batch":[' + b"[" * 4_000_000,
        b'{"batch":[' + b'\\"' * 2_000_000,
        b'{"batch":["' + b"\\" * 3_999_999,
        b'{"batch":[' + b'"a",' * 1_000_000,
        b'{"batch":[{"a":' + b"9" * 4_000_000 + b"}]}",
        b'{"a":1,' * 500_000,
    ],
    ids=["deep", "deep batch", "quotes", "backslashes", "commas", "digits", "objects"],
)
def test_a_body_made_to_be_slow_holds_nobody_up(door: Door, kind: str, body: bytes) -> None:
    """The largest bodies that are hardest to read: seconds at most, even for a trusted key."""
    started = time.monotonic()
    reply = door.post(f"/v1/{kind}", body, key=SECRET)

    assert reply.status in {200, 400}
    assert time.monotonic() - started < 30  # it takes one or two; what is meant is: not hours


def test_a_stranger_with_a_slow_body_is_told_to_go_at_once(door: Door) -> None:
    reply = door.post("/v1/batch", b"[" * 4_000_000, key="kqp_sai")

    assert reply.status == 401


def test_more_events_than_a_batch_may_hold_are_all_kept_to_be_judged(own_door: Door) -> None:
    batch = [{"type": "page", "anonymousId": "x"}] * 3000

    assert own_door.post("/v1/batch", {"batch": batch}).status == 200
    assert len(own_door.kept()[0].items) == 3000
