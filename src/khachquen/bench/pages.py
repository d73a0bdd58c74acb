"""How fast the pages about people open, over HTTP, beside the SQL somebody would write by hand."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from khachquen.base import system_clock
from khachquen.bench.figure import LOWER, Figure, percentile
from khachquen.bench.filling import BUSY, Size, fill_shop, mirror_people
from khachquen.bench.rules import TEN, Reference
from khachquen.bench.shop import make_shop, serve_shop
from khachquen.bench.visiting import Visitor

_ROUNDS = 40
_PREVIEW = "/segments/preview"
_SEARCHES = (
    "hoa", "nguyen", "nguyễn thị hoa", "tran van nam", "hòa", "0912", "5678", "DH-5000",
    "nguyen.thi.hoa", "khong ai ca",
)  # fmt: skip
_LIST = (
    "SELECT * FROM unify_profile WHERE merged_into IS NULL AND is_known = true"
    " ORDER BY last_seen DESC, id DESC LIMIT 51"
)
_FOUND = "SELECT * FROM unify_profile WHERE id IN (SELECT profile_id FROM unify_searchword"
_FOUND += " WHERE word = %s) AND merged_into IS NULL ORDER BY last_seen DESC LIMIT 51"
_PERSON = "SELECT * FROM unify_node WHERE profile_id = %s"
_TIMELINE = (
    "SELECT * FROM told_events WHERE node_id IN (SELECT unnest(cast($nodes AS BIGINT[])))"
    ' ORDER BY "at" DESC LIMIT 41'
)


def bench_pages(*, size: Size, say: Callable[[str], None]) -> list[Figure]:
    """The list, searching, a person and a timeline: the 95th of a hundred requests in ms."""
    with TemporaryDirectory(prefix="khachquen-bench-") as folder:
        data = Path(folder) / "shop"
        keys = make_shop(data)
        fill_shop(data, size, now=system_clock(), say=say)
        say(f"people mirrored in {_mirror(data):.1f} s")
        work = f"{size.people:,} people, {size.events:,} events"
        with serve_shop(data, keys) as shop, closing(Visitor(shop)) as visitor:
            return [_figure(name, work, ours, hand) for name, ours, hand in _plan(visitor, size)]


def _mirror(data: Path) -> float:
    from django.conf import settings

    from khachquen.flows.engine import Engine, hold_engine

    with hold_engine(data), closing(Engine(settings.CONFIG, system_clock)) as engine:
        return mirror_people(engine)


def _plan(visitor: Visitor, size: Size) -> Iterator[tuple[str, Sequence[float], Sequence[float]]]:
    """Name, our times, the times of SQL by hand."""
    get = visitor.get
    some = [BUSY, *(2 + (n * 7_919) % (size.people - 1) for n in range(_ROUNDS))]
    lists = [f"/customers?sort={sort}" for sort in ("last_seen", "spent", "orders", "name")]
    yield "list", _times(get, lists * 10), _times(lambda _: _query(_LIST), range(_ROUNDS))
    found = [f"/customers?q={quote(words)}" for words in _SEARCHES]
    hand = _times(lambda word: _query(_FOUND, [word]), ["hoa", "nam", "my", "tu"] * 10)
    yield "search", _times(get, found * 4), hand
    whole = _times(lambda one: _query(_PERSON, [one]), some)
    yield "person", _times(get, [f"/customers/{one}" for one in some]), whole
    yield "person, API", _times(get, [f"/api/v1/profiles/{one}" for one in some]), whole
    hand = _times(_ask_timeline, some)
    yield "timeline", _times(get, [f"/customers/{one}/timeline" for one in some]), hand
    told = [f"/api/v1/profiles/{one}/timeline" for one in some]
    yield "timeline, API", _times(get, told), hand
    forms = [{"rule": json.dumps(one.rule)} for one in TEN]
    counts = _times(lambda form: visitor.post(_PREVIEW, form), forms * 4)
    yield "builder count", counts, _times(_count_by_hand, TEN * 4)


def _times(act: Callable[[Any], object], of: Sequence[Any]) -> list[float]:
    act(of[0])
    taken = []
    for one in of:
        started = time.perf_counter()
        act(one)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _figure(name: str, work: str, ours: Sequence[float], hand: Sequence[float]) -> Figure:
    return Figure(
        name=f"{name} p95",
        work=work,
        value=percentile(list(ours), 0.95),
        unit="ms",
        baseline=percentile(list(hand), 0.95),
        baseline_name="SQL by hand, without the page",
        better=LOWER,
    )


def _query(sql: str, params: Sequence[str | int] = ()) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.fetchall()


def _ask_timeline(person: int) -> None:
    from khachquen.store import Question, ask
    from khachquen.unify.profiles import get_profile

    nodes = get_profile(person).node_ids
    ask(Question("bench.timeline", _TIMELINE, {"nodes": list(nodes)}))


def _count_by_hand(one: Reference) -> None:
    from khachquen.store import Question, ask

    told = {"now": system_clock().replace(tzinfo=None)} if "$now" in one.by_hand else {}
    ask(Question("bench.by_hand", one.counted, told))
