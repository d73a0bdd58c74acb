"""What every client's calls must have become."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from unittest.mock import ANY

from tests.clients.said import COMPANY, PAGE, SCREEN, Person, Row

ADDRESS = {"url": "https://nhamay.vn/p/1", "title": "Bát tràng"}
OF_POTTERY, OF_APP = {"category": "Hàng mới"}, {"category": "Ứng dụng"}
NOTICED = (
    *("path", "referrer", "search", "title", "url", "name", "hash", "height", "width"),
    *("*referr*", "tab_url"),
)
"""What browser libraries put beside a page's own properties."""


def segment_rows(hoa: Person, *, page: tuple[str, ...] = ("category",)) -> list[Row]:
    """What a server library of Segment's family says; a page's category is kept as a property."""
    user = hoa.user
    return [
        Row("identify", user_id=user, anonymous_id=hoa.anonymous, traits=hoa.traits),
        Row("track", "Order Completed", user, properties=hoa.order),
        Row("page", "Bát tràng", user, properties=PAGE | OF_POTTERY, adds=page),
        Row("screen", "Giỏ hàng", user, properties=SCREEN | OF_APP, adds=page),
        Row("group", None, user, group_id=hoa.group, traits=COMPANY),
        Row("alias", None, user, previous_id=hoa.anonymous),
    ]


def segment_node_rows(hoa: Person) -> list[Row]:
    """It puts a page's name among its properties too."""
    return segment_rows(hoa, page=("name",))


def posthog_rows(hoa: Person, *, has_time: bool = True) -> list[Row]:
    """PostHog's own names become Segment's; what its library noticed stays in the context."""
    user = hoa.user
    return [
        Row("identify", user_id=user, traits=hoa.traits, is_timed=has_time),
        Row("track", "Order Completed", user, properties=hoa.order),
        Row("page", None, user, properties=PAGE),
        Row("screen", "Giỏ hàng", user, properties=SCREEN),
        Row(
            "group",
            group_id=hoa.group,
            traits=COMPANY,
            adds=("$group_type",),
            is_timed=has_time,
        ),
        Row("alias", user_id=user, previous_id=hoa.anonymous, is_timed=has_time),
    ]


def posthog_node_rows(hoa: Person) -> list[Row]:
    """Only its captures can be told a time."""
    return posthog_rows(hoa, has_time=False)


def posthog_page_rows(hoa: Person) -> list[Row]:
    """A visitor is the library's own anonymous id until told who it is."""
    who: Any = {"user_id": hoa.user, "anonymous_id": ANY}
    return [
        Row("page", "Bát tràng", **who, adds=NOTICED, is_timed=False),  # it sees the page itself
        Row("identify", **who, traits=hoa.traits, is_timed=False),
        Row("track", "Order Completed", **who, properties=hoa.order),
        Row("group", None, **who, group_id=hoa.group, traits=COMPANY, adds=("$*",), is_timed=False),
        Row("alias", None, f"app-{hoa.anonymous}", previous_id=hoa.user, is_timed=False),
        Row("track", "$pageleave", **who, adds=("$*",), is_timed=False),
    ]


def snowplow_rows(
    hoa: Person, *, anonymous: object = None, page: Mapping[str, Any] = ADDRESS
) -> list[Row]:
    """It has no calls for people or companies: who it was stands with each event."""
    who: Any = {"user_id": hoa.user, "anonymous_id": anonymous or hoa.anonymous}
    seen = {"category": "Hàng mới", "action": "Xem men", "label": "men rạn", "value": 2}
    screen = {"name": "Giỏ hàng", "id": SCREEN["id"]}
    return [
        Row("page", "Bát tràng", **who, properties=page),
        Row("track", "Xem men", **who, properties=seen),
        Row("track", "order_completed", **who, properties=hoa.order),
        Row("screen", "Giỏ hàng", **who, properties=screen),
    ]


def snowplow_page_rows(hoa: Person) -> list[Row]:
    """The anonymous id is its cookie's, the address the browser's."""
    return snowplow_rows(hoa, anonymous=ANY, page={"title": "Bát tràng", "url": ANY})


def segment_page_rows(hoa: Person) -> list[Row]:
    """One visitor, anonymous until told who it is."""
    who: Any = {"user_id": hoa.user, "anonymous_id": hoa.anonymous}
    return [
        Row("page", "Bát tràng", None, hoa.anonymous, properties=PAGE | OF_POTTERY, adds=NOTICED),
        Row("identify", **who, traits=hoa.traits),
        Row("track", "Order Completed", **who, properties=hoa.order),
        Row("screen", "Giỏ hàng", **who, properties=SCREEN | OF_APP, adds=("name",)),
        Row("group", None, **who, group_id=hoa.group, traits=COMPANY),
        Row("alias", None, **who, previous_id=hoa.anonymous),
    ]


def rudderstack_page_rows(hoa: Person) -> list[Row]:
    """Each call repeats in its context what is known of the person."""
    who: Any = {"user_id": hoa.user, "anonymous_id": hoa.anonymous}
    return [
        Row("page", "Bát tràng", None, hoa.anonymous, properties=PAGE | OF_POTTERY, adds=NOTICED),
        Row("identify", **who, traits=hoa.traits),
        Row("track", "Order Completed", **who, properties=hoa.order, traits=hoa.traits),
        Row("group", None, **who, group_id=hoa.group, traits=COMPANY),
        Row("alias", None, **who, previous_id=hoa.anonymous, traits=hoa.traits),
    ]


def jitsu_page_rows(hoa: Person) -> list[Row]:
    """A page has no name of its own, no call can be told a time."""
    who: Any = {"user_id": hoa.user, "anonymous_id": hoa.anonymous}
    rows = [
        Row("page", None, None, hoa.anonymous, properties=PAGE, adds=NOTICED),
        Row("identify", **who, traits=hoa.traits),
        Row("track", "Order Completed", **who, properties=hoa.order, traits=hoa.traits),
        Row("group", None, **who, group_id=hoa.group, traits=COMPANY),
    ]
    return [replace(row, is_timed=False) for row in rows]


def none(hoa: Person) -> list[Row]:
    """Nothing of it may be stored."""
    return []


def mixed_rows(hoa: Person) -> list[Row]:
    """What was good among the bad."""
    return [Row("track", f"Xem {number}", hoa.user, is_timed=False) for number in range(1, 5)]


def twice(expected: Callable[[Person], Sequence[Row]]) -> Callable[[Person], list[Row]]:
    """The same again."""
    return lambda hoa: [*expected(hoa), *expected(hoa)]
