"""One person's classes as a card shows them: each with why, and how the stages went."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from khachquen.base import exponent_of
from khachquen.understand.classes.course import Turn, say_cause
from khachquen.understand.classes.people import PersonClasses
from khachquen.understand.query.classes import WEEKDAYS, Classes
from khachquen.web.classified import label_of
from khachquen.web.components.figures import day, money, number
from khachquen.web.measuring import in_language
from khachquen.web.shops import source_names


@dataclass(frozen=True, slots=True)
class Fact:
    """What is so, and the figures that make it so."""

    name: str
    value: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A stage somebody came into: when, and what brought them there."""

    stage: str
    at: datetime
    cause: str


def fact_lines(told: PersonClasses, currency: str) -> list[Fact]:
    """Stage, tier, RFM class and habits; what is not known is left out."""
    return [*_stage(told), *_tier(told, currency), *_rfm(told, currency), *_habits(told.values)]


def course_lines(told: PersonClasses) -> list[CourseLine]:
    """Every stage, the latest first."""
    return [
        CourseLine(_stage_label(told.classes, turn), turn.at, in_language(say_cause(turn)))
        for turn in reversed(told.course)
    ]


def _stage(told: PersonClasses) -> Iterator[Fact]:
    if not told.course:
        return
    turn = told.course[-1]
    words = {"day": day(turn.at), "cause": in_language(say_cause(turn))}
    yield Fact(_("Giai đoạn"), _stage_label(told.classes, turn), _("từ %(day)s: %(cause)s") % words)


def _tier(told: PersonClasses, currency: str) -> Iterator[Fact]:
    tier, spent = told.values.get("value_tier"), told.values.get("spent_minor")
    if not tier or spent is None:
        return
    scale = 10 ** exponent_of(currency)
    why = _("đã chi %(spent)s") % {"spent": money(spent, currency)}
    above = [one for one in told.classes.tiers if one.least * scale > spent]
    if above:
        missing = money(above[-1].least * scale - spent, currency)
        words = {"missing": missing, "tier": in_language(above[-1].label)}
        why += _("; còn %(missing)s nữa là lên hạng %(tier)s") % words
    yield Fact(_("Hạng chi tiêu"), _first_large(label_of(told.classes, "value_tier", tier)), why)


def _rfm(told: PersonClasses, currency: str) -> Iterator[Fact]:
    values = told.values
    if not values.get("rfm"):
        return
    scores = "R{rfm_recency} F{rfm_frequency} M{rfm_money}".format_map(values)
    orders = values["orders"]
    why = _("%(scores)s: đơn gần nhất %(day)s, %(orders)s, đã chi %(spent)s") % {
        "scores": scores,
        "day": day(values["last_order_at"].replace(tzinfo=UTC)),
        "orders": ngettext("%(n)s đơn", "%(n)s đơn", orders) % {"n": number(orders)},
        "spent": money(values["spent_minor"], currency),
    }
    yield Fact(_("Nhóm RFM"), _first_large(label_of(told.classes, "rfm", values["rfm"])), why)


def _habits(values: Mapping[str, Any]) -> Iterator[Fact]:
    if category := values.get("favourite_category"):
        yield Fact(_("Ngành hàng hay mua"), category)
    if (hour := values.get("favourite_hour")) is not None:
        yield Fact(_("Giờ hay mua"), f"{hour:02}:00–{(hour + 1) % 24:02}:00")
    if weekday := values.get("favourite_weekday"):
        yield Fact(_("Thứ hay mua"), _first_large(in_language(WEEKDAYS[int(weekday)])))
    if source := values.get("favourite_source"):
        yield Fact(_("Nơi hay mua"), source_names().get(source, str(source)))
    if (rhythm := values.get("order_rhythm")) is not None:
        days = number(rhythm, 0 if float(rhythm).is_integer() else 1)
        words = {"days": days, "on": day(values["next_order_on"])}
        why = _("dự kiến mua lại %(on)s") % words
        yield Fact(_("Nhịp mua"), _("%(days)s ngày một lần") % words, why)


def _stage_label(classes: Classes, turn: Turn) -> str:
    return _first_large(label_of(classes, "stage", turn.stage))


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]
