"""One bad message of a batch never costs its neighbours anything."""

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khachquen.base import InputError
from khachquen.collect.event import Event, Refusal
from khachquen.collect.protocols.split import split_batch, split_single
from tests.collect.protocols.sent import read, request, track
from tests.laws import tries

HOA = json.dumps(track(messageId="m-hoa")).encode()
NAM = json.dumps(track(messageId="m-nam")).encode()


def batch_of(*items: bytes, rest: bytes = b"") -> bytes:
    return b'{"batch":[' + b",".join(items) + b"]" + rest + b"}"


def track_with(properties: bytes) -> bytes:
    return b'{"type":"track","event":"x","anonymousId":"a","properties":{"p":' + properties + b"}}"


BAD = {
    "lone surrogate": (track_with(b'"\\ud800"'), "bad_text"),
    "half a surrogate pair": (track_with(b'"\\ud83d x"'), "bad_text"),
    "broken UTF-8": (track_with(b'"\xff\xfe"'), "bad_text"),
    "depth 10,000": (track_with(b"[" * 10_000 + b"]" * 10_000), "too_deep"),
    "depth 6,000 of objects": (track_with(b'{"":' * 6_000 + b"1" + b"}" * 6_000), "too_deep"),
    "1e400": (track_with(b"1e400"), "number_out_of_range"),
    "NUL, escaped": (track_with(b'"\\u0000"'), "nul_character"),
    "NUL, bare": (track_with(b'"\x00"'), "not_json"),
    "40 KB": (track_with(b'"' + b"x" * 40_000 + b'"'), "too_large"),
    "no JSON": (b"{type: track}", "not_json"),
    "a number too many": (b'{"type":"track"} 2', "not_json"),
    "nothing": (b"", "not_json"),
    "NaN": (track_with(b"NaN"), "not_json"),
    "an array": (b"[1,2]", "not_an_object"),
}


@pytest.mark.parametrize("name", BAD)
def test_the_neighbours_of_a_bad_message_go_through(name: str) -> None:
    bad, reason = BAD[name]

    items = split_batch(batch_of(HOA, bad, NAM)).items

    assert items == [HOA, bad, NAM]
    first, refused, last = (read(item) for item in items)
    assert isinstance(first, Event)
    assert isinstance(refused, Refusal)
    assert isinstance(last, Event)
    assert (first.message_id, refused.reason, last.message_id) == ("m-hoa", reason, "m-nam")
    assert refused.payload == bad


@pytest.mark.parametrize("bad", [name for name in BAD if name != "nothing"])
def test_what_the_batch_says_beside_its_messages_survives_too(bad: str) -> None:
    rest = b',"sentAt":"2026-11-20T02:00:00Z","writeKey":"kqp_1","context":{"locale":"vi"}'

    body = split_batch(batch_of(BAD[bad][0], rest=rest))

    assert body.items == [BAD[bad][0]]
    assert (body.sent_at, body.write_key, body.context) == (
        "2026-11-20T02:00:00Z",
        "kqp_1",
        b'{"locale":"vi"}',
    )


def test_an_empty_batch_is_no_mistake() -> None:
    assert split_batch(b'{"batch":[]}').items == []


@pytest.mark.parametrize(
    "body", [b"{}", b'{"batch":null}', b'{"batch":5}', b'{"batch":{}}', b'{"batches":[]}']
)
def test_a_batch_without_its_array_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="The body has no “batch” array") as refused:
        split_batch(body)

    assert (refused.value.code, refused.value.path) == ("collect.no_batch", "$.batch")


@pytest.mark.parametrize("told", [b"5", b"null", b'""', b"{}", b'["x"]', b'"\xff"'])
def test_odd_fields_beside_the_messages_are_let_pass(told: bytes) -> None:
    body = split_batch(batch_of(HOA, rest=b',"sentAt":' + told + b',"writeKey":' + told))

    assert (body.items, body.sent_at, body.write_key) == ([HOA], None, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"hoa",
        b'{"batch":[{}',
        b'{"batch":["\\ud800"',
        b'{"batch":[1 2]',
        b'\xff\xfe{"batch":[]}',
        b"[" * 20_000,
        b'{"a":' * 20_000,
        b'{"batch":[{"a":"\\',
    ],
)
def test_a_body_nothing_can_be_read_from_is_refused_with_the_reason(body: bytes) -> None:
    with pytest.raises(InputError, match="The body is not valid JSON") as refused:
        split_batch(body)

    assert refused.value.code == "collect.not_json"
    assert refused.value.hint is not None
    assert '{"batch": [...]}' in refused.value.hint.en


def test_only_the_outer_batch_is_cut() -> None:
    inner = b'{"type":"track","event":"x","batch":[1,2],"bad":"\\ud800"}'

    assert split_batch(b'{"x":{"batch":[9]},"batch":[' + inner + b"," + HOA + b"]}").items == [
        inner,
        HOA,
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        b'{"batch":["' + b'\\"' * 500_000,
        b'{"batch":[' + b'"a' * 300_000,
        b'{"batch":["\\ud800",' + b"[" * 900_000,
    ],
    ids=["escaped quotes", "quotes", "brackets"],
)
def test_a_hostile_body_takes_no_more_time_than_it_is_long(hostile: bytes) -> None:
    started = time.process_time()
    with pytest.raises(InputError):
        split_batch(hostile)
    assert time.process_time() - started < 3  # a megabyte; quadratic would be hours


def test_the_one_message_gets_its_type_from_the_path() -> None:
    raw, key = split_single(b'{"type":"page","writeKey":"kqp_1","event":"x","userId":1}', "track")

    assert msgspec.json.decode(raw) == {"type": "track", "event": "x", "userId": 1}
    assert key == "kqp_1"


@pytest.mark.parametrize("told", [b"5", b"null", b'""', b"{}", b'"\xff"', b"[" * 900 + b"]" * 900])
def test_a_key_that_is_no_text_is_no_key(told: bytes) -> None:
    assert split_single(b'{"writeKey":' + told + b"}", "track") == (b'{"type":"track"}', None)


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b'{"a"', b'{"\xff":1}', b"[" * 20_000])
def test_one_message_must_be_one_object(body: bytes) -> None:
    with pytest.raises(InputError) as refused:
        split_single(body, "track")
    assert refused.value.code == "collect.not_json"


NAMES = st.sampled_from(
    "type event userId anonymousId previousId messageId timestamp originalTimestamp sentAt batch"
    " properties traits context order_id products total price quantity currency email phone".split()
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["track", "identify", "Order Completed", "2026-11-20", "9" * 20, "\0"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=8,
)
MESSAGES = st.dictionaries(NAMES, VALUES, max_size=8).map(
    lambda fields: {"type": "track", "event": "Order Completed", "anonymousId": "a", **fields}
)


@settings(max_examples=tries(60), deadline=None)
@given(MESSAGES | VALUES, st.booleans())
def test_any_json_becomes_an_event_or_a_refusal(message: Any, trusted: bool) -> None:
    raw = json.dumps(message).encode()
    found = read(raw, request(trusted=trusted))

    assert isinstance(found, Event | Refusal)
    if isinstance(found, Event):
        msgspec.json.encode(found)  # every later step can write it down
        assert 0 < len(found.message_id) <= 200
        assert 0 < found.at <= found.received_at


@settings(max_examples=tries(60), deadline=None)
@given(st.data())
def test_any_bytes_become_messages_or_an_input_error(data: st.DataObject) -> None:
    whole = json.dumps({"batch": data.draw(st.lists(MESSAGES | VALUES, max_size=3))}).encode()
    start = data.draw(st.integers(0, len(whole)))
    noise = data.draw(
        st.binary(max_size=8) | st.sampled_from([b'"', b"\\", b"]", b"[", b"\\ud800"])
    )
    body = whole[:start] + noise + whole[start + data.draw(st.integers(0, 8)) :]

    for split in (lambda: split_batch(body).items, lambda: [split_single(body, "track")[0]]):
        try:
            items = split()
        except InputError:
            continue
        for item in items:
            assert isinstance(read(item), Event | Refusal)
