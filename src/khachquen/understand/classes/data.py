"""The shop's classes as plain data and back, or the one thing wrong with them and where. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from khachquen.base import InputError, Text
from khachquen.understand.query.classes import STAGES, Classes, Cuts, RfmClass, Tier

__all__ = ["as_data", "cuts_as_data", "read_classes", "read_cuts_data"]

_MOST_DAYS = 3650
_MOST_TIERS = 12
_MOST_BOXES = 24
_MOST_ORDERS = 20
_LONGEST = 60
_MOST_SPENT = 10**12


def as_data(classes: Classes) -> dict[str, Any]:
    """Everything a shop can change, without the scores' cuts."""
    return {
        "new_days": classes.new_days,
        "active_days": classes.active_days,
        "lost_days": classes.lost_days,
        "least_orders": classes.least_orders,
        "stages": {key: _words(label) for key, label in classes.stages.items()},
        "tiers": [
            {"key": one.key, "label": _words(one.label), "least": one.least}
            for one in classes.tiers
        ],
        "rfm": [
            {
                "key": one.key,
                "label": _words(one.label),
                "recency": list(one.recency),
                "frequency": list(one.frequency),
                "money": list(one.money),
            }
            for one in classes.rfm
        ],
    }


def read_classes(told: Mapping[str, Any], cuts: Cuts | None = None) -> Classes:
    """Classes out of data; ``path`` of what is wrong is as ``tiers[0].least``.

    Raises:
        InputError: a number out of its range, days in the wrong order, a name missing or used twice
            (``classes.bad_*``).

    >>> from khachquen.understand.query.classes import DEFAULT_CLASSES
    >>> read_classes(as_data(DEFAULT_CLASSES)) == DEFAULT_CLASSES
    True
    """
    new, active, lost = (
        _number(told, name, 1, _MOST_DAYS) for name in ("new_days", "active_days", "lost_days")
    )
    if lost <= active:
        _refuse_order(active)
    stages = {key: _label(told["stages"][key], f"stages.{key}") for key in STAGES}
    _refuse_twins([(f"stages.{key}", words.vi) for key, words in stages.items()])
    return Classes(
        new_days=new,
        active_days=active,
        lost_days=lost,
        stages=stages,
        tiers=_tiers(told["tiers"]),
        cuts=cuts,
        rfm=_boxes(told["rfm"]),
        least_orders=_number(told, "least_orders", 2, _MOST_ORDERS),
    )


def cuts_as_data(cuts: Cuts | None) -> dict[str, Any] | None:
    """The cuts as JSON holds them."""
    if cuts is None:
        return None
    told = (("recency", cuts.recency), ("frequency", cuts.frequency), ("money", cuts.money))
    return {name: list(values) for name, values in told}


def read_cuts_data(told: Mapping[str, Sequence[float]] | None) -> Cuts | None:
    """The cuts out of JSON."""
    if told is None:
        return None
    return Cuts(*(tuple(told[name]) for name in ("recency", "frequency", "money")))


def _tiers(told: Sequence[Mapping[str, Any]]) -> tuple[Tier, ...]:
    if not 1 <= len(told) <= _MOST_TIERS:
        _refuse_count("tiers", _MOST_TIERS)
    tiers = [
        Tier(
            str(one["key"]),
            _label(one["label"], f"tiers[{place}].label"),
            _number(one, "least", 1, _MOST_SPENT, f"tiers[{place}].least"),
        )
        for place, one in enumerate(told)
    ]
    _refuse_twins([(f"tiers[{place}].label", t.label.vi) for place, t in enumerate(tiers)])
    _refuse_twins([(f"tiers[{place}].least", str(t.least)) for place, t in enumerate(tiers)])
    return tuple(sorted(tiers, key=lambda tier: -tier.least))


def _boxes(told: Sequence[Mapping[str, Any]]) -> tuple[RfmClass, ...]:
    if not 1 <= len(told) <= _MOST_BOXES:
        _refuse_count("rfm", _MOST_BOXES)
    boxes = []
    for place, one in enumerate(told):
        here = f"rfm[{place}]"
        ranges = (_range(one[name], f"{here}.{name}") for name in _SCORES)
        boxes.append(RfmClass(str(one["key"]), _label(one["label"], f"{here}.label"), *ranges))
    _refuse_twins([(f"rfm[{place}].label", box.label.vi) for place, box in enumerate(boxes)])
    return tuple(boxes)


_SCORES = ("recency", "frequency", "money")


def _range(told: Sequence[Any], path: str) -> tuple[int, int]:
    if len(told) != 2 or any(type(one) is not int for one in told):
        _refuse_range(path)
    low, high = told
    if not 1 <= low <= high <= 5:
        _refuse_range(path)
    return low, high


def _number(told: Mapping[str, Any], name: str, least: int, most: int, path: str = "") -> int:
    value = told.get(name)
    if type(value) is not int or not least <= value <= most:
        raise InputError(
            "classes.bad_number",
            Text(
                vi=f"{_shown(value)} không phải số từ {least:,} đến {most:,}.".replace(",", "."),
                en=f"{_shown(value)} is not a number from {least:,} to {most:,}.",
            ),
            path=path or name,
        )
    return value


def _label(told: Mapping[str, Any], path: str) -> Text:
    vi, en = (" ".join(str(told.get(name) or "").split()) for name in ("vi", "en"))
    if not vi or max(len(vi), len(en)) > _LONGEST:
        raise InputError(
            "classes.bad_name",
            Text(vi="Cần một cái tên, nhiều nhất 60 chữ.", en="A name of at most 60 letters."),
            path=path,
        )
    return Text(vi=vi, en=en or vi)


def _refuse_twins(named: Iterable[tuple[str, str]]) -> None:
    seen: set[str] = set()
    for path, value in named:
        if value.casefold() in seen:
            raise InputError(
                "classes.twice",
                Text(vi=f"“{value}” đã dùng ở trên.", en=f"“{value}” stands above already."),
                path=path,
            )
        seen.add(value.casefold())


def _refuse_order(active: int) -> NoReturn:
    raise InputError(
        "classes.bad_order",
        Text(
            vi=f"Phải sau khi hết “đang mua”: hơn {active} ngày.",
            en=f"It has to come after “active” ends: more than {active} days.",
        ),
        path="lost_days",
    )


def _refuse_count(path: str, most: int) -> NoReturn:
    raise InputError(
        "classes.bad_count",
        Text(vi=f"Cần từ 1 đến {most} nhóm.", en=f"There have to be 1 to {most} classes."),
        path=path,
    )


def _refuse_range(path: str) -> NoReturn:
    raise InputError(
        "classes.bad_scores",
        Text(
            vi="Điểm từ 1 đến 5, số nhỏ trước, ví dụ 3-5.",
            en="Scores of 1 to 5, the lower first, for example 3-5.",
        ),
        path=path,
    )


def _shown(value: Any) -> str:
    return repr(value)[:40]


def _words(label: Text) -> dict[str, str]:
    return {"vi": label.vi, "en": label.en}
