"""Snowplow's trackers: text for everything, JSON inside JSON, and the key in the app's place."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from khachquen.base import InputError
from khachquen.collect.event import Event
from tests.collect.protocols.sent import RECEIVED, events_of, only_event, only_refusal, split

TP2 = "/com.snowplowanalytics.snowplow/tp2"
SCHEMA = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"
HOA = {"eid": "e-1", "aid": "kqp_hoa", "p": "web", "duid": "may-cua-hoa", "tv": "js-4.10.1"}


def sent(kind: str, **fields: Any) -> dict[str, Any]:
    return {"e": kind, **HOA, **fields}


def posted(*events: Any) -> dict[str, Any]:
    return {"schema": SCHEMA, "data": list(events)}


def event_of(kind: str, **fields: Any) -> Event:
    return only_event(TP2, posted(sent(kind, **fields)))


def schema(name: str, data: Any, vendor: str = "vn.nhamay") -> dict[str, Any]:
    return {"schema": f"iglu:{vendor}/{name}/jsonschema/1-0-0", "data": data}


def packed(told: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(told, ensure_ascii=False).encode()).decode()


def unstruct(name: str, data: Any, vendor: str = "vn.nhamay") -> dict[str, Any]:
    return schema("unstruct_event", schema(name, data, vendor), "com.snowplowanalytics.snowplow")


def test_a_page_view() -> None:
    event = event_of(
        "pv",
        url="https://nhamay.vn/",
        page="Trang chủ",
        refr="https://zalo.me/",
        uid="17850",
        lang="vi-VN",
        tz="Asia/Ho_Chi_Minh",
        res="1440x900",
        vp="1200x800",
        ua="Mozilla/5.0 (Linux)",
        ip="203.0.113.4",
        sid="s-1",
    )

    assert (event.type, event.name, event.message_id) == ("page", "Trang chủ", "e-1")
    assert (event.user_id, event.anonymous_id, event.ip) == ("17850", "may-cua-hoa", "203.0.113.4")
    page = {"url": "https://nhamay.vn/", "title": "Trang chủ", "referrer": "https://zalo.me/"}
    assert event.properties == page
    assert event.context == {
        "page": page,
        "ip": "203.0.113.4",
        "userAgent": "Mozilla/5.0 (Linux)",
        "locale": "vi-VN",
        "timezone": "Asia/Ho_Chi_Minh",
        "sessionId": "s-1",
        "app": {"platform": "web"},
        "library": {"version": "js-4.10.1"},
        "screen": {"width": 1440, "height": 900, "innerWidth": 1200, "innerHeight": 800},
    }


def test_a_page_ping_tells_how_far_it_was_scrolled() -> None:
    event = event_of("pp", pp_mix="0", pp_max="5", pp_miy="10", pp_may="900")

    assert (event.type, event.name) == ("track", "Page Ping")
    assert event.properties == {"min_x": 0, "max_x": 5, "min_y": 10, "max_y": 900}


def test_a_structured_event_is_named_by_its_action() -> None:
    event = event_of("se", se_ca="giỏ", se_ac="Thêm hàng", se_la="ấm", se_pr="đỏ", se_va="1.50")

    assert event.name == "Thêm hàng"
    assert event.properties == {
        "category": "giỏ",
        "action": "Thêm hàng",
        "label": "ấm",
        "property": "đỏ",
        "value": 1.5,
    }


@pytest.mark.parametrize("form", ["text", "base64", "base64 without padding"])
def test_a_self_describing_event_is_named_by_its_schema(form: str) -> None:
    told = unstruct("add_to_cart", {"sku": "ấm-01", "quantity": 2})
    fields = {
        "text": {"ue_pr": json.dumps(told)},
        "base64": {"ue_px": packed(told)},
        "base64 without padding": {"ue_px": packed(told).rstrip("=")},
    }[form]

    event = event_of("ue", **fields)

    assert (event.type, event.name) == ("track", "add_to_cart")
    assert event.properties == {"sku": "ấm-01", "quantity": 2}


def test_a_screen_of_an_app() -> None:
    told = unstruct("screen_view", {"name": "Giỏ hàng", "id": "1"}, "com.snowplowanalytics.mobile")

    event = event_of("ue", ue_pr=json.dumps(told))

    assert (event.type, event.name) == ("screen", "Giỏ hàng")


def test_an_order_and_its_items() -> None:
    event = event_of("tr", tr_id="1001", tr_tt="250000", tr_cu="VND", tr_ci="Huế")
    item = event_of("ti", ti_id="1001", ti_sk="am-01", ti_nm="Ấm", ti_pr="125000", ti_qu="2")

    assert (event.name, event.properties["city"]) == ("Order Completed", "Huế")
    assert event.order is not None
    assert (event.order.number, event.order.total_minor) == ("1001", 250_000)
    assert (item.name, item.order) == ("Order Item", None)
    assert item.properties == {
        "order_id": "1001", "sku": "am-01", "name": "Ấm", "price": 125_000, "quantity": 2,
    }  # fmt: skip


SHOP = "com.snowplowanalytics.snowplow.ecommerce"
AM = {"id": "am-01", "name": "Ấm", "category": "Gốm", "price": 125000, "currency": "VND"}


def shop(action: str, *entities: tuple[str, dict[str, Any]], name: str | None = None) -> Event:
    """An action of the e-commerce plugin, with the contexts it puts beside it."""
    told = unstruct("snowplow_ecommerce_action", {"type": action, "name": name}, SHOP)
    beside = [schema(kind, data, SHOP) for kind, data in entities]
    return event_of("ue", ue_px=packed(told), cx=packed(schema("contexts", beside)))


def test_actions_of_the_shop_plugin_have_segments_names() -> None:
    added = shop("add_to_cart", ("product", {**AM, "quantity": 2}), ("cart", {"total_value": 9}))
    listed = shop("list_view", ("product", AM), name="Hàng mới")
    promo = shop("promo_click", ("promotion", {"id": "tet", "name": "Tết", "slot": None}))

    assert (added.name, added.properties["product_id"]) == ("Product Added", "am-01")
    assert added.properties["quantity"] == 2
    assert listed.name == "Product List Viewed"
    assert (listed.properties["list_id"], len(listed.properties["products"])) == ("Hàng mới", 1)
    assert (promo.name, promo.properties) == (
        "Promotion Clicked",
        {"promotion_id": "tet", "name": "Tết"},
    )


def test_a_transaction_of_the_shop_plugin_is_an_order() -> None:
    bought = {"transaction_id": "1001", "revenue": 250000, "currency": "VND", "tax": None}
    event = shop("transaction", ("transaction", bought), ("product", {**AM, "quantity": 2}))
    refund = {"transaction_id": "1001", "refund_amount": 125000, "currency": "VND"}

    assert event.name == "Order Completed"
    assert event.order is not None
    assert (event.order.number, event.order.total_minor) == ("1001", 250_000)
    assert [(line.sku, line.quantity) for line in event.order.lines] == [("am-01", 2)]
    back = shop("refund", ("refund", refund)).order
    assert back is not None
    assert (back.number, back.total_minor) == ("1001", 125_000)


@pytest.mark.parametrize("action", ["trns_error", "lạ", 5, None, ["transaction"]])
def test_an_action_without_a_word_of_segments_keeps_its_own(action: Any) -> None:
    event = shop(action)

    assert event.name == "snowplow_ecommerce_action"
    assert event.properties["type"] == action


def test_contexts_are_kept_by_their_names() -> None:
    told = [schema("web_page", {"id": "p-1"}), schema("web_page", {"id": "p-2"}), "lạ"]

    for fields in ({"co": json.dumps(schema("contexts", told))}, {"cx": packed(schema("c", told))}):
        event = event_of("pv", **fields)
        assert event.context["entities"] == {"web_page": [{"id": "p-1"}, {"id": "p-2"}]}


def test_an_apps_session_names_the_device() -> None:
    session = schema("client_session", {"userId": "d-1", "sessionId": "s-1"})
    bare = {"e": "pv", "aid": "k", "co": json.dumps(schema("contexts", [session]))}

    event = only_event(TP2, posted(bare))

    assert (event.anonymous_id, event.context["sessionId"]) == ("d-1", "s-1")


def test_times_are_milliseconds_as_text() -> None:
    now = 1_795_514_400_000  # three days ahead of us

    corrected = event_of("pv", dtm=str(now), stm=str(now + 300_000))
    uncorrected = event_of("pv", dtm="1795000000000")
    true = event_of("pv", dtm=str(now), stm=str(now), ttm="1790000000000")

    assert corrected.at == RECEIVED - 300_000_000
    assert uncorrected.at == min(1_795_000_000_000_000, RECEIVED)
    assert true.at == 1_790_000_000_000_000
    assert only_event(TP2, posted({**sent("pv"), "dtm": 1_790_000_000_000})).at == true.at


def test_a_picture_carries_one_event() -> None:
    fields = sent("se", se_ac="Bấm gọi", stm="", co=json.dumps(schema("contexts", [])))

    event = only_event(f"/i?{urlencode(fields)}", method="GET")

    assert (event.name, event.message_id) == ("Bấm gọi", "e-1")
    assert split(f"/i?{urlencode(fields)}", method="GET").write_key == "kqp_hoa"


def test_the_key_is_the_app_id_or_stands_in_the_path() -> None:
    assert split(TP2, posted(sent("pv"))).write_key == "kqp_hoa"
    assert split(TP2, posted(5, {"e": "pv"}, sent("pv", aid="kqp_2"))).write_key == "kqp_2"
    named = posted(sent("pv", aid="trang-web"))
    assert split(f"/sp/kqp_3{TP2}", named).write_key == "kqp_3"
    assert only_event(f"/sp/kqp_3{TP2}", named).context["app"] == {
        "id": "trang-web",
        "platform": "web",
    }
    assert split("/sp/kqp_3/i?e=pv&aid=trang-web", method="GET").write_key == "kqp_3"


def test_a_kept_event_shows_no_key() -> None:
    assert b"kqp_hoa" not in split(TP2, posted(sent("pv"))).items[0]


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b"null", b'{"data":[1'])
def test_what_is_no_payload_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="The body is not valid JSON"):
        split(TP2, body)


@pytest.mark.parametrize("body", [b"{}", b'{"data":null}', b'{"data":{}}', b'{"batch":[]}'])
def test_a_payload_without_data_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="The body has no “data” array"):
        split(TP2, body)


def test_one_bad_event_costs_its_neighbours_nothing() -> None:
    bad = b'{"e":"pv","eid":"e-bad","page":"\\ud800"}'
    good = json.dumps(sent("pv")).encode()

    first, refused, last = events_of(TP2, b'{"data":[' + b",".join([good, bad, good]) + b"]}")

    assert isinstance(first, Event)
    assert isinstance(last, Event)
    assert (refused.message_id, refused.reason) == ("e-bad", "bad_text")  # type: ignore[union-attr]


DEEP = "[" * 101 + "]" * 101


@pytest.mark.parametrize(
    ("event", "reason", "path"),
    [
        (sent("xx"), "unknown_type", "$.e"),
        (HOA, "unknown_type", "$.e"),
        (sent("pv", duid=None), "no_identity", "$"),
        (sent("pv", uid="x" * 201), "id_too_long", "$.uid"),
        (sent("pv", eid="x" * 201), "id_too_long", "$.eid"),
        (sent("pv", url=["x"]), "wrong_type", "$.url"),
        (sent("pv", dtm="hôm qua"), "bad_time", "$.dtm"),
        (sent("pv", dtm="nan"), "bad_time", "$.dtm"),
        (sent("pv", dtm="1e400"), "bad_time", "$.dtm"),
        (sent("pv", dtm="1790000000000", stm="-5"), "bad_time", "$.stm"),
        (sent("se"), "no_event_name", "$.se_ac"),
        (sent("pv", co="x"), "not_json", "$.co"),
        (sent("pv", co="[]"), "wrong_type", "$.co"),
        (sent("pv", co='{"data":' + DEEP + "}"), "too_deep", "$.co"),
        (sent("pv", co="[" * 15_000), "too_deep", "$.co"),
        (sent("pv", co='{"data":["\\u0000"]}'), "nul_character", "$.co"),
        (sent("pv", co='{"data":["\\ud800"]}'), "bad_text", "$.co"),
        (sent("pv", cx="%%%"), "not_json", "$.cx"),
        (sent("pv", cx=base64.b64encode(b'{"data":["\xff"]}').decode()), "bad_text", "$.cx"),
        (sent("pv", co='{"data":[1e400]}'), "number_out_of_range", "$.co"),
        (sent("ue"), "not_json", "$.ue_px"),
        (sent("ue", ue_pr='{"data":5}'), "wrong_type", "$.ue_pr"),
        (sent("ue", ue_pr='{"data":{"data":{}}}'), "no_event_name", "$.ue_pr.data.schema"),
        (sent("ue", ue_pr=json.dumps(unstruct("x", 5))), "wrong_type", "$.ue_pr.data.data"),
        (sent("tr", tr_id="1", tr_tt="một"), "bad_money", "$.tr_tt"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_place_in_snowplows_words(
    event: dict[str, Any], reason: str, path: str
) -> None:
    assert only_refusal(TP2, posted(event)) == (reason, path)
