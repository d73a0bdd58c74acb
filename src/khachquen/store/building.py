"""How far a dataset is that is made from everything there is, a part at a time."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from khachquen.store.models import Building

__all__ = ["Built", "advance", "begin_building", "read_building"]


@dataclass(frozen=True, slots=True)
class Built:
    """``of`` is what it is made of; ``cursor`` is the last one that is done."""

    of: str
    cursor: int
    done: int
    total: int
    is_finished: bool


def read_building(dataset: str) -> Built | None:
    """How far it is; None when it never began."""
    found = Building.objects.filter(dataset=dataset).first()
    if found is None:
        return None
    return Built(
        found.of, found.cursor, found.done, found.total, is_finished=found.finished_at is not None
    )


def begin_building(dataset: str, of: str, *, total: int, at: datetime) -> Built:
    """Begin from the first; what was made of something else stands until it is made anew."""
    told = {"of": of, "started_at": at, "finished_at": None, "cursor": 0, "done": 0, "total": total}
    Building.objects.update_or_create(dataset=dataset, defaults=told)
    return Built(of, 0, 0, total, is_finished=False)


def advance(dataset: str, *, cursor: int | None, done: int, at: datetime) -> None:
    """A part is done; without a ``cursor`` there was none left. Call in its transaction."""
    row = Building.objects.filter(dataset=dataset)
    if cursor is None:
        row.update(finished_at=at)
    else:
        row.update(cursor=cursor, done=F("done") + done)
