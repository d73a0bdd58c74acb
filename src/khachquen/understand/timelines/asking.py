"""Questions over events and orders, each with its SQL in ``sql/<name>.sql``."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from khachquen.base import InputError, Text, nearest
from khachquen.store.engine import Question
from khachquen.understand.metrics import Period
from khachquen.understand.statements import read_statement, with_parts

KINDS: dict[str, Text] = {
    "view": Text(vi="Xem trang", en="Pages"),
    "browse": Text(vi="Xem hàng, giỏ hàng", en="Browsing and cart"),
    "order": Text(vi="Đơn hàng", en="Orders"),
    "identity": Text(vi="Nhận diện", en="Identity"),
    "other": Text(vi="Khác", en="Other"),
}
"""What a timeline can be filtered by; ``sql/kinds.sql`` says which event is which."""

_MAX_LIMIT = 1000
_MAX_NODES = 10_000
_ALSO = (
    ", message_id, source_id, trusted, received_at, node_id, anonymous_id, page_url, referrer,"
    " utm_source"
)
_UNDER = "and profile_id in (select unnest(cast($under as bigint[])))"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a timeline: what happened at ``at``, the one of that instant by ``event_id``."""

    at: datetime
    event_id: int


def stood_under(node_ids: Sequence[int]) -> Question:
    """Whose the identifiers were when they moved, and whose they became: rows (``was``, ``now``).

    Events lie in the files under whoever had their identifier at the time, and those of an
    identifier that never moved under the person it belongs to today. An empty ``was`` is of a time
    that did not write it down.
    """
    return _question("stood_under", {"node_ids": list(node_ids)[:_MAX_NODES]})


def timeline(
    node_ids: Sequence[int],
    *,
    under: Sequence[int] | None = None,
    before: Place | None = None,
    since: datetime | None = None,
    limit: int = 50,
    kind: str = "",
    containing: str = "",
    brief: bool = False,
) -> Question:
    """What the identifiers did, newest first, from before a place on, back to ``since``.

    ``under`` are all people the files may have these events under (see ``stood_under``): with them
    the few rows are found at once, for files are sorted by person. ``containing`` keeps what has
    these words in its name, page, order number or properties,
    whatever their diacritics and case. ``brief`` leaves out how it came here and from where.

    Raises:
        InputError: ``kind`` is none of ``KINDS``.
    """
    _check("query.unknown_kind", kind, ("", *KINDS), path="kind")
    told = _question(
        "timeline",
        {
            "node_ids": list(node_ids)[:_MAX_NODES],
            "before_at": _naive(before.at) if before else None,
            "before_id": before.event_id if before else None,
            "since": _naive(since) if since else None,
            "kind": kind,
            "words": _folded(containing),
            "limit": _bounded(limit),
        },
        parts=("kinds",),
    )
    params = told.params if under is None else {**told.params, "under": list(under)}
    sql = told.sql.replace("{under}", "" if under is None else _UNDER)
    sql = sql.replace("{also}", "" if brief else _ALSO)
    return Question(told.name, sql, params, since, before.at if before else None)


def bought(node_ids: Sequence[int], limit: int = 5) -> Question:
    """What somebody buys: units and amounts by product and by category.

    One row a product or a category (``part`` says which), the largest amount first.
    Of each order the lines as last told; cancelled orders are left out.
    """
    params = {"node_ids": list(node_ids)[:_MAX_NODES], "limit": _bounded(limit)}
    return _question("bought", params)


def event_by_id(event_id: int) -> Question:
    """One event whole, by its number in order of arrival."""
    return _question("event_by_id", {"event_id": event_id})


def first_touch(node_ids: Sequence[int]) -> Question:
    """The one row that tells how somebody first came: channel, source, campaign, click id.

    Read from the events each time, so that merging people and parting them again needs no repair.
    """
    return _question("first_touch", {"node_ids": list(node_ids)[:_MAX_NODES]})


def order_lines(source_id: int, number: str) -> Question:
    """The lines of an order: as last told, and what came back."""
    return _question("order_lines", {"source_id": source_id, "number": number})


def latest_orders(limit: int = 10) -> Question:
    """The orders placed last, cancelled and returned ones too."""
    return _question("latest_orders", {"limit": _bounded(limit)})


def top_products(period: Period, limit: int = 10) -> Question:
    """What brought in most in the period: units and amounts of orders not cancelled, by product.

    Amounts are those of the order lines, before refunds; currencies stay apart.
    """
    params = {"since": period.since, "until": period.until, "limit": _bounded(limit)}
    return _question("top_products", params)


def has_events() -> Question:
    """One row if anything was ever kept, none otherwise."""
    return _question("has_events", {})


def _question(name: str, params: Mapping[str, object], parts: Sequence[str] = ()) -> Question:
    texts = {part: read_statement("timelines", part) for part in parts}
    return Question(
        f"timelines.{name}", with_parts(texts, read_statement("timelines", name)), params
    )


def _bounded(limit: int) -> int:
    return max(1, min(limit, _MAX_LIMIT))


def _folded(text: str) -> str:
    """As DuckDB folds what is stored: strip_accents, lower case, đ as d."""
    marks = unicodedata.normalize("NFD", text.strip().lower()[:100]).replace("đ", "d")
    return "".join(letter for letter in marks if unicodedata.category(letter) != "Mn")


def _naive(at: datetime) -> datetime:
    """As the lake keeps times: UTC, without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None)


def _check(code: str, given: str, known: Sequence[str], *, path: str) -> None:
    if given in known:
        return
    raise InputError(
        code,
        Text(vi=f"Không hiểu {given[:40]!r}.", en=f"{given[:40]!r} is not known here."),
        path=path,
        hint=nearest(given, known),
    )
