"""What was refused, on the pages: found, understood, mended and taken in."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from khachquen.govern import list_audit
from khachquen.store import forget_reader
from khachquen.web.jsonlines import lay_out, read_lines
from tests.clock import FrozenClock
from tests.flows.line import TILL, order, page
from tests.flows.quarantine import Shop, counts_by_reason
from tests.web.story import HOSTILE

pytestmark = pytest.mark.django_db

WRONG = order("HD-7", 0, messageId="m-7", userId="17850") | {
    "properties": {"order_id": "HD-7", "total": "hai trăm nghìn"}
}
RIGHT = json.dumps(order("HD-7", 200_000, messageId="m-7", userId="17850"))


@pytest.fixture
def shop(data: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=data))
    forget_reader()
    yield Shop(data, clock)
    forget_reader()


def words(client: Client, address: str, status: int = 200, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == status
    return response.content.decode()


def place_of(shop: Shop, message_id: str) -> str:
    return next(one.place for one in shop.quarantine() if one.message_id == message_id)


def test_the_list_says_how_many_of_which_reason(desk: Client, shop: Shop) -> None:
    wrong = [page("a-lan", messageId=f"m-{n}", type="pge") for n in range(3)]
    shop.website(*wrong, b"nonsense")
    shop.till(WRONG)
    shop.take_in()
    text = words(desk, "/quarantine")
    counts = re.findall(r'reason=(\w+)"[^>]*>[^<]*<span class="chip-count">(\d+)<', text)
    assert dict(counts) == {"unknown_type": "3", "not_json": "1", "bad_money": "1"}
    assert "5 tin đang chờ sửa" in text
    assert "$.properties.total" in text

    only = words(desk, "/quarantine", reason="bad_money")
    assert ("m-7" in only, "m-1" in only) == (True, False)
    assert "1 tin đang chờ sửa" in only
    assert "Không có tin nào khớp" in words(desk, "/quarantine", source="999")
    assert "m-7" in words(desk, "/quarantine", source=str(TILL))


def test_the_list_goes_on_where_it_stopped(desk: Client, shop: Shop) -> None:
    shop.website(*[page("a-lan", messageId=f"m-{n:03}", type="pge") for n in range(120)])
    shop.take_in()
    seen: list[str] = []
    address = "/quarantine"
    for _ in range(3):
        text = words(desk, address)
        seen += re.findall(r">(m-\d{3})</a>", text)
        if found := re.search(r'href="(\?[^"]*cursor=[^"]+)"', text):
            address = "/quarantine" + html.unescape(found[1])
    assert sorted(seen) == [f"m-{n:03}" for n in range(120)]


def test_nothing_refused_is_said_kindly(desk: Client, shop: Shop) -> None:
    assert "Không có tin nào bị cách ly" in words(desk, "/quarantine")


def test_the_place_is_marked_and_the_message_mended(desk: Client, shop: Shop) -> None:
    """Chị Hoa sees which line is wrong, tries, is told no, corrects it, and it is an order."""
    shop.till(WRONG)
    shop.take_in()
    address = f"/quarantine/message?place={place_of(shop, 'm-7')}"
    text = words(desk, address)
    assert [html.unescape(m) for m in re.findall(r"<mark>(.*?)</mark>", text)] == [
        '    "total": "hai trăm nghìn"'
    ]

    for act in ("check", "redrive"):
        response = desk.post(address, {"payload": json.dumps(WRONG), "act": act})
        assert "Vẫn chưa hiểu được" in response.content.decode()
        assert "$.properties.total" in response.content.decode()
    response = desk.post(address, {"payload": RIGHT, "act": "check"})
    assert "Bây giờ hiểu được" in response.content.decode()
    assert "200.000" in response.content.decode()
    assert list_audit() == [], "nothing was handed over so far"
    assert counts_by_reason(shop) == {(TILL, "quarantined", "bad_money"): 1}

    response = desk.post(address, {"payload": RIGHT, "act": "redrive"})
    assert response.status_code == 302
    progress = response.headers["Location"]
    assert 'hx-trigger="every 1s"' in words(desk, progress)
    shop.take_all_in()
    done = words(desk, progress)
    assert "Đã xong" in done
    assert 'hx-trigger="every 1s"' not in done
    assert 'href="/events/1"' in done
    assert counts_by_reason(shop) == {(TILL, "stored", ""): 1}
    assert [entry.actor for entry in list_audit()] == ["hoa@example.vn"]
    assert desk.get(address).status_code == 404, "it is in quarantine no more"
    assert "Từng bị cách ly" in words(desk, "/events/message", id="m-7")


def test_all_that_a_filter_shows_is_handed_over_at_once(desk: Client, shop: Shop) -> None:
    shop.website(*[page("a-lan", messageId=f"m-{n}", type="pge") for n in range(3)])
    shop.website(b'{"type":"page","messageId":"m-x","anonymousId":"\xff"}')
    shop.take_in()
    response = desk.post("/quarantine/redrive", {"reason": "unknown_type"}, follow=True)
    assert response.redirect_chain[0][0].startswith("/quarantine/redrive-")
    shop.take_all_in()
    done = words(desk, response.redirect_chain[0][0])
    assert "3 trên 3 tin" in done
    assert len(shop.quarantine()) == 4, "still wrong, so they stay"

    response = desk.post("/quarantine/redrive", {"reason": "bad_text"}, follow=True)
    assert "sửa nội dung trước" in response.content.decode()


def test_looking_changes_nothing_and_strangers_see_nothing(
    desk: Client, stranger: Client, shop: Shop
) -> None:
    shop.till(WRONG)
    shop.take_in()
    address = f"/quarantine/message?place={place_of(shop, 'm-7')}"
    assert desk.get("/quarantine/redrive").status_code == 405
    for path in ("/quarantine", address, "/events/message?id=m-7"):
        assert stranger.get(path).status_code == 302
    assert stranger.post(address, {"payload": RIGHT, "act": "redrive"}).status_code == 302
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = desk.cookies
    assert guarded.post(address, {"payload": RIGHT, "act": "redrive"}).status_code == 403
    shop.take_all_in()
    assert counts_by_reason(shop) == {(TILL, "quarantined", "bad_money"): 1}


def test_hostile_words_are_only_words(desk: Client, shop: Shop) -> None:
    """Whatever a stranger sends with a public key is shown, and does nothing."""
    hostile = page(HOSTILE, messageId="m-h", type=HOSTILE, properties={HOSTILE: HOSTILE})
    shop.website(hostile, json.dumps(HOSTILE).encode())
    shop.take_in()
    addresses = ["/quarantine", "/events/message?id=m-h", "/events/message?id=" + "%22%3E%3Cscript"]
    addresses += [f"/quarantine/message?place={one.place}" for one in shop.quarantine()]
    for address in addresses:
        text = desk.get(address).content.decode()
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address
    response = desk.post(addresses[-1], {"payload": json.dumps(hostile), "act": "check"})
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("place", ["", "x", "web:1:8:0", "../../etc", "🙂", "a" * 5000])
def test_a_place_nobody_knows_is_not_found(desk: Client, shop: Shop, place: str) -> None:
    assert desk.get("/quarantine/message", {"place": place}).status_code == 404


def test_the_receipt_page_asks_for_an_id_and_answers(desk: Client, shop: Shop) -> None:
    assert "Dán mã tin" in words(desk, "/events/message")
    assert "Chưa từng nhận" in words(desk, "/events/message", status=404, id="m-khong-co")
    shop.till(WRONG, order("HD-8", 90_000, messageId="m-8", userId="17850"))
    assert "Đang chờ xử lý" in words(desk, "/events/message", id="m-8")
    shop.take_in()
    shop.till(order("HD-8", 10_000, messageId="m-8", userId="17850"))
    shop.take_in()
    text = words(desk, "/events/message", id="m-8")
    assert re.findall(r"<h2[^>]*>(Lần \d)</h2>", text) == ["Lần 1", "Lần 2"]
    assert "events/month=202611/" in text
    assert "Trùng mã tin nhưng nội dung khác" in text
    assert "10000" in text
    assert "Sửa và xử lý lại" in words(desk, "/events/message", id="m-7")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 0, 2]), st.booleans())
def test_a_message_is_laid_out_value_for_value(value: object, indent: int, ascii_: bool) -> None:
    told = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    assert lay_out(told) == json.dumps(value, indent=2, ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "path", "marked"),
    [
        ('{"a":{"b":[1,{"c":2}]}}', "$.a.b[1].c", '        "c": 2'),
        ('{"a":{"b":[1]}}', "$.a.b[7].c", '    "b": ['),
        ('{"a":1e400,"b":1.10}', "$.b", '  "b": 1.10'),
        ('{"a":1,\n"b":}', "$", '"b":}'),
        ("", "$", ""),
    ],
)
def test_the_nearest_line_is_marked(text: str, path: str, marked: str) -> None:
    assert [line.text for line in read_lines(text, path) if line.is_marked] == [marked]


@pytest.mark.parametrize(
    ("text", "path"),
    [('{"type":"track"}', "$.event"), ("{}", "$"), ('"\\ud800"', "$.x"), ("7", "")],
)
def test_where_nothing_there_is_wrong_nothing_is_marked(text: str, path: str) -> None:
    """A field that is missing has no line; the sentence above says which."""
    assert not any(line.is_marked for line in read_lines(text, path))


def test_what_is_too_deep_to_read_is_shown_as_it_came() -> None:
    deep = "[" * 100_000
    assert [line.text for line in read_lines(deep, "$")] == [deep]
