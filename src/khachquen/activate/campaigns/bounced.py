"""Addresses that must be written to no more, by what became of their letters, and letters that were
refused at the door for that: their servers said at once what others write back."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Count, Q

from khachquen.activate.campaigns.models import Outcome, Recipient, Sighting
from khachquen.activate.channels.email.reports import classify
from khachquen.activate.returned.rules import SoftRule, are_too_many

__all__ = ["Refused", "ToSilence", "find_to_silence", "list_refused"]

_CHUNK = 500
_FEW = 20  # letters of a run from which on a share of them says something of the server
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Refused:
    """A letter its server would not take because nobody lives there; what it said, and when."""

    recipient_id: int
    words: str
    at: datetime


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


def list_refused(
    after: tuple[datetime, int], *, most: int
) -> tuple[list[Refused], tuple[datetime, int] | None]:
    """Of so many letters that ended so after that place those nobody heard of yet; and the place to
    go on from, while there are more.

    A server that says so of every second letter of a run is wrong, not they: it is not believed.
    """
    rows = Recipient.objects.filter(state="failed", reason="bad_address", run__channel="email")
    later = rows.filter(Q(ended_at__gt=after[0]) | Q(ended_at=after[0], pk__gt=after[1]))
    columns = ("pk", "run_id", "reply", "ended_at")
    found = list(later.order_by("ended_at", "pk").values_list(*columns)[:most])
    heard = Outcome.objects.filter(kind="bounced", recipient_id__in=[one[0] for one in found])
    known = set(heard.values_list("recipient_id", flat=True))
    wrong = _refused_by_all({run for _, run, *_ in found})
    new = [
        Refused(pk, reply, at)
        for pk, run, reply, at in found
        if pk not in known and run not in wrong and classify("", reply) == "hard"
    ]
    return new, (found[-1][3], found[-1][0]) if len(found) == most else None


def _refused_by_all(runs: Collection[int]) -> set[int]:
    answered = Recipient.objects.filter(run_id__in=runs, state__in=("sent", "failed"))
    refused = Count("pk", filter=Q(reason="bad_address"))
    counted = answered.values_list("run_id").annotate(all=Count("pk"), refused=refused).order_by()
    return {run for run, many, gone in counted if gone >= _FEW and 2 * gone > many}


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
