"""Knows which refused messages were taken in again, and how far each such request has come.

A message that was quarantined and later taken in was received once: the places settled here are
taken off the counts and off the rows of refused messages. Hides the tables.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import F

from khachquen.store.models import Redrive, Redriven

__all__ = [
    "TALLIES",
    "Redrive",
    "add_tallies",
    "forget_redrive",
    "load_redrive",
    "open_redrive",
    "settle_places",
    "settled_places",
]

TALLIES = ("stored", "duplicate", "dropped", "quarantined", "repeated")
"""What may become of a message asked for: an end, refused once more, or done with before."""

_AT_ONCE = 500


def open_redrive(stream: str, *, asked: int, actor: str, at: datetime) -> None:
    """Note that so many messages were asked for, under the stream of the log they will come by."""
    Redrive.objects.create(stream=stream, asked=asked, actor=actor[:200], at=at)


def forget_redrive(stream: str) -> None:
    """Nothing came of it: its messages could not be written."""
    Redrive.objects.filter(stream=stream).delete()


def load_redrive(stream: str) -> Redrive | None:
    """A request and its tallies."""
    return Redrive.objects.filter(stream=stream).first()


def settled_places(places: Collection[str]) -> set[str]:
    """Those of the places that were taken in again already."""
    wanted = list(places)
    return {
        place
        for start in range(0, len(wanted), _AT_ONCE)
        for place in Redriven.objects.filter(
            place__in=wanted[start : start + _AT_ONCE]
        ).values_list("place", flat=True)
    }


def settle_places(places: Iterable[str], *, at: datetime) -> None:
    """Done with, once and for ever; call inside the transaction that lists their events.

    Raises:
        IntegrityError: one of them was settled before.
    """
    Redriven.objects.bulk_create((Redriven(place=place, at=at) for place in places), batch_size=500)


def add_tallies(tallies: Mapping[tuple[str, str], int]) -> None:
    """Add to what became of each stream's messages; inside the transaction that settles them."""
    for (stream, tally), n in tallies.items():
        Redrive.objects.filter(stream=stream).update(**{tally: F(tally) + n})
