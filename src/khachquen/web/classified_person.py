"""One person's classes as a card shows them: each with why, and how the stages went."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from khachquen.base import exponent_of
from khachquen.understand.classes.course import Turn, say_cause
from khachquen.understand.classes.people import PersonClasses
from khachquen.understand.classes.saying import say_class
from khachquen.understand.query.classes import DEFAULT_CLASSES, Classes, class_fields
from khachquen.understand.query.fields import Field
from khachquen.web.classified import label_of
from khachquen.web.components.figures import day, money, number
from khachquen.web.measuring import in_language
from khachquen.web.shops import source_names

_FIELDS = class_fields(DEFAULT_CLASSES)
_HABITS = ("favourite_category", "favourite_hour", "favourite_weekday", "favourite_source")


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
    names = source_names()
    for key in _HABITS:
        if words := class_words(_FIELDS[key], values.get(key), names):
            yield Fact(in_language(_FIELDS[key].label), words)
    if rhythm := class_words(_FIELDS["order_rhythm"], values.get("order_rhythm"), names):
        why = _("dự kiến mua lại %(on)s") % {"on": day(values["next_order_on"])}
        yield Fact(_("Nhịp mua"), rhythm, why)


def class_words(field: Field, value: Any, sources: Mapping[int, str]) -> str:
    """One class in words, empty without: the same on the page of one and in the list of all."""
    told = say_class(field, value, language=get_language() or "vi", sources=sources)
    if told is None or isinstance(told, str):
        return told or ""
    if isinstance(told, date):
        return day(told)
    words = number(told, 0 if float(told).is_integer() else 1)
    return _("%(days)s ngày một lần") % {"days": words} if field.key == "order_rhythm" else words


def _stage_label(classes: Classes, turn: Turn) -> str:
    return _first_large(label_of(classes, "stage", turn.stage))


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]
