"""Whatever the bytes: an event, a refusal or an InputError; never another end, never for long."""

import base64
import json
import time
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khachquen.base import InputError
from khachquen.collect.event import Event, Refusal
from khachquen.collect.protocols import Arrived, EventRoute, understand
from khachquen.collect.protocols.encoded import from_base64
from khachquen.collect.protocols.routes import ROUTES
from khachquen.collect.protocols.understanding import READERS
from tests.collect.protocols.hostile import VALUES
from tests.collect.protocols.sent import LIMITS, request
from tests.laws import tries

PATHS = {route.path: route for route in ROUTES if isinstance(route, EventRoute)}
BATCHES = {
    "/v1/batch": ("batch", {"type": "track", "event": "x", "userId": "u"}),
    "/beacon/v1/batch": ("batch", {"type": "track", "event": "x", "userId": "u"}),
    "/api/s/batch": ("batch", {"type": "track", "event": "x", "userId": "u"}),
    "/batch": ("batch", {"event": "x", "distinct_id": "u"}),
    "/com.snowplowanalytics.snowplow/tp2": ("data", {"e": "pv", "uid": "u"}),
}
# Hypothesis's own deadline is per example and would fail on a busy machine.
THOROUGH = settings(max_examples=tries(50), deadline=None)
LONGEST_S = 2.0

NAMES = st.sampled_from(
    "type event name category messageId userId anonymousId previousId groupId timestamp"
    " originalTimestamp sentAt properties traits context channel batch data writeKey api_key token"
    " distinct_id uuid offset $set $set_once $anon_distinct_id $device_id $is_identified"
    " $groups $group_key $group_type $group_set alias $current_url $referrer title utm_source gclid"
    " $cookieless_mode $process_person_profile $lib $session_id $ip"
    " e eid aid duid uid nuid tnuid dtm stm ttm url page refr co cx ue_pr ue_px se_ac se_va tr_id"
    " tr_tt ti_id ti_pr res vp sid tna schema".split()
)
WORDS = st.sampled_from(
    ["track", "page", "$pageview", "$identify", "$create_alias", "$groupidentify", "$screen",
     "$set", "pv", "pp", "se", "ue", "tr", "ti", "iglu:a/b/c/1", "17850", "2026-11-20T01:00:00Z",
     "1795140000000", "$direct", "1440x900", "Order Completed", "{}", "[]", '{"data":[]}', "e30"]
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | WORDS
    | st.sampled_from([10**400, 2**64, -(10**30), 1e308])
)
INSIDE = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=5),
    max_leaves=15,
)
MESSAGES = st.dictionaries(NAMES, INSIDE, max_size=10)
TANGLED = st.fixed_dictionaries(
    {"e": st.sampled_from(["ue", "pv"]), "uid": st.just("u")},
    optional={
        name: (INSIDE.map(json.dumps) | INSIDE.map(lambda told: _packed(json.dumps(told))))
        for name in ("co", "cx", "ue_pr", "ue_px")
    },
)


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode()


def ends_of(route: EventRoute, arrived: Arrived) -> list[Event | Refusal]:
    """What becomes of each message, within the time there is."""
    started = time.perf_counter()
    try:
        said = route.split(arrived)
    except InputError:
        return []
    sender = request(protocol=route.protocol, sent_at=said.sent_at, context=said.context)
    ends = [understand(raw, sender, LIMITS, f"p:{n}", n) for n, raw in enumerate(said.items)]
    assert all(isinstance(end, Event | Refusal) for end in ends)
    assert time.perf_counter() - started < LONGEST_S
    return ends


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=tries(40), deadline=None)
@given(
    body=st.binary(max_size=300) | MESSAGES.map(json.dumps).map(str.encode),
    query=st.dictionaries(NAMES | st.sampled_from(["data", "a.b", "a", "_"]), st.text(max_size=40)),
)
def test_any_body_and_any_address(path: str, body: bytes, query: dict[str, str]) -> None:
    ends_of(PATHS[path], Arrived(body, query, {"key": "kqp_hoa", "kind": "page"}))


@pytest.mark.parametrize("protocol", READERS)
@THOROUGH
@given(raw=st.binary(max_size=200) | (MESSAGES | INSIDE | TANGLED).map(json.dumps).map(str.encode))
def test_any_message_meets_one_end(protocol: str, raw: bytes) -> None:
    end = understand(raw, request(protocol=protocol), LIMITS, "web:1:8:0")

    assert isinstance(end, Event | Refusal)
    if isinstance(end, Refusal):
        assert end.payload == raw
        assert end.path.startswith("$")


@pytest.mark.parametrize("path", BATCHES)
@THOROUGH
@given(
    bad=st.lists(
        (MESSAGES | INSIDE | TANGLED).map(json.dumps).map(str.encode) | st.sampled_from(VALUES),
        max_size=4,
    ),
    place=st.integers(0, 4),
)
def test_a_good_message_lives_among_any_others(path: str, bad: list[bytes], place: int) -> None:
    name, good = BATCHES[path]
    whole = json.dumps(good).encode()
    items = [*bad[:place], whole, *bad[place:]]
    body = b'{"' + name.encode() + b'":[' + b",".join(items) + b"]}"

    ends = ends_of(PATHS[path], Arrived(body, {}, {}))

    alive = [end for end in ends if isinstance(end, Event) and end.user_id == "u"]
    assert len(alive) >= 1
    assert len(ends) >= len(items)


@THOROUGH
@given(message=MESSAGES, padded=st.booleans(), spaced=st.booleans())
def test_any_packing_of_an_event_is_the_same_event(
    message: dict[str, Any], *, padded: bool, spaced: bool
) -> None:
    raw = json.dumps({**message, "event": "x"}).encode()
    text = base64.b64encode(raw).decode()
    form = "data=" + (quote(text if padded else text.rstrip("=")))

    plain = PATHS["/e"].split(Arrived(b" " * spaced + raw, {}, {}))
    packed = PATHS["/e"].split(Arrived(form.encode(), {}, {}))

    assert plain.write_key == packed.write_key
    assert [item.strip() for item in plain.items] == [item.strip() for item in packed.items]


@given(st.binary(max_size=60))
def test_base64_is_read_in_every_spelling(raw: bytes) -> None:
    text = base64.b64encode(raw).decode()

    spellings = [text, text.rstrip("="), text.replace("+", " "), _url_safe(raw)]
    assert [from_base64(spelling) for spelling in spellings] == [raw] * 4


def _url_safe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
