"""Questions about what followed a touch, each with its SQL in ``sql/<name>.sql``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from khachquen.base import Text, from_micros, to_micros
from khachquen.store.engine import Question
from khachquen.understand.query.classes import Classes
from khachquen.understand.query.classing import compile_classes
from khachquen.understand.statements import read_statement

MODELS: Mapping[str, Text] = {
    "last": Text(vi="Lần nhấp cuối trước khi đặt", en="Last click before the order"),
    "first": Text(vi="Lần nhấp đầu trong kỳ", en="First click in the window"),
    "linear": Text(vi="Chia đều cho các thư đã nhấp", en="Shared evenly by the letters clicked in"),
}
"""Who gets an order that several touches came before. The credits of an order add up to it."""
WINDOWS = (1, 3, 7, 14, 30)
"""How many days after a touch what follows still counts."""
ACTIONS: Mapping[str, Text] = {
    "order": Text(vi="Đặt hàng", en="Ordered"),
    "sign_up": Text(vi="Đăng ký", en="Signed up"),
    "cart": Text(vi="Thêm vào giỏ", en="Added to the cart"),
    "product": Text(vi="Xem sản phẩm", en="Viewed a product"),
}
"""What the shop may have wanted a visitor to do."""
_NAMES = {
    "sign_up": ["Signed Up", "Subscribed"],
    "cart": ["Product Added"],
    "product": ["Product Viewed"],
}


@dataclass(frozen=True, slots=True)
class Touch:
    """A letter (``owner``) of a campaign (``group``) reached a person at a moment."""

    owner: int
    group: int
    person: int
    at: datetime


def visits(touches: Sequence[Touch], *, days: int, action: str) -> Question:
    """Who came and who acted: rows (``owner``, ``visited_at``, ``acted_at``), one an owner that
    was followed by a page view within ``days`` of one of its touches.

    Acting counts from the visit on, within the same days of the same touch.
    """
    more = {"action": action, "names": _NAMES.get(action, [])}
    return _question("visits", touches, days=days, **more)


def credited(touches: Sequence[Touch], *, days: int, model: str, group: int = 0) -> Question:
    """Orders and whom they are owed to: a row for each share, the oldest order first; of one
    ``group`` when it is named. ``touches`` should be those of every group, or what another earned
    is given to this one.

    Amounts are whole minor units; the shares of an order add up to it exactly. ``part`` of
    ``parts`` says which share of an order a row is.
    """
    groups = _told(one.group for one in touches)
    return _question("credited", touches, groups=groups, days=days, model=model, group=group)


def bought(since: datetime, until: datetime) -> Question:
    """Every order of somebody known placed in between: ``person``, ``placed_at``, ``currency``,
    ``net_minor``."""
    params = {"since": _naive(since), "until": _naive(until)}
    return Question("attribution.bought", read_statement("attribution", "bought"), params)


@dataclass(frozen=True, slots=True)
class Stood:
    """People each at a moment, in columns of one length; ``codes`` come back with what is found, so
    those alike can share one. ``ats`` are microseconds UTC."""

    codes: Sequence[int]
    people: Sequence[int]
    ats: Sequence[int]


def segments_then(stood: Stood) -> Question:
    """The segments people were in at their moments: rows (``code``, ``segment_id``, ``many``).

    Somebody in two counts in both; who was in none has a row without a segment.
    """
    return Question(
        "attribution.segments_then", read_statement("attribution", "segments_then"), _columns(stood)
    )


def classes_then(stood: Stood, classes: Classes, *, timezone: str, currency: str) -> Question:
    """The classes people were in at their moments, by the orders placed before: rows (``code``,
    ``stage``, ``value_tier``, ``rfm``, ``many``), empty of who had not bought.

    By these definitions, whatever held then. Where moments differ, days of the RFM scores are
    counted from the moment, not from midnight.
    """
    latest = from_micros(max(stood.ats, default=0))
    told = compile_classes(classes, now=latest, timezone=timezone, currency=currency)
    sql = read_statement("attribution", "classes_then").replace("{classes}", told.sql)
    sql = sql.replace("{rfm}", "told.rfm" if classes.cuts else "cast(null as varchar)")
    more = {"latest": _naive(latest), "currency": currency}
    return Question("attribution.classes_then", sql, {**told.params, **_columns(stood), **more})


def _columns(stood: Stood) -> dict[str, object]:
    return {
        "codes": _told(stood.codes),
        "people": _told(stood.people),
        "ats": _told(stood.ats),
    }


def _question(name: str, touches: Sequence[Touch], **more: object) -> Question:
    params = {
        "owners": _told(one.owner for one in touches),
        "people": _told(one.person for one in touches),
        "ats": _told(to_micros(one.at) for one in touches),
        **more,
    }
    return Question(f"attribution.{name}", read_statement("attribution", name), params)


def _told(numbers: Iterable[int]) -> str:
    """Many numbers as one text: DuckDB takes 30 s to bind a list of 36,000, a text at once."""
    return ",".join(map(str, numbers))


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
