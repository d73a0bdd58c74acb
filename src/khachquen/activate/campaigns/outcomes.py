"""What became of letters after they left: rows folded from what was seen of them.

A sighting is kept once and never changed; the outcomes of a letter are made of all its sightings
anew each time. So the order they come in does not matter, the same event twice is one, and a click
that shows an earlier one to have been a machine's corrects it.

They are counted by ``outcome_counts``. Only ingest calls ``record``, with what a witness of ours
said in events (``flows.tracking``).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from khachquen.activate.campaigns.machines import Seen, judge
from khachquen.activate.campaigns.models import Outcome, Recipient, Sighting

__all__ = [
    "KINDS",
    "Heard",
    "Letter",
    "find_letters",
    "find_unsubscribed",
    "foresee",
    "opened_by",
    "record",
]

KINDS = ("delivered", "opened", "clicked", "bounced", "complained", "unsubscribed")
_CHUNK = 500
_LEFT = ("sent", "unknown", "wire")  # or may have
_Row = tuple[str, bool, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """What an event said of one letter. ``key`` is the event's own, so that it counts once;
    ``detail`` is the number of the link, or hard, soft, policy of a bounce."""

    recipient_id: int
    kind: str
    key: str
    at: datetime
    detail: str = ""
    seen_as: str = ""
    links: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """What one letter was; ``is_tracked`` as its reader agreed when it left."""

    id: int
    run_id: int
    campaign_id: int
    campaign_name: str
    subject: str
    person_id: int
    address: str
    is_tracked: bool


def find_letters(numbers: Iterable[int]) -> dict[int, Letter]:
    """Number → the letter; numbers nobody knows are left out."""
    found: dict[int, Letter] = {}
    columns = ("pk", "run_id", "run__campaign_id", "run__campaign__name", "run__subject",
               "person_id", "address", "is_tracked")  # fmt: skip
    for some in _few(set(numbers)):
        rows = Recipient.objects.filter(pk__in=some).exclude(address="")
        found |= {row[0]: Letter(*row) for row in rows.values_list(*columns)}
    return found


def find_unsubscribed(campaign_id: int, address: str) -> int | None:
    """The newest letter of a campaign that went to an address: the one somebody had enough of.

    Among what the address had, which is little; by the campaign, SQLite goes through all its rows.
    """
    had = Recipient.objects.filter(address=address.lower(), reserved_at__isnull=False)
    rows = had.order_by("-pk").values_list("pk", "state", "run__campaign_id")
    left = (pk for pk, state, of in rows if of == campaign_id and state in _LEFT)
    return next(left, None)


def record(heard: Iterable[Heard]) -> set[int]:
    """Keep what was seen, and make the outcomes of these letters anew; whose there are.

    Letters nobody knows are passed over. Call it in the transaction that makes the events visible.
    """
    told = [one for one in heard if one.kind in KINDS]
    if not told:
        return set()
    known: set[int] = set()
    for some in _few({one.recipient_id for one in told}):
        known.update(Recipient.objects.filter(pk__in=some).values_list("pk", flat=True))
    rows = [
        Sighting(
            recipient_id=one.recipient_id,
            key=one.key,
            kind=one.kind,
            detail=one.detail,
            seen_as=one.seen_as,
            links=one.links,
            at=one.at,
        )
        for one in told
        if one.recipient_id in known
    ]
    Sighting.objects.bulk_create(rows, batch_size=_CHUNK, ignore_conflicts=True)
    fold(known)
    return known


def foresee(heard: Sequence[Heard], ahead: Iterable[Heard] = ()) -> list[str]:
    """Why each of these would be a machine's, by all that is known of its letter so far, these, and
    what comes right behind them; "" is a person's. Nothing is kept."""
    letters = sorted({one.recipient_id for one in heard})
    seen, left = _seen(letters), _left(letters)
    told = {one.key for one in heard}
    places: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(heard):
        places[one.recipient_id].append(place)
    for one in ahead:
        if one.key not in told:
            seen[one.recipient_id].append((one.key, _as_seen(one)))
    found = [""] * len(heard)
    for letter, own in places.items():
        new = [_as_seen(heard[place]) for place in own]
        before = [one for key, one in seen[letter] if key not in told]
        reasons = judge([*new, *before], left.get(letter))
        for place, reason in zip(own, reasons, strict=False):
            found[place] = reason
    return found


def fold(recipients: Iterable[int]) -> None:
    """The outcomes of these letters, made of all that was seen of them; what is so already stays
    untouched."""
    for some in _few(recipients):
        seen, left = _seen(some), _left(some)
        wanted = {
            (letter, *row): _sum(times)
            for letter, left_at in left.items()
            for row, times in _folded([one for _, one in seen[letter]], left_at).items()
        }
        _save(some, wanted)


def _seen(letters: Sequence[int]) -> dict[int, list[tuple[str, Seen]]]:
    found: dict[int, list[tuple[str, Seen]]] = defaultdict(list)
    for some in _few(letters):
        told = Sighting.objects.filter(recipient_id__in=some).order_by("pk")
        columns = ("recipient_id", "key", "kind", "at", "detail", "seen_as", "links")
        for letter, key, *rest in told.values_list(*columns):
            found[letter].append((key, Seen(*rest)))
    return found


def _left(letters: Sequence[int]) -> dict[int, datetime | None]:
    """When each of the letters left; of one whose end nobody knows, when it was taken: what is
    written down of it later is when somebody noticed, and must not change what was found before."""
    found: dict[int, datetime | None] = {}
    for some in _few(letters):
        rows = Recipient.objects.filter(pk__in=some)
        columns = rows.values_list("pk", "state", "ended_at", "reserved_at")
        found |= {
            letter: ended if state == "sent" or reserved is None else reserved
            for letter, state, ended, reserved in columns
        }
    return found


def _as_seen(one: Heard) -> Seen:
    return Seen(one.kind, one.at, one.detail, one.seen_as, one.links)


def _folded(seen: Sequence[Seen], left_at: datetime | None) -> dict[_Row, list[datetime]]:
    found: dict[_Row, list[datetime]] = defaultdict(list)
    for one, reason in zip(seen, judge(seen, left_at), strict=True):
        detail = "" if one.kind == "opened" else one.detail
        found[one.kind, bool(reason), detail].append(one.at)
    return found


def _few(recipients: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(recipients)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def _sum(times: Sequence[datetime]) -> tuple[datetime, datetime, int]:
    return min(times), max(times), len(times)


def _save(
    some: Sequence[int],
    wanted: dict[tuple[int, str, bool, str], tuple[datetime, datetime, int]],
) -> None:
    gone = []
    for row in Outcome.objects.filter(recipient_id__in=some):
        key = (row.recipient_id, row.kind, row.is_machine, row.detail)
        if key not in wanted:
            gone.append(row.pk)
        elif wanted[key] == (row.first_at, row.last_at, row.times):
            del wanted[key]
    Outcome.objects.filter(pk__in=gone).delete()
    rows = [
        Outcome(
            recipient_id=number,
            kind=kind,
            is_machine=is_machine,
            detail=detail,
            first_at=first,
            last_at=last,
            times=times,
        )
        for (number, kind, is_machine, detail), (first, last, times) in wanted.items()
    ]
    Outcome.objects.bulk_create(
        rows,
        batch_size=_CHUNK,
        update_conflicts=True,
        unique_fields=["recipient", "kind", "is_machine", "detail"],
        update_fields=["first_at", "last_at", "times"],
    )


def opened_by(run_id: int) -> set[int]:
    """The people who opened a letter of the run, or clicked in it and so must have. What machines
    did is left out: of whom only a machine was seen, nobody knows."""
    rows = Outcome.objects.filter(
        recipient__run_id=run_id, kind__in=("opened", "clicked"), is_machine=False
    )
    return set(rows.values_list("recipient__person_id", flat=True))
