"""Ten reference segments: each as a rule, and as somebody would write it by hand in SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

BUY, VIEW, ADD = "Order Completed", "Product Viewed", "Product Added"
Rule = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """``by_hand`` selects ``profile_id`` from the same views; ``$now`` is the instant."""

    name: str
    rule: Rule
    by_hand: str

    @property
    def counted(self) -> str:
        """How many they are, by hand."""
        return f"SELECT count(*) FROM ({self.by_hand})"


def _last(days: int) -> Rule:
    return {"last": {"n": days, "unit": "day"}}


def _did(event: str, days: int | None = None, at_least: int = 1) -> Rule:
    rule: Rule = {"kind": "did", "event": event}
    if days:
        rule["within"] = _last(days)
    return rule if at_least == 1 else {**rule, "is": "at_least", "value": at_least}


def _trait(trait: str, how: str, value: Any) -> Rule:
    return {"kind": "trait", "trait": trait, "is": how, "value": value}


def _all(*of: Rule) -> Rule:
    return {"kind": "all", "of": list(of)}


def _not(rule: Rule) -> Rule:
    return {"kind": "not", "of": rule}


_SINCE = '"at" >= $now::TIMESTAMP - INTERVAL {days} DAY AND "at" <= $now::TIMESTAMP'
# A page can bear any name, so what was done is a name and a type, by hand as well.
_DID = "SELECT profile_id FROM human_events WHERE type = 'track' AND name = '{event}'"


def _who(event: str, days: int) -> str:
    return f"{_DID.format(event=event)} AND {_SINCE.format(days=days)}"


TEN = (
    Reference(
        "women",
        _trait("gender", "is", "female"),
        "SELECT profile_id FROM people WHERE \"trait:gender\" = 'female'",
    ),
    Reference(
        "vip",
        _trait("spent", "at_least", 3_000_000),
        "SELECT profile_id FROM people WHERE spent_minor >= 3000000",
    ),
    Reference(
        "buyers of a month",
        _did(BUY, 30),
        f"SELECT DISTINCT profile_id FROM ({_who(BUY, 30)})",
    ),
    Reference(
        "regulars",
        _did(BUY, 90, 2),
        f"SELECT profile_id FROM ({_who(BUY, 90)}) GROUP BY 1 HAVING count(*) >= 2",
    ),
    Reference(
        "lost",
        _all(_trait("orders_count", "at_least", 1), _not(_did(BUY, 180))),
        f"SELECT profile_id FROM people WHERE orders >= 1 AND profile_id NOT IN ({_who(BUY, 180)})",
    ),
    Reference(
        "viewed, not bought",
        _all(_did(VIEW, 14), _not(_did(BUY, 14))),
        f"SELECT DISTINCT profile_id FROM ({_who(VIEW, 14)})"
        f" WHERE profile_id NOT IN ({_who(BUY, 14)})",
    ),
    Reference(
        "baskets of two days",
        _all(_did(ADD, 2), _not(_did(BUY, 2))),
        f"SELECT DISTINCT profile_id FROM ({_who(ADD, 2)})"
        f" WHERE profile_id NOT IN ({_who(BUY, 2)})",
    ),
    Reference(
        "of one category",
        {
            "kind": "bought",
            "where": [{"property": "category", "is": "is", "value": "Nhóm 3"}],
            "within": _last(365),
        },
        "SELECT DISTINCT profile_id FROM orders, unnest(lines) AS of(line)"
        " WHERE cancelled_at IS NULL AND placed_at >= $now::TIMESTAMP - INTERVAL 365 DAY"
        " AND placed_at <= $now::TIMESTAMP AND line.category = 'Nhóm 3'",
    ),
    Reference(
        "busy visitors",
        _did("page", 7, 3),
        "SELECT profile_id FROM human_events WHERE type = 'page' AND "
        f"{_SINCE.format(days=7)} GROUP BY 1 HAVING count(*) >= 3",
    ),
    Reference(
        "women of Huế who bought",
        _all(
            _trait("gender", "is", "female"),
            _trait("province", "is", "Huế"),
            _did(BUY, 365),
        ),
        "SELECT profile_id FROM people WHERE \"trait:gender\" = 'female'"
        f" AND \"trait:province\" = 'Huế' AND profile_id IN ({_who(BUY, 365)})",
    ),
)


def live_rules(n: int) -> Iterator[tuple[str, Rule]]:
    """So many different rules of the kinds shops have, with windows from an hour to a year."""
    makers = (
        lambda k: _did(BUY, 7 + k),
        lambda k: _did(BUY, 30 + k, 2),
        lambda k: _all(_did(VIEW, 1 + k), _not(_did(BUY, 1 + k))),
        lambda k: _all(_did(ADD, 1 + k % 10), _not(_did(BUY, 1 + k % 10))),
        lambda k: _trait("spent", "at_least", 100_000 * (k + 1)),
        lambda k: _all(_trait("orders_count", "at_least", 1), _not(_did(BUY, 90 + k))),
        lambda k: _did("page", 1 + k, 3),
        lambda k: _all(_trait("gender", "is", "female"), _did(BUY, 30 + k)),
        lambda k: {
            "kind": "bought",
            "where": [{"property": "category", "is": "is", "value": f"Nhóm {k % 20}"}],
            "within": _last(30 + k),
        },
        lambda k: _trait("province", "is", ("Huế", "Hà Nội")[k % 2]),
    )
    for number in range(n):
        yield f"Nhóm đo {number}", makers[number % len(makers)](number // len(makers))
