"""Random shops and random rules: small enough to meet every edge, odd enough to find them."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
AT = NOW.replace(tzinfo=None)
_PEOPLE = (1, 2, 3)
_LENGTHS = (1, 7, 30)
_TICK = timedelta(microseconds=1)
_EDGES = [
    AT - timedelta(days=days) + tick
    for days in (*_LENGTHS, 0, 3, 8, 14, 31, 37)
    for tick in (-_TICK, timedelta(0), _TICK)
    if not (days == 0 and tick > timedelta(0))
]
# The first instants of the shop's day, month and year.
_EDGES += [
    datetime(2026, 11, 19, 17),  # noqa: DTZ001  # as the lake keeps times
    datetime(2026, 10, 31, 17),  # noqa: DTZ001
    datetime(2026, 10, 31, 16, 59, 59, 999999),  # noqa: DTZ001
    datetime(2025, 12, 31, 17),  # noqa: DTZ001
]
instants = st.sampled_from(_EDGES)
cities = st.sampled_from([None, "Hà Nội", "hà nội", "Huế", "Đà Nẵng", "Đông Hà"])
_WORDS = ("Giày", "giày", "Áo", "Hoa hồng", "Đồ chơi")
words = st.sampled_from(_WORDS)
spans = st.builds(
    lambda n, unit: {"n": n, "unit": unit},
    st.sampled_from(_LENGTHS),
    st.sampled_from(["day", "day", "week", "hour"]),
)
day_spans = st.builds(lambda n: {"n": n, "unit": "day"}, st.sampled_from((1, 7, 30, 200)))
_BIRTHDAYS = ((1992, 2, 29), (1990, 11, 21), (2001, 12, 31), (1988, 11, 30))
_LATELY = ((2026, 11, 20), (2026, 11, 13), (2026, 10, 21), (2026, 11, 1))
days = st.sampled_from([date(*told) for told in (*_BIRTHDAYS, *_LATELY)])
stretches = st.sampled_from(["day", "week", "month", "year"])


@st.composite
def people(draw: st.DrawFn) -> list[dict[str, Any]]:
    maybe = st.none()
    return [
        {
            "profile_id": profile_id,
            "name": draw(st.sampled_from([None, "Nguyễn Thị Hoa", "Đặng Văn Nam"])),
            "is_known": draw(st.booleans()),
            "events": draw(st.integers(0, 3)),
            "orders": draw(st.one_of(maybe, st.integers(0, 3))),
            "spent_minor": draw(st.one_of(maybe, st.sampled_from([0, 99, 100, 101]))),
            "first_seen": draw(instants),
            "last_seen": draw(instants),
            "last_order_at": draw(st.one_of(maybe, instants)),
            "first_order_at": draw(st.one_of(maybe, instants)),
            "household_size": draw(st.sampled_from([None, 2, 3])),
            "may_send": draw(st.sampled_from([None, [], ["ads/email"], ["ads/sms"]])),
            "consents": draw(
                st.sampled_from(
                    [None, ["ads/sms/granted"], ["ads/email/granted", "care/sms/asked"]]
                )
            ),
            "suppressed": draw(st.sampled_from([None, ["bounced"]])),
            "trait:city": draw(cities),
            "trait:gender": draw(st.sampled_from([None, "female", "male"])),
            "trait:birthday": draw(st.one_of(maybe, days)),
            "trait:points": draw(st.sampled_from([None, 0.0, 2.5, 3.0])),
            "trait:budget": draw(st.sampled_from([None, 100, 101])),
            "trait:vip": draw(st.sampled_from([None, True, False])),
            "trait:interests": draw(st.one_of(maybe, st.lists(words, max_size=2))),
        }
        for profile_id in _PEOPLE
    ]


@st.composite
def events(draw: st.DrawFn) -> list[dict[str, Any]]:
    told = st.fixed_dictionaries(
        {},
        optional={
            "category": words,
            "price": st.sampled_from([0, 1.5, 100, "100", "một trăm", None]),
            "topic": st.sampled_from(["a/b", "Ưu đãi", True, 3]),
        },
    )
    names = st.sampled_from(["Product Viewed", "Product Viewed", "Email Opened", None])
    found = []
    for number in range(draw(st.integers(0, 8))):
        name = draw(names)
        found.append(
            {
                "event_id": number,
                "type": "track" if name else "page",
                "name": name,
                "at": draw(instants),
                "profile_id": draw(st.sampled_from((*_PEOPLE, None))),
                "properties": json.dumps(draw(told), ensure_ascii=False),
                "page_path": draw(st.sampled_from(["/khuyen-mai", "/", None])),
                "channel": draw(st.sampled_from(["zalo", "email", None])),
            }
        )
    return found


@st.composite
def orders(draw: st.DrawFn) -> list[dict[str, Any]]:
    lines = st.builds(
        lambda sku, category, quantity, price: {
            "sku": sku,
            "name": "Giày chạy bộ",
            "category": category,
            "quantity": quantity,
            "price_minor": price,
            "amount_minor": price * quantity,
        },
        st.sampled_from(["A1", "B2"]),
        st.one_of(st.none(), words),
        st.integers(1, 2),
        st.sampled_from([50, 100]),
    )
    return [
        {
            "source_id": draw(st.integers(1, 2)),
            "number": f"DH{number}",
            "profile_id": draw(st.sampled_from((*_PEOPLE, None))),
            "placed_at": draw(st.one_of(instants, st.none()) if number == 0 else instants),
            "currency": draw(st.sampled_from(["VND", "VND", "USD"])),
            "total_minor": draw(st.sampled_from([50, 100, 150])),
            "units": draw(st.integers(1, 3)),
            "refunded_minor": draw(st.sampled_from([0, 0, 50])),
            "cancelled_at": draw(st.sampled_from([None, None, AT])),
            "lines": draw(st.one_of(st.none(), st.lists(lines, max_size=3))),
        }
        for number in range(draw(st.integers(0, 8)))
    ]


memberships = st.frozensets(st.tuples(st.sampled_from([3, 7]), st.sampled_from(_PEOPLE)))


def _asked(operators: Any, values: Any) -> Any:
    return st.tuples(st.sampled_from(operators), values)


_texts = st.one_of(
    _asked(["is", "is_not"], st.sampled_from(["Hà Nội", "HUẾ", "Giày"])),
    _asked(["in", "not_in"], st.just(["huế", "Đà Nẵng", "áo"])),
    _asked(["contains", "not_contains", "starts"], st.sampled_from(["ha", "ĐÀ", "ha noi", "giay"])),
    _asked(["is_set", "is_not_set"], st.none()),
)
_counts = st.one_of(
    _asked(["at_least", "at_most", "more", "less", "is", "is_not"], st.integers(0, 4)),
    _asked(["between"], st.sampled_from([[0, 2], [1, 3], [2, 2]])),
)
_amounts = _asked(["at_least", "at_most", "more", "less", "is"], st.sampled_from([0, 100, 150]))
_numbers = st.one_of(_counts, _amounts, _asked(["is_set", "is_not_set"], st.none()))
_times = st.one_of(
    _asked(["in_last", "longer_ago"], spans),
    _asked(["this"], stretches),
    _asked(["before", "after"], st.sampled_from(["2026-11-20", "2026-11-01T00:00:00+07:00"])),
    _asked(["between"], st.just(["2026-11-01", "2026-11-13"])),
    _asked(["is_set", "is_not_set"], st.none()),
)
_days = st.one_of(
    _asked(["in_last", "longer_ago", "in_next", "anniversary_in_next"], day_spans),
    _asked(["this", "anniversary_this"], stretches),
    _asked(["is", "before", "after"], st.just("2026-11-13")),
    _asked(["between"], st.just(["1990-01-01", "2026-11-13"])),
    _asked(["is_set", "is_not_set"], st.none()),
)
_lists = st.one_of(
    _asked(["has", "has_not"], words),
    _asked(["has_any"], st.just(["áo", "Đồ chơi"])),
    _asked(["is_set", "is_not_set"], st.none()),
)
_TRAITS: tuple[tuple[list[str], Any], ...] = (
    (["city", "name"], _texts),
    (["gender"], _asked(["is", "is_not"], st.sampled_from(["female", "male"]))),
    (["orders_count", "events_count", "points"], _numbers),
    (["spent", "budget"], _numbers),
    (["stage"], _asked(["is", "is_not"], st.sampled_from(["new", "active", "at_risk", "lost"]))),
    (["favourite_category"], _texts),
    (["favourite_hour", "order_rhythm"], _numbers),
    (["next_order_on"], _days),
    (["vip", "is_known"], _asked(["is"], st.booleans())),
    (["birthday"], _days),
    (["interests"], _lists),
    (["household_size"], _numbers),
    (["may_send:ads:email"], _asked(["is"], st.booleans())),
    (["consent:ads:email"], _asked(["is", "is_not"], st.sampled_from(["granted", "unknown"]))),
    (["suppressed"], _asked(["has", "has_not"], st.just("bounced"))),
    (["first_seen", "last_seen", "first_order_at", "last_order_at"], _times),
)
traits = st.one_of(
    *(
        st.builds(
            lambda key, asked: {"kind": "trait", "trait": key, "is": asked[0], "value": asked[1]},
            st.sampled_from(keys),
            asked,
        )
        for keys, asked in _TRAITS
    )
)
windows = st.one_of(
    st.builds(lambda span: {"last": span}, spans),
    st.builds(lambda span: {"last": span}, spans),
    st.just({"ago_from": {"n": 30, "unit": "day"}, "ago_until": {"n": 7, "unit": "day"}}),
    st.builds(lambda stretch: {"this": stretch}, stretches),
    st.sampled_from(
        [
            {"from": "2026-11-01", "until": "2026-11-13"},
            {"from": "2026-11-13T05:00:00+00:00"},
            {"until": "2026-10-31"},
        ]
    ),
    st.none(),
)


def _where(properties: Any, asked: Any) -> Any:
    return st.builds(
        lambda key, told: {"property": key, "is": told[0], "value": told[1]},
        st.sampled_from(properties),
        asked,
    )


_of_events = st.one_of(
    _where(["category", "page_path", "properties.topic"], _texts),
    _where(["price"], _amounts),
    _where(["channel"], _asked(["is", "is_not"], st.just("zalo"))),
)
_of_orders = st.one_of(
    _where(["category", "product"], _texts),
    _where(["sku"], _asked(["is", "is_not"], st.just("A1"))),
    _where(["quantity", "units"], _counts),
    _where(["total", "price"], _amounts),
)


@st.composite
def did(draw: st.DrawFn) -> dict[str, Any]:
    measure, key, asked = draw(
        st.one_of(
            st.tuples(st.just("count"), st.none(), _counts),
            st.tuples(st.just("count"), st.none(), st.just(("at_least", 1))),
            st.tuples(st.just("sum"), st.just("price"), _amounts),
            st.tuples(st.just("distinct"), st.sampled_from(["category", "price"]), _counts),
            st.tuples(st.sampled_from(["first", "last"]), st.none(), _times),
            st.tuples(st.sampled_from(["first", "last"]), st.just("category"), _texts),
            st.tuples(st.sampled_from(["first", "last"]), st.just("price"), _amounts),
        )
    )
    told: dict[str, Any] = {
        "kind": "did",
        "event": draw(st.sampled_from(["Product Viewed", "Email Opened", "page"])),
        "where": draw(st.lists(_of_events, max_size=1)),
        "measure": measure,
        "is": asked[0],
        "value": asked[1],
    }
    return _with(told, within=draw(windows), property=key)


@st.composite
def bought(draw: st.DrawFn) -> dict[str, Any]:
    measure, asked = draw(
        st.one_of(
            st.tuples(st.sampled_from(["orders", "units"]), _counts),
            st.tuples(st.just("spent"), _amounts),
            st.tuples(st.sampled_from(["first", "last"]), _times),
        )
    )
    told: dict[str, Any] = {
        "kind": "bought",
        "where": draw(st.lists(_of_orders, max_size=2)),
        "measure": measure,
        "is": asked[0],
        "value": asked[1],
    }
    return _with(told, within=draw(windows))


@st.composite
def sequences(draw: st.DrawFn) -> dict[str, Any]:
    names = st.sampled_from(["Product Viewed", "Product Viewed", "Email Opened", "page"])
    steps: list[dict[str, Any]] = [
        _with({"event": draw(names)}, within=draw(st.one_of(st.none(), spans)) if n else None)
        for n in range(draw(st.integers(1, 3)))
    ]
    told: dict[str, Any] = {"kind": "sequence", "steps": steps}
    if len(steps) == 1 or draw(st.booleans()):
        within = draw(st.one_of(st.none(), spans))
        told["then_not"] = _with({"event": draw(names)}, within=within)
    window = draw(windows)
    return _with(told, within=None if window and "ago_from" in window else window)


def _with(told: dict[str, Any], **more: Any) -> dict[str, Any]:
    return told | {key: value for key, value in more.items() if value is not None}


@st.composite
def twins(draw: st.DrawFn) -> dict[str, Any]:
    """Conditions over one event in one window, which are read together."""
    first, second = draw(did()), draw(did())
    same = {key: first[key] for key in ("event", "within") if key in first}
    second = {key: value for key, value in second.items() if key != "within"} | same
    return {"kind": draw(st.sampled_from(["all", "any"])), "of": [first, second]}


leaves = st.one_of(
    traits,
    did(),
    did(),
    bought(),
    sequences(),
    twins(),
    st.builds(lambda n: {"kind": "segment", "segment": n}, st.sampled_from([3, 7])),
    st.builds(
        lambda percent: {"kind": "sample", "percent": percent, "salt": "tết"},
        st.sampled_from([50, 100]),
    ),
)
rules = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda kind, of: {"kind": kind, "of": of},
            st.sampled_from(["all", "any"]),
            st.lists(inner, max_size=3),
        ),
        st.builds(lambda of: {"kind": "not", "of": of}, inner),
    ),
    max_leaves=5,
)
