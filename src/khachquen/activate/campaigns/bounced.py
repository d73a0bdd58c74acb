"""Addresses that must be written to no more, by what became of their letters."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from khachquen.activate.campaigns.models import Outcome, Sighting
from khachquen.activate.returned.rules import SoftRule, are_too_many

__all__ = ["ToSilence", "find_to_silence"]

_CHUNK = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ToSilence:
    """Addresses nobody takes mail at, and those whose owners complained."""

    bounced: frozenset[str]
    complained: frozenset[str]


def find_to_silence(letters: Collection[int], rule: SoftRule) -> ToSilence:
    """What holds now of the addresses these letters went to: so it does not matter in which order
    their news came, nor how often. A policy silences nobody."""
    hard = _addresses(letters, "bounced", "hard")
    soft = _addresses(letters, "bounced", "soft") - hard
    complained = _addresses(letters, "complained", "")
    return ToSilence(frozenset(hard | _given_up(soft, rule)), frozenset(complained))


def _addresses(letters: Collection[int], kind: str, detail: str) -> set[str]:
    found: set[str] = set()
    for some in _few(sorted(letters)):
        rows = Outcome.objects.filter(recipient_id__in=some, kind=kind, detail=detail)
        found.update(rows.values_list("recipient__address", flat=True))
    return found - {""}


def _given_up(addresses: Collection[str], rule: SoftRule) -> set[str]:
    """Those letters came back from too often, by all their letters that did."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for some in _few(sorted(addresses)):
        rows = Sighting.objects.filter(
            recipient__address__in=some,
            recipient__reserved_at__isnull=False,
            kind="bounced",
            detail="soft",
        )
        for address, at in rows.values_list("recipient__address", "at"):
            times[address].append(at)
    return {address for address, each in times.items() if are_too_many(each, rule)}


def _few(ordered: list[_T]) -> Iterator[list[_T]]:
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
