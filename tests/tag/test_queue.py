"""On the way: kept until the server says it keeps them, offline and over pages."""

import json
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.tag.conftest import Visitor, did


def waiting(page: Page) -> list[str]:
    """Names of the events that wait on the device."""
    kept = page.evaluate(
        "Object.entries(localStorage).filter(([n]) => n.startsWith('kq_q')).map(([, v]) => v)"
    )
    return [message.get("event", message["type"]) for text in kept for message in json.loads(text)]


class Refusing:
    """A front door that answers as told for a while; ``seen`` are the bodies, with their time."""

    def __init__(self, lan: Visitor, *answers: dict[str, Any]):
        self.answers, self.seen, self.at = list(answers), [], []
        lan.context.route("**/v1/batch", self.handle)

    def handle(self, route: Route) -> None:
        self.seen.append(json.loads(route.request.post_data or "{}"))
        if not self.answers:
            route.continue_()
        elif self.answers[0].get("abort"):
            self.answers.pop(0)
            route.abort()
        else:
            answer = self.answers.pop(0)
            headers = {
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Expose-Headers": "Retry-After",
                **answer.get("headers", {}),
            }
            route.fulfill(status=answer["status"], headers=headers, body="{}")


def test_offline_events_arrive_later_with_their_own_times(lan: Visitor) -> None:
    lan.put("/", clicks="off")
    lan.put("/khac")
    page = lan.new_tab_in_frozen_time()
    lan.open(page=page)
    page.clock.run_for(1_000)
    lan.wait_for_messages(1)
    lan.wait(lambda: waiting(page) == [])

    lan.context.set_offline(True)
    for name in ("Một", "Hai", "Ba"):
        page.evaluate("name => kq('track', name)", name)
        page.clock.run_for(3_600_000)  # an hour
    assert waiting(page) == ["Một", "Hai", "Ba"]
    assert len(lan.door.kept_messages()) == 1
    lan.context.set_offline(False)
    page.clock.run_for(1_000)
    rows = [row for row in lan.stored(at_least=4) if row.name in {"Một", "Hai", "Ba"}]

    assert [row.name for row in rows] == ["Một", "Hai", "Ba"]
    hours = [(later.at_ms - row.at_ms) / 3_600_000 for row, later in pairwise(rows)]
    assert hours == [pytest.approx(1, abs=0.001)] * 2
    lan.wait(lambda: waiting(page) == [])


def test_what_could_not_be_sent_goes_with_the_next_page(lan: Visitor) -> None:
    lan.put("/", clicks="off")
    lan.put("/sau", title="Trang sau", clicks="off")
    closed = Refusing(lan, *[{"abort": True}] * 9)
    page = lan.open()
    page.evaluate("kq('track', 'Thêm vào giỏ')")
    page.close()

    closed.answers.clear()
    page = lan.open("/sau")
    rows = lan.stored(at_least=3)

    assert did(rows) == [("page", None), ("track", "Thêm vào giỏ"), ("page", None)]
    assert [row.title for row in rows if row.type == "page"] == ["Lụa Hòa", "Trang sau"]
    assert len({row.anonymous_id for row in rows}) == 1
    lan.wait(lambda: waiting(page) == [])


def test_an_answer_that_got_lost_doubles_nothing(lan: Visitor) -> None:
    lan.put("/", clicks="off")

    def swallow(route: Route) -> None:
        lan.door.ask("POST", "/v1/batch", route.request.post_data_buffer or b"")
        route.abort()

    lan.context.route("**/v1/batch", swallow, times=1)
    lan.open()
    lan.wait(lambda: len(lan.door.kept_messages()) >= 2)

    assert len(lan.stored(at_least=1)) == 1
    assert lan.line.counts() == {"stored": 1, "duplicate": 1}


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_left_alone_as_long_as_it_asks(lan: Visitor, status: int) -> None:
    lan.put("/", clicks="off")
    busy = Refusing(lan, {"status": status, "headers": {"Retry-After": "20"}})
    page = lan.new_tab_in_frozen_time()
    lan.open(page=page)
    page.clock.run_for(1_000)
    lan.wait(lambda: len(busy.seen) == 1)
    page.wait_for_timeout(50)

    page.evaluate("kq('track', 'Vẫn còn đây'); window.dispatchEvent(new Event('pagehide'))")
    page.clock.run_for(18_000)
    assert len(busy.seen) == 1
    page.clock.run_for(2_500)
    rows = lan.stored(at_least=2)

    assert {("page", None), ("track", "Vẫn còn đây")} <= set(did(rows))


def test_a_server_that_is_down_is_asked_ever_more_rarely_then_no_more(lan: Visitor) -> None:
    lan.put("/", clicks="off")
    down = Refusing(lan, *[{"status": 500}] * 100)
    page = lan.new_tab_in_frozen_time()
    lan.open(page=page)

    for _ in range(60):
        page.clock.run_for(30_000)
        page.wait_for_timeout(5)

    assert len(down.seen) == 13
    assert waiting(page)[0] == "page"


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_key_is_said_once_and_costs_nothing_already_told(lan: Visitor, status: int) -> None:
    lan.put("/", clicks="off")
    wrong = Refusing(lan, {"status": status})
    page = lan.open()
    lan.wait(lambda: any("check data-key" in told for told in lan.complaints))
    lan.complaints.clear()

    page.evaluate("kq('track', 'Còn giữ')")
    page.wait_for_timeout(700)

    assert len(wrong.seen) == 1
    assert waiting(page) == ["page", "Còn giữ"]


def test_two_tabs_are_one_visitor_and_lose_nothing(lan: Visitor) -> None:
    lan.put("/", clicks="off")
    one, other = lan.open(), lan.open()
    lan.context.set_offline(True)
    for n in range(20):
        one.evaluate("n => kq('track', 'Một ' + n)", n)
        other.evaluate("n => kq('track', 'Hai ' + n)", n)

    lan.context.set_offline(False)
    rows = lan.stored(at_least=42)

    told = [row.name for row in rows if row.name and row.name != "Page Engaged"]
    assert sorted(told) == sorted(f"{tab} {n}" for tab in ("Một", "Hai") for n in range(20))
    assert len({row.anonymous_id for row in rows}) == 1


def test_the_queue_is_bounded_and_gives_up_the_oldest(lan: Visitor) -> None:
    lan.put("/", clicks="off")
    page = lan.open()
    lan.wait_for_messages(1)
    lan.context.set_offline(True)

    page.evaluate("for (let n = 0; n < 1000; n++) kq('track', 'Sự kiện ' + n)")
    names = waiting(page)
    page.evaluate("for (let n = 0; n < 30; n++) kq('track', 'Lớn ' + n, {t: 'x'.repeat(30000)})")
    size = page.evaluate("new Blob(Object.values(localStorage)).size")
    lan.context.set_offline(False)
    lan.wait(lambda: waiting(page) == [])

    assert (len(names), names[0], names[-1]) == (400, "Sự kiện 600", "Sự kiện 999")
    assert size < 310_000
    assert {message.get("event") for message in lan.door.kept_messages()} >= {"Lớn 29"}


def test_calls_made_before_the_tag_arrives_are_heard(lan: Visitor) -> None:
    stub = "<script>window.kq=window.kq||function(){(kq.q=kq.q||[]).push(arguments)};"
    early = "kq('track', 'Sớm', {lan: 1}); kq('identify', 'KH-9', {name: 'Đỗ Thị Lan'})</script>"
    lan.site.put("/", f"<title>Lụa Hòa</title>{stub}{early}{lan.tag(clicks='off')}")
    lan.open()
    rows = lan.stored(at_least=3)

    assert set(did(rows)) == {("page", None), ("track", "Sớm"), ("identify", None)}
    said = next(row for row in rows if row.type == "identify")
    assert (said.user_id, said.traits) == ("KH-9", {"name": "Đỗ Thị Lan"})


def test_a_tag_pasted_twice_counts_once(lan: Visitor) -> None:
    lan.site.put("/", f"<title>Lụa Hòa</title>{lan.tag()}{lan.tag()}")
    page = lan.open()
    page.wait_for_timeout(300)
    page.evaluate("kq('track', 'Xong')")

    assert did(lan.stored(at_least=2)) == [("page", None), ("track", "Xong")]
