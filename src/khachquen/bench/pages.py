"""How fast the pages about people open, over HTTP, beside the SQL somebody would write by hand."""

import http.client
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode

from khachquen.base import Text, UnavailableError
from khachquen.bench.figure import LOWER, Figure, percentile
from khachquen.bench.regulars import BUSY, fill_events, fill_people
from khachquen.bench.shop import BENCH_EMAIL, BENCH_PASSWORD, Shop, new_shop

_ROUNDS = 40
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


def bench_pages(*, people: int, events: int, seed: int, say: Callable[[str], None]) -> list[Figure]:
    """The list, searching, a person and a timeline: the 95th of a hundred requests in ms."""
    with TemporaryDirectory() as folder, new_shop(Path(folder) / "shop") as shop:
        fill_people(people, seed=seed, say=say)
        fill_events(shop.data / "lake", events, people, seed=seed)
        say("filled")
        work = f"{people} people, {events} events"
        with _signed_in(shop) as get:
            return [_figure(name, work, ours, hand) for name, ours, hand in _plan(get, people)]


def _plan(
    get: Callable[[str], None], people: int
) -> Iterator[tuple[str, Sequence[float], Sequence[float]]]:
    """Name, our times, the times of SQL by hand."""
    some = [BUSY, *(1 + (n * 7_919) % people for n in range(_ROUNDS))]
    lists = [f"/customers?sort={sort}" for sort in ("last_seen", "spent", "orders", "name")]
    yield "list", _times(get, lists * 10), _times(lambda _: _query(_LIST), range(_ROUNDS))
    found = [f"/customers?q={quote(words)}" for words in _SEARCHES]
    hand = _times(lambda word: _query(_FOUND, [word]), ["hoa", "nam", "my", "tu"] * 10)
    yield "search", _times(get, found * 4), hand
    whole = [f"/customers/{person}" for person in some]
    yield "person", _times(get, whole), _times(lambda one: _query(_PERSON, [one]), some)
    parts = [f"/customers/{person}/timeline" for person in some]
    yield "timeline", _times(get, parts), _times(_ask_timeline, some)


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

    nodes = [person * 10, person * 10 + 1, person * 10 + 2]
    ask(Question("bench.timeline", _TIMELINE, {"nodes": nodes}))


@contextmanager
def _signed_in(shop: Shop) -> Iterator[Callable[[str], None]]:
    """What opens a page as the administrator, and insists that it opens."""
    connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=120)
    cookies: SimpleCookie = SimpleCookie()

    def ask(method: str, path: str, body: str = "") -> int:
        told = "; ".join(f"{one.key}={one.value}" for one in cookies.values())
        kind = "application/x-www-form-urlencoded"
        connection.request(method, path, body or None, {"Cookie": told, "Content-Type": kind})
        answer = connection.getresponse()
        answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            cookies.load(line)
        return answer.status

    def get(path: str) -> None:
        if (status := ask("GET", path)) != 200:
            raise UnavailableError(
                "bench.no_page",
                Text(vi=f"{path} trả lời {status}.", en=f"{path} answered {status}."),
            )

    try:
        get("/sign-in")
        form = {"email": BENCH_EMAIL, "password": BENCH_PASSWORD}
        ask("POST", "/sign-in", urlencode(form | {"csrfmiddlewaretoken": _mark(cookies)}))
        get("/customers")
        yield get
    finally:
        connection.close()


def _mark(cookies: SimpleCookie) -> str:
    return next(one.value for one in cookies.values() if "csrf" in one.key)
