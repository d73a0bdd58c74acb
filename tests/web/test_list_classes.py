"""The classes as columns of the list: the screen, the file and the interface say the same."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from khachquen.flows.exporting import ask_to_export, kinds_of, path_of
from khachquen.flows.finding import Wanted, find_people
from khachquen.govern import User, issue_token
from khachquen.store import forget_reader
from khachquen.store.jobs import Runner, get_job
from khachquen.understand.classes import score
from khachquen.understand.classes.people import classes_of_person
from khachquen.unify.profiles.choosing import rows_of
from khachquen.web.classified_person import fact_lines
from tests.clock import FrozenClock
from tests.flows.line import Line
from tests.flows.test_refreshing import Keeping, buy, person

pytestmark = pytest.mark.django_db
ALL = ("stage", "value_tier", "rfm", "rfm_recency", "favourite_category", "favourite_hour",
       "favourite_weekday", "favourite_source", "order_rhythm", "next_order_on")  # fmt: skip
COLUMNS = tuple(f"class:{key}" for key in ALL)


def buys(line: Line, who: str, gap: int, times: int, total: int) -> None:
    """Somebody buys shoes every so many days, the last time now."""
    for turn in range(times):
        at = line.clock() - timedelta(days=gap * (times - 1 - turn))
        products = [{"sku": "g", "category": "Giày", "quantity": 1}]
        told = {"order_id": f"{who}-{turn}", "total": total, "products": products}
        buy(line, who, f"{who}-{turn}", timestamp=at.isoformat(), properties=told)


@pytest.fixture
def people(
    data: Path, clock: FrozenClock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, int]]:
    """Hoa buys every 7 days, Lan every 2, Nam bought once, and the shop has scored them."""
    settings.CONFIG = replace(settings.CONFIG, data=data)
    forget_reader()
    line = Line(data, clock)
    keeping = Keeping(line)
    buys(line, "hoa", 7, 3, 2_000_000)
    buys(line, "lan", 2, 4, 100_000)
    buys(line, "nam", 1, 1, 500_000)
    keeping.keep()
    score(clock())
    for room in ("pages.customers", "listing", "pages.person"):
        monkeypatch.setattr(f"khachquen.web.{room}.system_clock", clock, raising=False)
    monkeypatch.setattr("khachquen.api.profiles.system_clock", clock)
    yield {who: person(f"user:{who}") for who in ("hoa", "lan", "nam")}
    forget_reader()


def cells(html: str, profile_id: int) -> list[str]:
    """What the row of somebody says, behind the name."""
    row = html.partition(f'name="person" value="{profile_id}"')[2].partition("</tr>")[0]
    return [one.partition(">")[2].partition("<")[0] for one in row.split("<td")[1:]]


def test_the_screen_the_file_and_the_interface_say_the_same_classes(
    desk: Client, hoa: User, people: dict[str, int], clock: FrozenClock, settings: Any
) -> None:
    html = desk.get(f"/customers?columns={','.join(COLUMNS)}").content.decode()
    shown = {who: cells(html, number) for who, number in people.items()}
    assert shown["hoa"][:2] == ["Mới", "Vàng"]
    assert shown["hoa"][4] == "Giày"
    assert shown["hoa"][8] == "7 ngày một lần"
    assert shown["nam"][4:] == [""] * 6

    job = ask_to_export(
        Wanted(), kind="csv", columns=COLUMNS, language="vi", by=hoa.email, clock=clock
    )
    engine = Runner(kinds_of(settings.CONFIG, clock))
    while engine.advance(clock()):
        pass
    text = path_of(settings.CONFIG, get_job(job.id)).read_text("utf-8-sig")
    heads, *rows = csv.reader(io.StringIO(text))
    assert heads[3:5] == ["Giai đoạn", "Hạng chi tiêu"]
    filed = {int(row[0]): row[3:] for row in rows}

    token = issue_token(hoa, name="Bảng tính", at=clock()).value
    told = desk.post(
        "/api/v1/profiles/search",
        {"classes": True, "sort": "class:order_rhythm"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    ).json()["items"]
    answered = {one["id"]: one["classes"] for one in told}
    assert [one["id"] for one in told] == [people["hoa"], people["lan"], people["nam"]]

    for who, number in people.items():
        assert filed[number][:8] == shown[who][:8], who
        rhythm, expected = answered[number]["order_rhythm"], answered[number]["next_order_on"]
        assert filed[number][8:] == ["" if rhythm is None else f"{rhythm:g}", expected or ""]
        assert answered[number]["stage"] == "new"
        facts = fact_lines(classes_of_person(number, now=clock()), "VND")
        of_one = " · ".join(f"{fact.value} {fact.why}" for fact in facts)
        words = [told for told, key in zip(shown[who], ALL, strict=True) if key != "rfm_recency"]
        assert all(one in of_one for one in words), (words, of_one)
    assert answered[people["nam"]]["favourite_hour"] is None


def test_only_who_asks_is_told_classes(
    desk: Client, hoa: User, people: dict[str, int], clock: FrozenClock
) -> None:
    token = issue_token(hoa, name="Bảng tính", at=clock()).value
    told = desk.post(
        "/api/v1/profiles/search",
        {},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    ).json()["items"]
    assert [one["classes"] for one in told] == [None] * 3


def test_the_list_asks_for_the_people_of_its_page_and_nobody_else(
    desk: Client, people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[list[int], bool]] = []

    def listen(ids: Sequence[int], *, now: Any, with_habits: bool) -> dict[int, Any]:
        asked.append((sorted(ids), with_habits))
        return {}

    monkeypatch.setattr("khachquen.web.listing.classes_of", listen)
    desk.get("/customers?columns=phone")
    assert asked == []
    [row] = rows_of([people["lan"]])
    desk.get(f"/customers?columns=class:stage&who=all&q={row.user_id}")
    desk.get("/customers?columns=class:order_rhythm&who=all")
    assert asked == [([people["lan"]], False), (sorted(people.values()), True)]


BOUGHT = {"kind": "did", "event": "Order Completed"}


@pytest.mark.parametrize("rules", [(), (BOUGHT,)])
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("class:order_rhythm", "hoa lan nam"),
        ("class:order_rhythm.asc", "lan hoa nam"),
        ("class:next_order_on", "hoa lan nam"),
        ("class:next_order_on.asc", "lan hoa nam"),
    ],
)
def test_habits_are_an_order_page_by_page_both_ways(
    people: dict[str, int], clock: FrozenClock, sort: str, expected: str, rules: Any
) -> None:
    order = [people[who] for who in expected.split()]
    wanted, cursor, found = Wanted(rules=rules), "", []
    for _ in order:
        page = find_people(wanted, sort=sort, cursor=cursor, size=1, now=clock())
        found.append(page.rows[0].id)
        cursor = page.next_cursor
    assert (found, cursor) == (order, "")
    back = find_people(wanted, sort=sort, cursor=page.previous_cursor, size=1, now=clock())
    assert [row.id for row in back.rows] == order[1:2]


def test_recency_is_an_order_and_a_name_is_none(
    desk: Client, people: dict[str, int], clock: FrozenClock
) -> None:
    page = find_people(Wanted(), sort="class:rfm_recency", size=5, now=clock())
    assert sorted(row.id for row in page.rows) == sorted(people.values())

    html = desk.get("/customers?columns=class:stage,class:order_rhythm").content.decode()
    assert "sort=class%3Aorder_rhythm" in html
    assert "sort=class%3Astage" not in html
    told = desk.get("/customers?sort=class:stage").content.decode()
    assert "Không sắp xếp theo" in told
