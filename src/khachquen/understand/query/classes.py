"""Ready classifications as data a shop can change: life-cycle stages, value tiers, RFM classes.

Nothing is stored of a person: a class is an expression over their row or their orders, so it
follows every order and every hour by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from khachquen.base import Text
from khachquen.understand.query.fields import Field, FieldKind, Source
from khachquen.unify.traits.definition import Choice

__all__ = [
    "CLASS_KEYS",
    "DEFAULT_CLASSES",
    "HABIT_KEYS",
    "OTHERS",
    "RFM_CLASSES",
    "STAGES",
    "WEEKDAYS",
    "Classes",
    "Cuts",
    "RfmClass",
    "Stage",
    "Tier",
    "class_fields",
]

Stage = Literal["new", "active", "at_risk", "lost"]
STAGES: dict[Stage, Text] = {
    "new": Text(vi="mới", en="new"),
    "active": Text(vi="đang mua", en="active"),
    "at_risk": Text(vi="sắp rời bỏ", en="at risk"),
    "lost": Text(vi="đã rời bỏ", en="lost"),
}
"""Who never bought has no stage."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Those who spent at least so much, in whole units of the shop's currency."""

    key: str
    label: Text
    least: int


@dataclass(frozen=True, slots=True)
class RfmClass:
    """A named box of scores: (lowest, highest) of recency, frequency and money."""

    key: str
    label: Text
    recency: tuple[int, int]
    frequency: tuple[int, int]
    money: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where the scores 2, 3, 4 and 5 begin: days since the last order, orders, minor units.

    A cut is the quantile plus one, and a value equal to it is above: equal values always score the
    same. Of recency more days are the lower score.
    """

    recency: tuple[float, ...]
    frequency: tuple[float, ...]
    money: tuple[float, ...]


def _class(key: str, vi: str, en: str, recency: str, frequency: str, money: str) -> RfmClass:
    low_high = [(int(told[0]), int(told[1])) for told in (recency, frequency, money)]
    return RfmClass(key, Text(vi=vi, en=en), *low_high)


RFM_CLASSES: tuple[RfmClass, ...] = (
    _class("champions", "tốt nhất", "champions", "55", "55", "55"),
    _class("potential_loyalist", "sắp thân thiết", "potential loyalists", "35", "35", "25"),
    _class("loyal", "thân thiết", "loyal", "24", "24", "24"),
    _class("promising", "triển vọng", "promising", "34", "13", "35"),
    _class("new", "mới mua", "new", "45", "13", "15"),
    _class("cannot_lose", "không thể để mất", "cannot lose", "12", "34", "45"),
    _class("at_risk", "sắp rời bỏ", "at risk", "12", "25", "45"),
    _class("need_attention", "cần chăm sóc", "need attention", "13", "35", "35"),
    _class("about_to_sleep", "sắp ngủ quên", "about to sleep", "23", "13", "14"),
    _class("lost", "đã mất", "lost", "11", "15", "15"),
)
"""The first box that holds all three scores counts; who is in none is ``others``."""


@dataclass(frozen=True, slots=True)
class Classes:
    """How one shop classifies. Without ``cuts`` nobody has been scored yet."""

    new_days: int = 30
    active_days: int = 60
    lost_days: int = 180
    stages: Mapping[Stage, Text] = field(default_factory=lambda: STAGES)
    tiers: tuple[Tier, ...] = (
        Tier("vip", Text(vi="VIP", en="VIP"), 10_000_000),
        Tier("gold", Text(vi="vàng", en="gold"), 5_000_000),
        Tier("silver", Text(vi="bạc", en="silver"), 1_000_000),
        Tier("member", Text(vi="thành viên", en="member"), 1),
    )
    cuts: Cuts | None = None
    rfm: tuple[RfmClass, ...] = RFM_CLASSES
    least_orders: int = 3
    """From how many orders on something is a habit."""


DEFAULT_CLASSES = Classes()
CLASS_KEYS = (
    "stage",
    "value_tier",
    "rfm",
    "rfm_recency",
    "rfm_frequency",
    "rfm_money",
)
HABIT_KEYS = (
    "favourite_category",
    "favourite_hour",
    "favourite_weekday",
    "favourite_source",
    "order_rhythm",
    "next_order_on",
)
"""What the classes are called among the things one can ask about: of a person's row, and of all
their orders."""
OTHERS = Text(vi="khác", en="others")
WEEKDAYS: Mapping[int, Text] = {
    1: Text(vi="thứ Hai", en="Monday"),
    2: Text(vi="thứ Ba", en="Tuesday"),
    3: Text(vi="thứ Tư", en="Wednesday"),
    4: Text(vi="thứ Năm", en="Thursday"),
    5: Text(vi="thứ Sáu", en="Friday"),
    6: Text(vi="thứ Bảy", en="Saturday"),
    7: Text(vi="Chủ nhật", en="Sunday"),
}
_DAYS = Text(vi="ngày", en="days")


def class_fields(classes: Classes) -> Mapping[str, Field]:
    """The classes as things to ask about, like any trait."""
    stages = tuple(Choice(key, label) for key, label in classes.stages.items())
    tiers = tuple(Choice(tier.key, tier.label) for tier in classes.tiers)
    fields = [
        _field("stage", "Giai đoạn", "Life-cycle stage", "choice", stages),
        _field("value_tier", "Hạng chi tiêu", "Value tier", "choice", tiers),
        *(_scored(classes) if classes.cuts else ()),
        *_habits(),
    ]
    return {one.key: one for one in fields}


def _scored(classes: Classes) -> list[Field]:
    named = tuple(Choice(one.key, one.label) for one in classes.rfm)
    return [
        _field("rfm", "Nhóm RFM", "RFM class", "choice", (*named, Choice("others", OTHERS))),
        _field("rfm_recency", "Điểm gần đây (R)", "Recency score (R)", "number"),
        _field("rfm_frequency", "Điểm mua nhiều lần (F)", "Frequency score (F)", "number"),
        _field("rfm_money", "Điểm chi tiêu (M)", "Money score (M)", "number"),
    ]


def _habits() -> list[Field]:
    weekdays = tuple(Choice(str(day), label) for day, label in WEEKDAYS.items())
    told: tuple[tuple[str, str, str, FieldKind], ...] = (
        ("favourite_category", "Ngành hàng hay mua", "Favourite category", "text"),
        ("favourite_hour", "Giờ hay mua", "Favourite hour", "number"),
        ("favourite_weekday", "Thứ hay mua", "Favourite weekday", "choice"),
        ("favourite_source", "Nơi hay mua", "Favourite place to buy", "id"),
        ("order_rhythm", "Số ngày giữa hai lần mua", "Days between orders", "number"),
        ("next_order_on", "Dự kiến mua lại ngày", "Next order expected on", "date"),
    )
    return [
        _field(key, vi, en, kind, weekdays if key == "favourite_weekday" else (), "habit")
        for key, vi, en, kind in told
    ]


def _field(
    key: str,
    vi: str,
    en: str,
    kind: FieldKind,
    choices: tuple[Choice, ...] = (),
    source: Source = "computed",
) -> Field:
    unit = _DAYS if key == "order_rhythm" else None
    label = Text(vi=vi, en=en)
    return Field(key, label, kind, source, unit=unit, choices=choices, moved_by="orders")
