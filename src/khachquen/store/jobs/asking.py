"""Asking for work, seeing how far it is, and stopping it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.base import NotFoundError, Text
from khachquen.store.jobs.models import Job

OPEN = ("asked", "running")


@dataclass(frozen=True, slots=True)
class JobView:
    """One job as it stands. ``result`` may be there before the end: what was found so far."""

    id: int
    kind: str
    subject: str
    args: Mapping[str, Any]
    state: str
    place: Any
    done: int
    total: int
    result: Any
    problem: Text | None
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN


def ask_for(
    kind: str, args: Mapping[str, Any], *, subject: str = "", by: str, at: datetime
) -> JobView:
    """Have some work done; it begins within a second or two where the engine runs.

    An open job of the same kind about the same subject is the one asked for. Call it inside the
    transaction of what it is for, with the audit entry.
    """
    found = _open_one(kind, subject) if subject else None
    row = found or Job.objects.create(
        kind=kind, subject=subject, args=dict(args), asked_by=by[:200], asked_at=at
    )
    return view(row)


def get_job(job_id: int) -> JobView:
    """One job.

    Raises:
        NotFoundError: there is none of this number (``jobs.none``).
    """
    row = Job.objects.filter(id=job_id).first()
    if row is None:
        raise NotFoundError(
            "jobs.none",
            Text(vi=f"Không có việc số {job_id}.", en=f"There is no job {job_id}."),
        )
    return view(row)


def find_latest(kind: str, subject: str = "") -> JobView | None:
    """The newest job of a kind, about a subject if one is named."""
    rows = Job.objects.filter(kind=kind, **({"subject": subject} if subject else {}))
    row = rows.order_by("-id").first()
    return view(row) if row else None


def list_jobs(*, only_open: bool = False, limit: int = 50) -> list[JobView]:
    """Jobs, the newest first."""
    rows = Job.objects.filter(state__in=OPEN) if only_open else Job.objects.all()
    return [view(row) for row in rows.order_by("-id")[:limit]]


def cancel(job_id: int, *, at: datetime) -> bool:
    """Stop a job before its next part; what its parts have written stays. False: it was over."""
    with transaction.atomic():
        rows = Job.objects.filter(id=job_id, state__in=OPEN)
        return bool(rows.update(state="cancelled", finished_at=at, place=None))


def _open_one(kind: str, subject: str) -> Job | None:
    return Job.objects.filter(kind=kind, subject=subject, state__in=OPEN).first()


def view(row: Job) -> JobView:
    problem = Text(**row.problem["words"]) if row.problem else None
    return JobView(
        id=row.pk,
        kind=row.kind,
        subject=row.subject,
        args=row.args,
        state=row.state,
        place=row.place,
        done=row.done,
        total=row.total,
        result=row.result,
        problem=problem,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
