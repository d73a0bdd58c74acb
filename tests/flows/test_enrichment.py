"""What is found out about events on their way in, who of them counts, and what of an address stays.

Hoa opens the shop's page in Zalo; a crawler and a monitor look at it too.
"""

from pathlib import Path
from typing import Any

import pytest

from khachquen.unify.profiles import count_profiles, list_profiles
from tests.flows.line import Line

pytestmark = pytest.mark.django_db(transaction=True)

ZALO = (
    "Mozilla/5.0 (Linux; Android 12; SM-A525F Build/SP1A.210812.016; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/120.0.6099.230 Mobile Safari/537.36 "
    "Zalo android/12100625 ZaloTheme/light ZaloLanguage/vi"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
MONITOR = "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"
FOUND = (
    "device, device_model, os, browser, in_app, robot, robot_kind, channel, came_from,"
    " utm_source, utm_medium, utm_campaign, utm_term, utm_content, click_kind, click_id"
)


def page(visitor: str, query: str = "", **context: Any) -> dict[str, Any]:
    url = f"https://nhamay.vn/ao{query}"
    return {
        "type": "page",
        "messageId": f"m-{visitor}",
        "anonymousId": visitor,
        "context": {"page": {"url": url, "path": "/ao", "title": "Áo"}, **context},
    }


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


def test_what_is_found_out_is_stored_beside_what_was_told(line: Line) -> None:
    query = "?utm_source=zalo&utm_medium=zalo&utm_campaign=tet&utm_term=ao&utm_content=1&gidzl=Hx"
    line.website(page("hoa", query, userAgent=ZALO))
    line.take_in()

    assert line.ask(f"SELECT {FOUND} FROM events") == [
        (
            *("mobile", "Samsung SM-A525F", "Android", "Chrome", "Zalo", None, None),
            *("zalo", "zalo", "zalo", "zalo", "tet", "ao", "1", "gidzl", "Hx"),
        )
    ]
    [(url, title, agent)] = line.ask("SELECT page_url, page_title, user_agent FROM events")
    assert (url, title, agent) == (f"https://nhamay.vn/ao{query}", "Áo", ZALO)


def test_what_says_nothing_leaves_nothing(line: Line) -> None:
    line.till({"type": "track", "event": "Order Completed", "userId": "kh-1"})
    line.take_in()

    assert line.ask(f"SELECT {FOUND} FROM events") == [(None,) * 16]


def test_robots_are_kept_and_found_but_count_for_nothing(line: Line) -> None:
    line.website(
        page("hoa", userAgent=ZALO),
        page("may-1", userAgent=GOOGLEBOT),
        page("may-2", userAgent=MONITOR),
    )
    line.take_in()

    assert line.counts()["stored"] == 3
    assert line.ask("SELECT anonymous_id, robot, robot_kind FROM events ORDER BY 1") == [
        ("hoa", None, None),
        ("may-1", "Googlebot", "search"),
        ("may-2", "UptimeRobot", "monitor"),
    ]
    assert line.ask("SELECT anonymous_id FROM human_events") == [("hoa",)]
    # Each has an identifier, so that its events can be looked up; only Hoa is a visitor.
    assert line.ask("SELECT count(DISTINCT node_id) FROM events") == [(3,)]
    assert [row.events for row in list_profiles(who="visitors").rows] == [1]
    assert count_profiles(who="all") == 3


def test_a_program_is_marked_and_counts_as_it_may_be_the_shops_own_server(line: Line) -> None:
    line.send("kqp_website", page("hoa"), headers={"user-agent": "curl/8.5.0"})
    line.take_in()

    marked = [("curl", "program")]
    assert line.ask("SELECT robot, robot_kind FROM human_events") == marked
    assert [row.events for row in list_profiles(who="visitors").rows] == [1]


def test_of_an_address_only_its_net_is_kept_anywhere(line: Line, tmp_path: Path) -> None:
    line.ingester.truncate_ip = True
    told = page("hoa", ip="198.51.100.77")
    told["properties"] = {"$ip": "2402:800:62cd:d2df::9"}
    broken = {"type": "page", "anonymousId": 7, "messageId": [1], "context": {"ip": "192.0.2.41"}}
    line.website(told, page("nam"), broken)
    line.take_in()

    assert line.ask("SELECT ip FROM events ORDER BY anonymous_id") == [
        ("198.51.100.0",),
        ("203.0.113.0",),
    ]
    [(payload,)] = line.ask("SELECT payload FROM refusals")
    assert '"ip": "192.0.2.0"' in payload
    [(rows,)] = line.ask("SELECT string_agg(events::VARCHAR, ' ') FROM events")
    assert all(whole not in rows for whole in ("198.51.100.77", "203.0.113.9", "62cd:d2df"))
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    for kept in (b"198.51.100.0", b"203.0.113.0"):
        assert kept in everything
    for whole in (b"198.51.100.77", b"203.0.113.9", b"192.0.2.41", b"62cd:d2df"):
        assert whole not in everything


def test_with_the_switch_off_the_whole_address_is_kept(line: Line) -> None:
    line.website(page("hoa", ip="198.51.100.77"), page("nam"))
    line.take_in()

    assert line.ask("SELECT ip FROM events ORDER BY anonymous_id") == [
        ("198.51.100.77",),
        ("203.0.113.9",),
    ]
