"""The shop's classes changed: not while a segment asks for what would go, and scored at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from khachquen.base import ConflictError, Text
from khachquen.understand.classes import (
    VersionView,
    current_version,
    get_version,
    save_classes,
    score,
)
from khachquen.understand.classes.data import as_data, read_classes
from khachquen.understand.query.classes import Classes, RfmClass, Tier
from khachquen.understand.segments import list_segments
from khachquen.understand.segments.rules import values_of


def change_classes(
    told: Mapping[str, Any], *, after: int, actor: str, at: datetime, note: str = ""
) -> VersionView:
    """Let other definitions hold; live segments follow within seconds.

    Raises:
        InputError, ConflictError: as ``save_classes``; or a segment asks for a class that is no
            more (``classes.in_use``).
    """
    _refuse_used(current_version().classes, read_classes(told))
    made = save_classes(told, after=after, actor=actor, at=at, note=note)
    score(at)
    return made


def put_classes_back(number: int, *, actor: str, at: datetime) -> VersionView:
    """Let an earlier version hold again, as a new one.

    Raises:
        NotFoundError: there is no such version (``classes.unknown_version``).
        ConflictError: as ``change_classes``.
    """
    told, now = get_version(number), current_version().number
    note = Text(vi=f"Đặt lại bản {number}", en=f"Version {number} again").vi
    return change_classes(as_data(told.classes), after=now, actor=actor, at=at, note=note)


def _refuse_used(was: Classes, becomes: Classes) -> None:
    kinds: dict[str, tuple[Sequence[Tier | RfmClass], Sequence[Tier | RfmClass]]] = {
        "value_tier": (was.tiers, becomes.tiers),
        "rfm": (was.rfm, becomes.rfm),
    }
    for trait, (before, after) in kinds.items():
        stays = {one.key for one in after}
        gone = {one.key: one.label for one in before if one.key not in stays}
        for segment in list_segments() if gone else ():
            for key in values_of(segment.rule, trait) & gone.keys():
                raise _in_use(gone[key], segment.name)


def _in_use(label: Text, segment: str) -> ConflictError:
    return ConflictError(
        "classes.in_use",
        Text(
            vi=f"Phân khúc “{segment}” đang hỏi nhóm “{label.vi}”.",
            en=f"The segment “{segment}” asks for the class “{label.en}”.",
        ),
        hint=Text(vi="Sửa phân khúc đó trước.", en="Change that segment first."),
    )
