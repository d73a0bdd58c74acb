"""Received = stored + duplicate + quarantined + dropped, always, everywhere it can be read."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.db import connection, transaction
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from khachquen.collect.event import Accepted
from khachquen.flows.ingest import COMMIT, STEPS, Ingester
from khachquen.store import forget_reader
from khachquen.store.eventlog import Record, read_log
from tests.clock import FrozenClock
from tests.flows.line import LIMITS, order, page
from tests.flows.quarantine import Shop, counts_by_reason, rows_by_reason
from tests.flows.test_kill import die, in_a_process
from tests.laws import tries

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]
POINTS = [step.__name__ for step in (*STEPS, *COMMIT)] + ["commit"]
_decode = msgspec.msgpack.Decoder(Accepted).decode


class _PowerCutError(BaseException):
    """Everything stops here."""


@pytest.fixture
def shop(data: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=data))
    forget_reader()
    yield Shop(data, clock)
    forget_reader()


def received(shop: Shop) -> Counter[int]:
    """Messages by source, counted from the log itself: what was asked for again is not received."""
    counts: Counter[int] = Counter()
    for record in all_records(shop):
        request = _decode(record.payload)
        if request.redrive is None:
            counts[request.source_id] += len(request.items)
    return counts


def all_records(shop: Shop) -> list[Record]:
    return list(read_log(shop.data / "log", {}, max_bytes=1 << 40))


def by_source(ends: dict[tuple[int, str, str], int]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for (source_id, _, _), n in ends.items():
        counts[source_id] += n
    return counts


def check_sums(shop: Shop, ids: set[str]) -> None:
    counted, shown = counts_by_reason(shop), rows_by_reason()
    assert counted == shown
    assert by_source(counted) == received(shop)
    assert all(n > 0 for n in counted.values())
    told = Counter(
        fate.state for name in ids for fate in shop.trace(name) if fate.state != "redriven"
    )
    known = Counter(dict.fromkeys(told, 0))
    for row in shop.ask(
        "SELECT 'stored', message_id FROM events UNION ALL SELECT outcome, message_id FROM refusals"
    ):
        if row[1] in ids:
            known[row[0]] += 1
    assert told == known, "receipts tell what the rows tell"


IDS = st.sampled_from([f"m-{n}" for n in range(6)])
DENIED = {"consent": {"analytics": False}}
MESSAGES: st.SearchStrategy[dict[str, Any] | bytes] = st.one_of(
    st.builds(lambda i: page("a-lan", messageId=i), IDS),
    st.builds(lambda i: page("a-nam", messageId=i), IDS),
    st.builds(lambda i: page("a-lan", messageId=i, type="pge"), IDS),
    st.builds(lambda i: page("a-lan", messageId=i, context=DENIED), IDS),
    st.builds(lambda i: order("HD-1", 1000, messageId=i, userId="17850"), IDS),
    st.builds(lambda i: {"type": "track", "messageId": i, "anonymousId": "a-lan"}, IDS),
    st.just(page("a-lan")),
    st.just(b"nonsense"),
)
SENT = st.tuples(st.sampled_from(["kqp_website", "kqs_till"]), st.lists(MESSAGES, max_size=5))
STEP = st.one_of(
    st.tuples(st.just("send"), SENT),
    st.tuples(st.just("take in"), st.none()),
    st.tuples(st.just("cut"), st.sampled_from(POINTS)),
    st.tuples(st.just("redrive"), st.booleans()),
    st.tuples(st.just("restart"), st.none()),
)


@examples(max_examples=tries(24), deadline=None)
@given(st.lists(STEP, min_size=4, max_size=14))
def test_any_day_of_a_shop_adds_up(steps: list[tuple[str, Any]]) -> None:
    """Good, bad, doubled, unwanted, mended and cut off at any step, in any order."""
    import tempfile

    kept = settings.CONFIG
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        try:
            settings.CONFIG = replace(kept, data=Path(folder))
            forget_reader()
            shop = Shop(Path(folder), FrozenClock())
            for what, how in steps:
                act(shop, what, how)
                shop.clock.advance(minutes=20)
            restart(shop)
            shop.take_all_in()
            check_sums(shop, {f"m-{n}" for n in range(6)})
        finally:
            settings.CONFIG = kept
            forget_reader()
            transaction.set_rollback(True)


def act(shop: Shop, what: str, how: Any) -> None:
    if what == "send":
        shop.send(how[0], *how[1])
    elif what == "take in":
        shop.take_in()
    elif what == "restart":
        restart(shop)
    elif what == "redrive":
        redrive_all(shop, mend=how)
    else:
        cut(shop, how)


def restart(shop: Shop) -> None:
    shop.ingester = Ingester(shop.data, LIMITS)
    shop.ingester.recover()


def redrive_all(shop: Shop, *, mend: bool) -> None:
    wanted = shop.quarantine()
    told = {
        one.place: mended(one.payload) for one in wanted if mend and one.payload.startswith("{")
    }
    if wanted:
        from khachquen.flows.redrive import redrive

        redrive(shop.config, wanted, corrected=told, actor="mai@nhamay.vn", clock=shop.clock)


def mended(payload: str) -> bytes:
    message = json.loads(payload)
    return json.dumps({**message, "type": "page", "anonymousId": "a-lan"}).encode()


def cut(shop: Shop, point: str) -> None:
    """The power goes after a step; what the database had not committed is gone."""

    def stop(name: str) -> None:
        if name == point:
            raise _PowerCutError

    try:
        with transaction.atomic():
            try:
                shop.take_in(stop)
            except _PowerCutError:
                if point != "commit":
                    raise
    except _PowerCutError:
        pass
    restart(shop)


def test_a_storm_of_retries_over_a_month_with_kills(shop: Shop) -> None:
    """Three clients hear no answer for one batch in ten; the engine is killed again and again."""
    chance = Random(30)
    batches = [[page(f"a-{n % 7}", messageId=f"m-{n}-{i}") for i in range(20)] for n in range(30)]
    sent = Counter[str]()
    for day in (0, 0, 6, 29):
        for n, batch in enumerate(batches):
            for _ in range(1 if day == 0 and chance.random() > 0.1 else chance.randint(0, 2)):
                key = "kqs_till" if n % 3 == 0 else "kqp_website"
                shop.send(key, *chance.sample(batch, len(batch)))
                sent[key] += len(batch)
        point = chance.choice(POINTS)

        def work(point: str = point) -> None:
            shop.take_in(lambda name: die() if name == point else None)

        assert in_a_process(work) == -signal.SIGKILL
        restart(shop)
        shop.take_all_in()
        connection.close()
        shop.clock.now = FrozenClock().now.replace(day=20)
        shop.clock.advance(days=day)

    stored = shop.ask("SELECT count(*), count(DISTINCT (source_id, message_id)) FROM events")
    assert stored == [(600, 600)]
    ends = counts_by_reason(shop)
    assert sum(ends.values()) == sum(sent.values())
    assert sum(n for (_, end, _), n in ends.items() if end == "duplicate") == (
        sum(sent.values()) - 600
    )
    check_sums(shop, {"m-0-0", "m-3-7", "m-29-19"})
