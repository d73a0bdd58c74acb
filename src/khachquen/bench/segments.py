"""``khachquen bench segments``: questions beside hand-written SQL, and segments that keep up."""

import json
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any

from khachquen.base import system_clock
from khachquen.bench.figure import HIGHER, LOWER, Figure, percentile
from khachquen.bench.filling import Size, fill_shop
from khachquen.bench.rules import TEN, Reference, live_rules
from khachquen.bench.shop import make_shop

if TYPE_CHECKING:
    from khachquen.flows.engine import Engine
    from khachquen.store import Question

_TRIES = 5
_COUNTS = 3
_PROMISED_S = 5.0
_PROMISED_MS = 1000.0


def bench_segments(
    *,
    size: Size,
    segments: int,
    rate: int,
    seconds: int,
    say: Callable[[str], None],
) -> list[Figure]:
    """Figures of one run on an installation of its own, of that size.

    Ten references are asked in turn with the SQL somebody would write for them. Then ``segments``
    live ones follow ``rate`` events a second for so many ``seconds``: before each round the events
    of the seconds that passed are accepted, and the engine takes them in and follows, all in this
    process. An event counts as visible when its round is over, from when it was due to be sent.
    """
    with tempfile.TemporaryDirectory(prefix="khachquen-bench-") as folder:
        data = Path(folder) / "shop"
        make_shop(data)
        now = system_clock()
        fill_shop(data, size, now=now, say=say)
        from django.conf import settings

        from khachquen.flows.engine import Engine, hold_engine

        with hold_engine(data), closing(Engine(settings.CONFIG, system_clock)) as engine:
            built_s = _follow_all(engine)
            say(f"people mirrored in {built_s:.1f} s")
            work = f"{size.people:,} people, {size.events:,} events"
            figures = [
                Figure(
                    "segments.mirror", work, size.people / built_s, "people/s", 0.0, "-", HIGHER
                ),
                *chain.from_iterable(_compare(one, work, say) for one in TEN),
                _count_as_builder(work),
            ]
            figures += _keep_up(engine, size, segments, rate, seconds, say)
    return figures


def _follow_all(engine: "Engine") -> float:
    began = time.perf_counter()
    while engine.follow():
        engine.tidy()
    while engine.ingester.joining.is_busy:
        engine.tidy()
        time.sleep(0.05)
    return time.perf_counter() - began


def _compare(one: Reference, work: str, say: Callable[[str], None]) -> list[Figure]:
    """The rule and the hand-written question in turn: who belongs, and who until when.

    Both must find the same people. That answers know when they turn is what the engine asks for,
    and nothing anybody writes by hand: it is a figure of its own.
    """
    from khachquen.store import Question
    from khachquen.understand.query import compile_count, compile_members, parse_rule
    from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone

    rule, catalogue, now = parse_rule(one.rule), shop_catalogue(), system_clock()
    told = {"now": now.replace(tzinfo=None)} if "$now" in one.by_hand else {}
    members = compile_members(rule, catalogue, now=now, timezone=shop_timezone())
    until = f"SELECT count(*) FILTER (WHERE is_member) FROM ({members.sql})"  # noqa: S608
    questions = {
        "hand": Question("bench.by_hand", f"SELECT count(*) FROM ({one.by_hand})", told),  # noqa: S608
        "question": compile_count(rule, catalogue, now=now, timezone=shop_timezone()),
        "until": Question("bench.until", until, members.params),
    }
    took, found = _take_turns(questions)
    if len(set(found.values())) > 1:
        say(f"{one.name}: {found}")
    told_as = f"{one.name}: {found['question']:,} of {work}"
    hand = took.pop("hand")
    return [
        Figure(f"segments.{name}", told_as, ms, "ms", hand, "SQL by hand", LOWER)
        for name, ms in took.items()
    ]


def _take_turns(questions: "Mapping[str, Question]") -> tuple[dict[str, float], dict[str, Any]]:
    """How long each takes in the middle of several times, in milliseconds, and what it finds."""
    from khachquen.store import ask

    took: dict[str, list[float]] = {name: [] for name in questions}
    found: dict[str, Any] = {}
    for _ in range(_TRIES):
        for name, question in questions.items():
            began = time.perf_counter()
            found[name] = ask(question).rows[0][0]
            took[name].append((time.perf_counter() - began) * 1000)
    return {name: median(times) for name, times in took.items()}, found


def _count_as_builder(work: str) -> Figure:
    """The count beside a rule while it is typed: the references and the ready-made segments."""
    from khachquen.store import ask
    from khachquen.understand.query import compile_count, parse_rule
    from khachquen.understand.query.templates import TEMPLATES
    from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone
    from khachquen.understand.segments.rules import events_of

    rules = [one.rule for one in TEN] + [dict(one.rule) for one in TEMPLATES]
    catalogue = shop_catalogue(events=frozenset().union(*map(events_of, rules)))
    zone, took = shop_timezone(), []
    for told in rules * _COUNTS:
        began = time.perf_counter()
        rule = parse_rule(told)
        ask(compile_count(rule, catalogue, now=system_clock(), timezone=zone))
        took.append((time.perf_counter() - began) * 1000)
    told_as = f"{len(rules)} rules, {work}"
    return Figure(
        "segments.builder_count", told_as, percentile(took, 0.95), "ms (p95)", _PROMISED_MS,
        "promised", LOWER,
    )  # fmt: skip


def _keep_up(
    engine: "Engine",
    size: Size,
    segments: int,
    rate: int,
    seconds: int,
    say: Callable[[str], None],
) -> list[Figure]:
    from khachquen.understand.segments import add_segment

    for name, rule in live_rules(segments):
        add_segment(name, rule, actor="bench", at=system_clock())
    whole_s = _follow_all(engine)
    say(f"{segments} segments looked at everybody in {whole_s:.1f} s")
    random, busy, seen, sent = Random(5), 0.0, list[float](), 0  # noqa: S311 - a load, no secret
    began = time.perf_counter()
    while sent < seconds:
        time.sleep(max(0.0, began + sent + 1 - time.perf_counter()))
        started = time.perf_counter()
        fresh = min(seconds, int(started - began)) - sent
        for _ in range(fresh):  # whatever came while the engine was at work
            _accept(engine, _events(random, size, rate))
        engine.round()
        engine.follow()
        done = time.perf_counter()
        busy += done - started
        for second in range(sent, sent + fresh):
            seen += [done - began - second - part for part in (0.0, 0.5, 1.0)]
        sent += fresh
    lasted = time.perf_counter() - began
    work = f"{segments} live segments over {size.people:,} people, {rate:,} events/s"
    promised = "promised"
    return [
        Figure("segments.whole", work, whole_s, "s", 0.0, "-", LOWER),
        Figure("segments.kept_up", work, seconds * rate / lasted, "events/s", rate, promised,
               HIGHER),
        Figure("segments.capacity", work, seconds * rate / busy, "events/s", rate, promised,
               HIGHER),
        Figure("segments.visible_p95", work, percentile(seen, 0.95), "s", _PROMISED_S, promised,
               LOWER),
    ]  # fmt: skip


def _events(random: Random, size: Size, n: int) -> list[bytes]:
    """Sessions: each visitor does about ten things, one in twelve an order."""
    told = []
    people = [random.randrange(1, size.people + 1) for _ in range(max(1, n // 10))]
    for _ in range(n):
        person, kind = random.choice(people), random.random()
        message: dict[str, Any] = {
            "messageId": f"{random.getrandbits(64):x}",
            "userId": f"u{person}",
            "type": "page" if kind < 0.6 else "track",
        }
        price = 10_000 * random.randrange(1, 30)
        product = {"product_id": f"S{random.randrange(500)}", "price": price, "quantity": 1}
        if kind > 0.92:
            message["event"] = "Order Completed"
            number = f"L-{random.getrandbits(48):x}"
            message["properties"] = {"order_id": number, "total": price, "products": [product]}
        elif kind >= 0.6:
            message["event"] = "Product Viewed" if kind < 0.8 else "Product Added"
            message["properties"] = product
        told.append(json.dumps(message).encode())
    return told


def _accept(engine: "Engine", items: list[bytes]) -> None:
    from khachquen.flows.feed import pack
    from khachquen.store.eventlog import LogWriter

    with closing(LogWriter(engine.ingester.log, "bench")) as log:
        log.append([pack(1, True, items, system_clock)])
