"""How this shop classifies: read, changed, put back; and scored, once a day and when asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from khachquen.base import ConflictError, NotFoundError, Text
from khachquen.govern import get_shop, record_audit
from khachquen.store import ask
from khachquen.understand.classes.data import (
    as_data,
    cuts_as_data,
    read_classes,
    read_cuts_data,
)
from khachquen.understand.classes.models import Scored, Version
from khachquen.understand.query.classes import DEFAULT_CLASSES, Classes, Cuts
from khachquen.understand.query.classing import compile_cuts, read_cuts
from khachquen.understand.query.windows import Moment

_TIMEZONE = "Asia/Ho_Chi_Minh"
_KEPT = 400
_AGAIN = timedelta(minutes=10)
"""How soon a shop without buyers is looked at again."""


@dataclass(frozen=True, slots=True)
class VersionView:
    """How the shop classified from ``at`` on; number 0 is what KhachQuen comes with."""

    number: int
    classes: Classes
    at: datetime | None
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class ScoresView:
    """The quintiles as of a moment, over how many people who bought."""

    at: datetime
    people: int
    cuts: Cuts | None


def current_classes() -> Classes:
    """As it holds now, with the newest cuts of the scores; two short queries."""
    scores = newest_scores()
    return replace(current_version().classes, cuts=scores.cuts if scores else None)


def classes_mark() -> str:
    """Another one whenever somebody's class may be another without anything new about them."""
    numbers = Version.objects.order_by("-number").values_list("number", flat=True)
    scored = Scored.objects.order_by("-pk").values_list("pk", flat=True)
    return f"{numbers.first() or 0} {scored.first() or 0}"


def current_version() -> VersionView:
    """What holds now."""
    row = Version.objects.order_by("-number").first()
    return _view(row) if row else VersionView(0, DEFAULT_CLASSES, None, "", "")


def list_versions() -> list[VersionView]:
    """Everything that ever held, the newest first; last what KhachQuen comes with."""
    rows = Version.objects.order_by("-number")
    return [*map(_view, rows), VersionView(0, DEFAULT_CLASSES, None, "", "")]


def get_version(number: int) -> VersionView:
    """One of them.

    Raises:
        NotFoundError: there is none (``classes.unknown_version``).
    """
    found = next((one for one in list_versions() if one.number == number), None)
    if found is None:
        raise NotFoundError(
            "classes.unknown_version",
            Text(vi=f"Không có bản số {number}.", en=f"There is no version {number}."),
        )
    return found


def save_classes(
    told: Mapping[str, Any], *, after: int, actor: str, at: datetime, note: str = ""
) -> VersionView:
    """Let other definitions hold from now on; the same ones make no new version.

    ``after`` is the version they were made from.

    Raises:
        InputError: as ``read_classes``.
        ConflictError: somebody saved another one meanwhile (``classes.changed_meanwhile``).
    """
    classes = read_classes(told)
    with transaction.atomic():
        known = current_version()
        if known.number != after:
            raise _changed_meanwhile()
        if as_data(classes) == as_data(known.classes):
            return known
        row = Version.objects.create(
            number=known.number + 1,
            told=as_data(classes),
            at=at,
            by=actor[:200],
            note=note.strip()[:300],
        )
        detail = {"version": row.number, "note": row.note}
        record_audit(actor=actor, action="classes.change", subject="classes", detail=detail, at=at)
    return _view(row)


def newest_scores() -> ScoresView | None:
    """Where the scores begin, and since when; None before anybody was scored."""
    row = Scored.objects.order_by("-pk").first()
    return ScoresView(row.at, row.people, read_cuts_data(row.cuts)) if row else None


def are_scores_due(now: datetime) -> bool:
    """Once a day, from the shop's midnight on; every ten minutes while nobody has bought."""
    scores = newest_scores()
    if scores is None:
        return True
    if scores.cuts is None:
        return now >= scores.at + _AGAIN
    return now >= Moment(scores.at, shop_clock()).next_midnight()


def score(now: datetime) -> ScoresView:
    """Cut everybody who bought into fifths anew; one question, 0.1 s a million people."""
    told = ask(compile_cuts(now=now, timezone=shop_clock()))
    cuts, people = read_cuts(told), int(told.dicts()[0]["people"])
    with transaction.atomic():
        kept = Scored.objects.create(at=now, people=people, cuts=cuts_as_data(cuts))
        Scored.objects.filter(pk__lte=kept.pk - _KEPT).delete()
    return ScoresView(now, people, cuts)


def _view(row: Version) -> VersionView:
    return VersionView(row.number, read_classes(row.told), row.at, row.by, row.note)


def shop_clock() -> str:
    """Whose midnight the days turn at."""
    shop = get_shop()
    return shop.timezone if shop else _TIMEZONE


def shop_currency() -> str:
    """What tiers are counted in."""
    shop = get_shop()
    return shop.currency if shop else "VND"


def _changed_meanwhile() -> ConflictError:
    return ConflictError(
        "classes.changed_meanwhile",
        Text(
            vi="Ai đó vừa đổi cách phân loại trong lúc bạn đang sửa.",
            en="Somebody changed the classes while you were changing them.",
        ),
        hint=Text(
            vi="Mở lại trang để sửa từ bản mới.", en="Open the page again and change the newer one."
        ),
    )
