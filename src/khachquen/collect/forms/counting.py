"""What became of submissions: how many were taken, and why others were not."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, F, Max, Min, Sum

from khachquen.base import Text
from khachquen.collect.forms.models import Sent, Stopped

REASONS: Mapping[str, Text] = {
    "trap": Text(vi="Điền vào ô bẫy máy", en="Filled the field only programs see"),
    "fast": Text(vi="Gửi quá nhanh", en="Sent too fast"),
    "old": Text(vi="Trang mở quá lâu, hoặc không phải trang của ta", en="Too old, or not our page"),
    "mend": Text(vi="Còn chỗ điền chưa đúng", en="Something to mend"),
}


class Result(NamedTuple):
    """What became of a form so far; ``first_at`` and ``last_at`` are of those taken."""

    sent: int
    first_at: datetime | None
    last_at: datetime | None
    stopped: Mapping[str, int]


def is_known(mark: str) -> bool:
    """Whether the same words of the same page were taken before."""
    return Sent.objects.filter(mark=mark).exists()


def note_sent(form_id: int, mark: str, *, at: datetime) -> None:
    """One submission was taken; told again it changes nothing."""
    Sent.objects.bulk_create([Sent(form_id=form_id, mark=mark, at=at)], ignore_conflicts=True)


def note_stopped(form_id: int, reason: str, *, on: date) -> None:
    """One submission was not taken."""
    with transaction.atomic():
        row, _ = Stopped.objects.get_or_create(form_id=form_id, day=on, reason=reason)
        Stopped.objects.filter(pk=row.pk).update(count=F("count") + 1)


def results(form_ids: Sequence[int]) -> dict[int, Result]:
    """For each form what became of its submissions."""
    taken = {
        row["form_id"]: row
        for row in Sent.objects.filter(form_id__in=form_ids)
        .values("form_id")
        .annotate(n=Count("pk"), first=Min("at"), last=Max("at"))
    }
    stopped: dict[int, dict[str, int]] = {form_id: {} for form_id in form_ids}
    rows = Stopped.objects.filter(form_id__in=form_ids)
    for form_id, reason, n in rows.values_list("form_id", "reason").annotate(n=Sum("count")):
        stopped[form_id][reason] = n
    nothing: dict[str, Any] = {"n": 0, "first": None, "last": None}
    return {
        one: Result(told["n"], told["first"], told["last"], stopped[one])
        for one in form_ids
        for told in (taken.get(one, nothing),)
    }
