"""Classes of some people or of everybody, with the figures they rest on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from khachquen.store import ask
from khachquen.understand.classes.course import Turn, course_of
from khachquen.understand.classes.defining import (
    current_classes,
    newest_scores,
    shop_clock,
    shop_currency,
)
from khachquen.understand.query import build_catalogue
from khachquen.understand.query.classes import Classes
from khachquen.understand.query.classing import compile_classes
from khachquen.understand.query.usual import compile_habits
from khachquen.unify.mirror import nodes_of, order_keys_of
from khachquen.unify.profiles import list_orders

__all__ = ["PersonClasses", "classes_of", "classes_of_person"]

_MOST_ORDERS = 2_000


@dataclass(frozen=True, slots=True)
class PersonClasses:
    """The classes of one person: ``values`` by key as questions know them, with the figures they
    rest on; ``course``, every stage with its date and cause, the earliest first; ``classes``, by
    which definitions, and since when the scores begin where they do."""

    values: Mapping[str, Any]
    course: Sequence[Turn]
    classes: Classes
    scored_at: datetime | None


def classes_of_person(profile_id: int, *, now: datetime) -> PersonClasses:
    """Everything the classes say of somebody. The course is of now; the rest follows the lake,
    a second or two behind."""
    classes, scores = current_classes(), newest_scores()
    orders = list_orders(profile_id, limit=_MOST_ORDERS)
    moments = [one.placed_at for one in orders if one.placed_at and not one.cancelled_at]
    values = classes_of([profile_id], now=now).get(profile_id, {}) if moments else {}
    course = course_of(moments, classes, now=now)
    return PersonClasses(values, course, classes, scores.at if scores and scores.cuts else None)


def classes_of(
    profile_ids: Collection[int] | None, *, now: datetime, with_habits: bool = True
) -> dict[int, Mapping[str, Any]]:
    """Person → classes, habits and figures by key; who never bought is left out.

    Of everybody when no people are named: 1 s a million people and more. Of a page of people it
    reads their rows and, ``with_habits``, the events of their orders.
    """
    classes = current_classes()
    at: dict[str, Any] = {"now": now, "timezone": shop_clock()}
    people = None if profile_ids is None else sorted(set(profile_ids))
    if people == []:
        return {}
    told = ask(compile_classes(classes, currency=shop_currency(), people=people, **at)).dicts()
    found = {row["profile_id"]: dict(row) for row in told}
    if not with_habits:
        return {**found}
    numbers = () if people is None else _numbers(found)
    if people is not None and not numbers:
        return {**found}
    catalogue = build_catalogue([], [], classes=classes)
    asked = list(found) if people is not None else None
    for row in ask(compile_habits(catalogue, people=asked, numbers=numbers, **at)).dicts():
        if row["profile_id"] in found:
            found[row["profile_id"]] |= row
    return {**found}


def _numbers(profile_ids: Collection[int]) -> list[str]:
    return sorted({number for _, number in order_keys_of(list(nodes_of(profile_ids)))})
