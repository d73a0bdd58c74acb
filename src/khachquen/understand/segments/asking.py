"""Questions about members, each with its SQL in ``sql/<name>.sql``."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from khachquen.store.engine import Question
from khachquen.understand.statements import read_statement

__all__ = [
    "PARTS",
    "changes",
    "changes_after",
    "changes_of_person",
    "common_categories",
    "compare",
    "members",
    "numbers",
    "overlap",
    "segments_of_person",
]

_MOST = 1000
PARTS = ("only_one", "both", "only_other")
"""What two segments make: who is in the one only, in both, in the other only."""


def members(segment_id: int, *, after: int = 0, limit: int = 50) -> Question:
    """Who belongs, by number from after one on: since when, by what, and who they are."""
    return _question("members", {"segment": segment_id, "after": after, "limit": _few(limit)})


def numbers(segment_id: int, *, by: datetime, after: int = 0, limit: int = 20_000) -> Question:
    """The numbers of those who belong and did at an instant, in order, from after one on."""
    return _question("numbers", {"segment": segment_id, "by": by, "after": after, "limit": limit})


def changes(segment_id: int, *, before: tuple[int, int] | None = None, limit: int = 50) -> Question:
    """Who entered and left, the latest first, from before a (``seq``, ``profile_id``) on; and who
    they are, if they still are somebody by that number."""
    seq, profile_id = before or (None, None)
    told = {"segment": segment_id, "before_seq": seq, "before_profile": profile_id}
    return _question("changes", told | {"limit": _few(limit)})


def changes_after(
    place: tuple[int, int, int],
    *,
    upto: int,
    segments: Collection[int] = (),
    ways: Collection[bool] = (True, False),
    limit: int = 500,
) -> Question:
    """Who entered (True) and left (False) these segments, or any, after a place (``seq``,
    ``segment_id``, ``profile_id``) and up to a commit, in the order it was written."""
    seq, segment_id, profile_id = place
    told: dict[str, object] = {"seq": seq, "segment": segment_id, "person": profile_id}
    told |= {"upto": upto, "segments": list(segments), "is_any": not segments}
    return _question("changes_after", told | {"ways": list(ways), "limit": _few(limit)})


def changes_of_person(
    profile_id: int, *, before: tuple[int, int] | None = None, limit: int = 20
) -> Question:
    """What somebody entered and left, the latest first, from before a (``seq``, ``segment_id``)."""
    seq, segment_id = before or (None, None)
    told = {"profile_id": profile_id, "before_seq": seq, "before_segment": segment_id}
    return _question("of_person_changes", told | {"limit": _few(limit)})


def overlap(one: int, other: int) -> Question:
    """One row: how many belong to ``both``, ``only_one`` or ``only_other`` of two segments."""
    return _question("overlap", {"one": one, "other": other})


def compare(one: int, other: int, *, now: datetime) -> Question:
    """A row a part that has people: how many, buyers, orders, spent, reachable, days of silence."""
    at = now.astimezone(UTC).replace(tzinfo=None)
    return _question("compare", {"one": one, "other": other, "now": at})


def common_categories(one: int, other: int) -> Question:
    """A row a part: the ``category`` most people of it bought from, and how many did.

    Reads every order.
    """
    return _question("common", {"one": one, "other": other})


def segments_of_person(profile_id: int) -> Question:
    """The segments somebody belongs to now, since when and by what."""
    return _question("of_person", {"profile_id": profile_id})


def _question(name: str, params: Mapping[str, object]) -> Question:
    return Question(f"segments.{name}", read_statement("segments", name), params)


def _few(limit: int) -> int:
    return max(1, min(limit, _MOST))
