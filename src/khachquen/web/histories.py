"""Merges, splits and refusals as pages tell them: a sentence each, and whom it is about."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from khachquen.unify.decisions import HistoryEntry, Refused, explain, explain_refusal
from khachquen.unify.profiles import ProfileRow, people_of_nodes
from khachquen.web.measuring import in_language
from khachquen.web.shops import source_names


@dataclass(frozen=True, slots=True)
class Told:
    """A merge, a split or a refusal in a sentence, with the people it is about."""

    words: str
    entry: HistoryEntry | Refused
    people: tuple[ProfileRow | None, ...]

    @property
    def undo_address(self) -> str:
        """Where taking it back is asked for; empty where nothing can be taken back."""
        entry = self.entry
        if isinstance(entry, Refused) or entry.is_undone or entry.decision == "undo":
            return ""
        if entry.act:
            return reverse("take_decision_back", args=[entry.act])
        return reverse("take_back", args=[entry.id]) if entry.kind == "merged" else ""

    @property
    def key(self) -> str:
        """A name for its button that is its own on the page."""
        return f"told-{getattr(self.entry, 'id', '')}"


def tell_changes(
    found: Sequence[HistoryEntry] | Sequence[Refused], *, beside: int | None = None
) -> list[Told]:
    """Each in its sentence, dated by the shop's own clock, with whom it is about."""
    if not found:
        return []
    names = source_names()
    owners = people_of_nodes({one for entry in found for one in _ends(entry)})
    return [
        Told(_sentence(entry, names), entry, _people(_ends(entry), owners, beside))
        for entry in found
    ]


def _people(
    ends: Sequence[int], owners: Mapping[int, ProfileRow], beside: int | None
) -> tuple[ProfileRow | None, ...]:
    """Everybody it is about once, but for the one whose page it is on."""
    found = {owner.id: owner for end in ends if (owner := owners.get(end))}
    return tuple(owner for number, owner in found.items() if number != beside)


def _ends(entry: HistoryEntry | Refused) -> tuple[int, ...]:
    # A person is numbered after one of their identifiers.
    if isinstance(entry, Refused):
        return entry.profile_ids
    return entry.profile_id, entry.other_id


def _sentence(entry: HistoryEntry | Refused, names: Mapping[int, str]) -> str:
    source = names.get(entry.source_id or 0, gettext("một nguồn đã xóa"))
    local: Any = entry
    if entry.told_at:
        local = dataclasses.replace(entry, told_at=timezone.localtime(entry.told_at))
    tell: Callable[[Any, str], Any] = explain_refusal if isinstance(entry, Refused) else explain
    return in_language(tell(local, source))
