"""One message in, an event or a reasoned refusal out."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from khachquen.base import from_micros, to_micros
from khachquen.collect.event import Event, Line, Reason, Refusal
from khachquen.collect.protocols import understand
from tests.collect.protocols.sent import (
    LIMITS,
    RECEIVED,
    event_of,
    read,
    refusal_of,
    request,
    track,
)

DEEP = b'{"type":"track","event":"x","anonymousId":"a","properties":' + b"[" * 10_000


def at(text: str) -> int:
    return to_micros(datetime.fromisoformat(text).astimezone(UTC))


def test_a_page_view_of_the_website() -> None:
    page = {
        "type": "page",
        "name": " Trang chủ ",
        "messageId": "m-1",
        "anonymousId": "a-hoa",
        "userId": None,
        "properties": {"url": "https://nhamay.vn/"},
        "context": {"ip": "198.51.100.4", "userAgent": "Firefox"},
        "integrations": {"All": True},
    }

    assert event_of(page) == Event(
        clamped=False,
        message_id="m-1",
        place="web:1:8:0",
        source_id=7,
        trusted=False,
        type="page",
        name="Trang chủ",
        at=RECEIVED,
        received_at=RECEIVED,
        anonymous_id="a-hoa",
        user_id=None,
        previous_id=None,
        group_id=None,
        traits={},
        properties={"url": "https://nhamay.vn/"},
        context={"ip": "198.51.100.4", "userAgent": "Firefox"},
        ip="198.51.100.4",
        user_agent="Firefox",
        order=None,
        size_bytes=len(json.dumps(page)),
    )


REFUSED: list[tuple[Any, Reason, str]] = [
    (b"", Reason.NOT_JSON, "$"),
    (b"{", Reason.NOT_JSON, "$"),
    (b'{"type":"track",}', Reason.NOT_JSON, "$"),
    (b'{"type":"track","event":"a\x00b"}', Reason.NOT_JSON, "$"),
    (b"[]", Reason.NOT_AN_OBJECT, "$"),
    (b'"track"', Reason.NOT_AN_OBJECT, "$"),
    (b"null", Reason.NOT_AN_OBJECT, "$"),
    (DEEP + b"]" * 10_000 + b"}", Reason.TOO_DEEP, "$"),
    (track(properties={"x": json.loads("[" * 120 + "]" * 120)}), Reason.TOO_DEEP, "$"),
    (track(properties={"note": "x" * 40_000}), Reason.TOO_LARGE, "$"),
    (
        b'{"type":"track","event":"\\ud800","anonymousId":"a"}',
        Reason.BAD_TEXT,
        "$",
    ),
    (
        b'{"type":"track","event":"\xff","anonymousId":"a"}',
        Reason.BAD_TEXT,
        "$",
    ),
    (track(properties={"name": "a\0b"}), Reason.NUL_CHARACTER, "$"),
    (track(properties={"a\0b": 1}), Reason.NUL_CHARACTER, "$"),
    (track(userId="\0"), Reason.NUL_CHARACTER, "$"),
    (
        b'{"type":"track","event":"x","anonymousId":"a","properties":{"n":1e400}}',
        Reason.NUMBER_OUT_OF_RANGE,
        "$.properties",
    ),
    (track(event=5), Reason.WRONG_TYPE, "$.event"),
    (track(userId=["hoa"]), Reason.WRONG_TYPE, "$.userId"),
    (track(userId=True), Reason.WRONG_TYPE, "$.userId"),
    (track(properties=[]), Reason.WRONG_TYPE, "$.properties"),
    (track(context="x"), Reason.WRONG_TYPE, "$.context"),
    ({"event": "x", "anonymousId": "a"}, Reason.WRONG_TYPE, "$.type"),
    (track(type="Track"), Reason.UNKNOWN_TYPE, "$.type"),
    (track(type=""), Reason.UNKNOWN_TYPE, "$.type"),
    (track(event=None), Reason.NO_EVENT_NAME, "$.event"),
    (track(event="  "), Reason.NO_EVENT_NAME, "$.event"),
    (track(anonymousId=None), Reason.NO_IDENTITY, "$"),
    (track(anonymousId="", userId=" "), Reason.NO_IDENTITY, "$"),
    (track(userId="x" * 201), Reason.ID_TOO_LONG, "$.userId"),
    (track(anonymousId=10**300), Reason.ID_TOO_LONG, "$.anonymousId"),
    (track(messageId="x" * 201), Reason.ID_TOO_LONG, "$.messageId"),
    (track(traits={"t" * 101: 1}), Reason.ID_TOO_LONG, "$.traits.tttttttttttttttttttt"),
    (
        track(context={"traits": {"t" * 101: 1}}),
        Reason.ID_TOO_LONG,
        "$.context.traits.tttttttttttttttttttt",
    ),
    (track(timestamp="hôm qua"), Reason.BAD_TIME, "$.timestamp"),
    (track(timestamp="1970-01-01"), Reason.BAD_TIME, "$.timestamp"),
    (track(timestamp="2200-01-01"), Reason.BAD_TIME, "$.timestamp"),
    (track(timestamp=-62_000_000_000), Reason.BAD_TIME, "$.timestamp"),
    (track(timestamp=10**40), Reason.BAD_TIME, "$.timestamp"),
    (track(originalTimestamp="?"), Reason.BAD_TIME, "$.originalTimestamp"),
    (track(timestamp="2026-11-20", sentAt="?"), Reason.BAD_TIME, "$.sentAt"),
    (track(timestamp="1972-01-01", sentAt="2199-01-01"), Reason.BAD_TIME, "$.timestamp"),
    (
        track(event="Order Completed", properties={"order_id": "1", "total": "một triệu"}),
        Reason.BAD_MONEY,
        "$.properties.total",
    ),
    (
        track(
            event="Order Completed",
            properties={"order_id": "1", "products": [{"price": 1}, {"price": 1e16}]},
        ),
        Reason.BAD_MONEY,
        "$.properties.products[1].price",
    ),
    (
        track(
            event="Order Completed",
            properties={"order_id": "1", "products": [{"price": 9e14}] * 2},
        ),
        Reason.BAD_MONEY,
        "$.properties.products",
    ),
    (
        track(event="Product Updated", properties={"price": True}),
        Reason.BAD_MONEY,
        "$.properties.price",
    ),
    (
        track(properties={f"p{n}": n for n in range(301)}),
        Reason.TOO_MANY_PROPERTIES,
        "$.properties",
    ),
    (track(traits={f"p{n}": n for n in range(301)}), Reason.TOO_MANY_PROPERTIES, "$.traits"),
    (
        track(context={"traits": {f"p{n}": n for n in range(301)}}),
        Reason.TOO_MANY_PROPERTIES,
        "$.context.traits",
    ),
]


@pytest.mark.parametrize(("message", "reason", "path"), REFUSED)
def test_a_refusal_names_the_reason_and_the_place(message: Any, reason: Reason, path: str) -> None:
    assert refusal_of(message) == (reason.value, path)


def test_every_reason_has_its_story() -> None:
    told = {reason for _, reason, _ in REFUSED}
    # Those below, and those of later steps, told in the stories of the ingest flow.
    elsewhere = {
        Reason.TOO_MANY_EVENTS,
        Reason.BAD_CONSENT,
        Reason.INTERNAL,
        Reason.NO_CONSENT,
        Reason.ROBOT,
        Reason.DIFFERENT_PAYLOAD,
        Reason.TOO_MANY_EVENT_NAMES,
        Reason.TOO_MANY_PROPERTY_NAMES,
    }
    assert told | elsewhere == set(Reason)


def test_a_refused_message_is_kept_whole_and_can_be_found() -> None:
    raw = b'{"type":"track","messageId":"m-hoa-7","event":"\\ud800"}'

    assert read(raw) == Refusal(
        message_id="m-hoa-7",
        place="web:1:8:0",
        source_id=7,
        outcome="quarantined",  # type: ignore[arg-type]
        reason="bad_text",
        path="$",
        received_at=RECEIVED,
        payload=raw,
        request=request(),
    )
    assert read(b'{"messageId": 5, "type":').message_id == "web:1:8:0"


def test_a_batch_may_hold_so_many_events_of_a_public_key() -> None:
    raw = json.dumps(track()).encode()

    last = understand(raw, request(), LIMITS, "id", LIMITS.batch_events - 1)
    beyond = understand(raw, request(), LIMITS, "id", LIMITS.batch_events)
    trusted = understand(raw, request(trusted=True), LIMITS, "id", LIMITS.batch_events)

    assert isinstance(last, Event)
    assert isinstance(beyond, Refusal)
    assert (beyond.reason, beyond.path) == ("too_many_events", "$.batch[2500]")
    assert isinstance(trusted, Event)


def test_a_trusted_key_may_send_a_large_event() -> None:
    large = track(properties={"note": "x" * 40_000})

    assert event_of(large, request(trusted=True)).trusted
    huge = track(properties={"note": "x" * (4 << 20)})
    assert refusal_of(huge, request(trusted=True)) == ("too_large", "$")


@pytest.mark.parametrize(
    ("told", "kept"),
    [(None, None), ("", None), (" 17850 ", "17850"), (17850, "17850"), (17850.0, "17850"),
     (1.5, "1.5"), (0, "0"), ("Đức", "Đức")],
)  # fmt: skip
def test_ids_come_as_text_numbers_or_nothing(told: Any, kept: str | None) -> None:
    assert event_of(track(userId=told)).user_id == kept


def test_a_message_without_an_id_is_named_after_its_place() -> None:
    assert event_of(track()).message_id == "web:1:8:0"
    assert event_of(track(messageId="")).message_id == "web:1:8:0"
    assert event_of(track(messageId="m-1")).message_id == "m-1"


def test_only_a_trusted_source_may_speak_of_nobody() -> None:
    nobody = {"type": "track", "event": "Order Completed", "properties": {"order_id": 9}}

    assert refusal_of(nobody) == ("no_identity", "$")
    told = event_of(nobody, request(trusted=True))
    assert (told.user_id, told.anonymous_id) == (None, None)
    assert told.order is not None
    assert told.order.number == "9"


# Wire protocols, section 9: the client's clock is three days fast.
THEN, SENT = "2026-11-24T10:00:00Z", "2026-11-24T10:05:00Z"
ARRIVED = at("2026-11-21T10:05:00.200+00:00")


def test_a_wrong_clock_is_corrected_by_the_time_of_sending() -> None:
    sender = request(received_at=ARRIVED)

    corrected = event_of(track(timestamp=THEN, sentAt=SENT), sender).at

    assert from_micros(corrected) == datetime(2026, 11, 21, 10, 0, 0, 200_000, UTC)
    assert event_of(track(originalTimestamp=THEN, sentAt=SENT), sender).at == corrected


def test_the_batchs_time_of_sending_counts_for_each_message() -> None:
    sender = request(received_at=ARRIVED, sent_at=SENT)

    assert event_of(track(timestamp=THEN), sender).at == ARRIVED - 300_000_000
    own = track(timestamp=THEN, sentAt="2026-11-24T10:01:00Z")
    assert event_of(own, sender).at == ARRIVED - 60_000_000


def test_an_unreadable_time_of_sending_costs_the_batch_nothing() -> None:
    sender = request(sent_at="vừa xong")

    assert event_of(track(timestamp="2026-11-19T10:00:00Z"), sender).at == at("2026-11-19 10:00Z")


def test_without_a_time_of_sending_the_clients_time_stands() -> None:
    assert event_of(track(timestamp="2026-11-18T10:00:00Z")).at == at("2026-11-18 10:00Z")


def test_nothing_happens_after_it_arrived_and_what_was_cut_says_so() -> None:
    future = event_of(track(timestamp="2027-01-01T00:00:00Z"))
    spoofed = event_of(track(timestamp=SENT, sentAt=THEN), request(received_at=ARRIVED))
    honest = event_of(track(timestamp=THEN, sentAt=SENT), request(received_at=ARRIVED))

    assert (future.at, future.clamped) == (RECEIVED, True)
    assert (spoofed.at, spoofed.clamped) == (ARRIVED, True)
    assert (honest.clamped, event_of(track()).clamped) == (False, False)


def test_the_callers_time_is_not_corrected_where_the_library_adds_its_own() -> None:
    both = track(timestamp="2026-10-03T10:00:00Z", originalTimestamp=THEN, sentAt=SENT)

    assert event_of(both, request(received_at=ARRIVED)).at == at("2026-10-03 10:00Z")


def test_what_a_library_says_beside_the_properties_is_kept() -> None:
    page = {"type": "page", "anonymousId": "a", "name": "Ấm", "category": "Gốm", "channel": "web"}

    event = event_of(page)

    assert (event.name, event.properties) == ("Ấm", {"category": "Gốm"})
    assert event.context == {"channel": "web"}
    assert event_of({**page, "channel": 5, "properties": {"category": 1}}).properties == {
        "category": 1
    }


def test_an_ip_is_the_sockets_when_a_device_sends_by_itself() -> None:
    told = {"ip": "198.51.100.4"}

    assert event_of(track(context=told)).ip == "198.51.100.4"
    assert event_of(track(context={**told, "direct": True})).ip == "203.0.113.9"


def test_a_queue_of_forty_hours_keeps_its_order() -> None:
    sender = request(sent_at="2026-11-20T02:00:00Z")
    hours = [f"2026-11-{18 + h // 24}T{h % 24:02}:30:00Z" for h in range(40)]

    found = [event_of(track(timestamp=hour), sender).at for hour in hours]

    assert found == sorted(found)
    assert found[-1] - found[0] == 39 * 3_600_000_000


@pytest.mark.parametrize(
    "told",
    ["2026-11-02T00:30:12.984Z", "2026-11-2T00:30:12.984Z", "2026-11-02T07:30:12.984+07:00",
     "2026-11-02T00:30:12.984", 1793579412.984, 1793579412984],
)  # fmt: skip
def test_times_as_clients_write_them(told: Any) -> None:
    assert event_of(track(timestamp=told)).at == at("2026-11-02 00:30:12.984Z")


@pytest.mark.parametrize("told", [None, "", 0])
def test_no_time_is_the_time_of_arrival(told: Any) -> None:
    assert event_of(track(timestamp=told)).at == RECEIVED


def test_the_batchs_context_stands_behind_each_messages_own() -> None:
    shared = {"library": {"name": "seg"}, "locale": "vi-VN", "userAgent": "App/2"}
    sender = request(context=json.dumps(shared).encode())

    found = event_of(track(context={"locale": "en"}), sender)

    assert found.context == {**shared, "locale": "en"}
    assert found.user_agent == "App/2"
    assert event_of(track(), sender).context == shared


@pytest.mark.parametrize(
    ("context", "reason", "path"),
    [
        (b'{"page":"a\\u0000b"}', "nul_character", "$.context"),
        (b'{"page":"\xff"}', "bad_text", "$.context"),
        (b'{"page":1e400}', "number_out_of_range", "$.context"),
        (b"[]", "wrong_type", "$.context"),
        (b'{"x":' + b"[" * 150 + b"]" * 150 + b"}", "too_deep", "$.context"),
        (b'{"x":' + b"[" * 9000 + b"]" * 9000 + b"}", "too_deep", "$"),
        (b'{"x":"' + b"x" * 33_000 + b'"}', "too_large", "$.context"),
    ],
)
def test_a_batchs_context_must_be_as_good_as_a_messages(
    context: bytes, reason: str, path: str
) -> None:
    assert refusal_of(track(), request(context=context)) == (reason, path)


@pytest.mark.parametrize("context", [b"null", b"{}", None])
def test_a_batch_without_context_is_fine(context: bytes | None) -> None:
    assert event_of(track(), request(context=context)).context == {}


def test_traits_may_stand_in_the_context() -> None:
    told = {"type": "identify", "userId": "17850", "context": {"traits": {"name": "Hoa"}}}

    assert event_of(told).traits == {"name": "Hoa"}
    assert event_of({**told, "traits": {"name": "Nam"}}).traits == {"name": "Nam"}
    assert event_of({**told, "context": {"traits": ["Hoa"]}}).traits == {}


def test_the_browsers_name_of_a_server_is_not_a_visitors() -> None:
    assert event_of(track()).user_agent == "Mozilla/5.0"
    assert event_of(track(), request(trusted=True)).user_agent is None
    assert event_of(track(context={"ip": "x" * 46})).ip == "203.0.113.9"


def test_an_order_is_read_into_minor_units() -> None:
    told = track(
        event="Order Completed",
        properties={
            "order_id": 1001,
            "currency": "usd",
            "products": [
                {"product_id": "ao", "name": "Áo", "price": 12.5, "quantity": 2},
                {"sku": 7, "category": "Gốm", "price": "0.335", "quantity": None},
                "not a product",
            ],
        },
    )

    order = event_of(told).order

    assert order is not None
    assert (order.number, order.currency, order.total_minor, order.units) == (
        "1001",
        "USD",
        2534,
        3,
    )
    assert order.lines == (
        Line("ao", "Áo", None, 2, 1250, 2500),
        Line("7", None, "Gốm", 1, 34, 34),
    )


def test_the_total_told_wins_over_the_lines() -> None:
    products = [{"price": 100_000, "quantity": 2}]

    def total(**told: Any) -> int:
        order = event_of(
            track(event="Order Completed", properties={"order_id": 1, "products": products, **told})
        ).order
        assert order is not None
        return order.total_minor

    assert total() == 200_000
    assert total(revenue=190_000) == 190_000
    assert total(revenue=190_000, total="180000") == 180_000
    assert total(total=None, revenue="") == 200_000


def test_an_order_event_without_a_number_is_only_an_event() -> None:
    assert event_of(track(event="Order Completed", properties={"total": "x"})).order is None


def test_an_integer_of_any_length_is_kept_as_told() -> None:
    assert event_of(track(properties={"n": 10**40})).properties == {"n": 10**40}
