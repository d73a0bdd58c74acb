"""What becomes of a request before anything of it is judged."""

import gzip
import json

import msgspec
import pytest

from khachquen.base import InputError
from khachquen.collect.event import Accepted
from khachquen.flows.accept import Incoming, accept
from tests.flows.line import BATCH, KEYS, page

BODY = json.dumps({"batch": [page("a-hoa"), page("a-nam")], "sentAt": "2026-11-20"}).encode()
PACKED = gzip.compress(BODY, mtime=0)  # without the time: tests are known by what they are given


def take(body: bytes, *, max_bytes: int = 1 << 20) -> Accepted:
    incoming = Incoming(BATCH, {}, {"x-write-key": "kqs_till"}, {}, body, "203.0.113.9", 7)
    record, count = accept(incoming, KEYS, max_bytes=max_bytes, public_bytes=500)
    found = msgspec.msgpack.decode(record, type=Accepted)
    assert count == len(found.items)
    return found


def test_a_request_is_kept_with_all_that_judges_it_later() -> None:
    found = take(BODY)

    assert (found.received_at, found.source_id, found.trusted) == (7, 2, True)
    assert (found.protocol, found.ip, found.sent_at) == ("segment", "203.0.113.9", "2026-11-20")
    assert [json.loads(item) for item in found.items] == [page("a-hoa"), page("a-nam")]


@pytest.mark.parametrize("level", [0, 1, 9])
def test_a_packed_body_is_the_same_body(level: int) -> None:
    assert take(gzip.compress(BODY, level)).items == take(BODY).items


@pytest.mark.parametrize(
    "broken",
    [
        PACKED[:-1],
        PACKED[:-8],
        PACKED[:20],
        gzip.compress(BODY, 0, mtime=0)[:-9] + b"\0" * 9,
        PACKED + b"more",
        PACKED * 2,
        b"\x1f\x8b",
    ],
)
def test_gzip_that_does_not_end_well_is_not_half_believed(broken: bytes) -> None:
    with pytest.raises(InputError, match="The gzip data is broken") as refused:
        take(broken)
    assert refused.value.code == "collect.bad_gzip"


def test_a_limit_counts_the_bytes_after_unpacking() -> None:
    assert take(gzip.compress(BODY), max_bytes=len(BODY)).items
    for body in (BODY, gzip.compress(BODY)):
        with pytest.raises(InputError) as refused:
            take(body, max_bytes=len(BODY) - 1)
        assert refused.value.code == "collect.too_large"
