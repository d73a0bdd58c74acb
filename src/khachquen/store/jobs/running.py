"""Doing the work: one part of one job at a time, and going on after whatever happened.

A kind of work is a generator: it is given the job, and each of its parts ends with a ``Step``. The
generator lives as long as the engine; what a step says of its place is kept, so that an engine that
comes after gives the job, with the place, to a new generator.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from khachquen.base import KhachQuenError, Text
from khachquen.store.jobs.asking import OPEN, JobView, view
from khachquen.store.jobs.models import Job

_log = logging.getLogger(__name__)
_MOST_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Step:
    """How far a job is after one part of it.

    ``place`` is where a new generator goes on; None leaves it where it was. ``write`` is called
    inside the transaction that keeps the place, so what it writes is written once whatever happens.
    ``result`` is what the job gives, or gave so far; the last one said stays.
    """

    done: int = 0
    total: int = 0
    place: Any = None
    result: Any = None
    write: Callable[[], None] | None = None


Work = Callable[[JobView], Iterator[Step]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work. While an ``is_exclusive`` one is open nothing else is done, and it is not
    stopped half way."""

    name: str
    work: Work
    is_exclusive: bool = False


@dataclass(slots=True)
class Runner:
    """Does what was asked for. Only the engine has one."""

    kinds: Mapping[str, Kind]
    where: Callable[[BaseException], str] = repr  # the place of a mistake, without its words
    is_passing: Callable[[Exception], bool] = lambda error: False
    _running: dict[int, Iterator[Step]] = field(default_factory=dict)

    def is_exclusive(self) -> bool:
        """Whether work is open beside which nothing else may be done."""
        names = [kind.name for kind in self.kinds.values() if kind.is_exclusive]
        return Job.objects.filter(state__in=OPEN, kind__in=names).exists()

    def advance(self, now: datetime) -> bool:
        """One part of the job that waited longest; False when there is nothing to do.

        A job that fails ends with its reason. When time may mend it (a full disk), it is begun
        anew from its place by the next call.

        Raises:
            Exception: what ``is_passing`` says time may mend.
        """
        row = self._next()
        if row is None:
            self._running.clear()
            return False
        try:
            self._do_part(row, now)
        except Exception as error:
            self._running.pop(row.pk, None)
            if self.is_passing(error):
                raise
            self._fail(row, error, now)
        return True

    def _next(self) -> Job | None:
        names = [kind.name for kind in self.kinds.values() if kind.is_exclusive]
        waiting = Job.objects.filter(state__in=OPEN)
        first = waiting.filter(kind__in=names).order_by("id").first() if names else None
        return first or waiting.order_by(F("beat_at").asc(nulls_first=True), "id").first()

    def _do_part(self, row: Job, now: datetime) -> None:
        work = self._running.get(row.pk) or self._begin(row, now)
        step = next(work, None)
        with transaction.atomic():
            kept = Job.objects.select_for_update().filter(id=row.pk, state__in=OPEN).first()
            if kept is None:  # cancelled meanwhile: what the part would have written is not
                self._forget(row.pk)
                return
            kept.beat_at = now
            if step is None:
                kept.state, kept.finished_at, kept.place = "done", now, None
            else:
                self._keep(kept, step)
            kept.save()
        if step is None:
            self._forget(row.pk)

    def _begin(self, row: Job, now: datetime) -> Iterator[Step]:
        if row.kind not in self.kinds:
            raise KeyError(row.kind)
        if row.attempts >= _MOST_ATTEMPTS:
            raise RecursionError(row.kind)
        row.attempts += 1
        row.started_at = row.started_at or now
        row.state = "running"
        row.save(update_fields=["attempts", "started_at", "state"])
        self._running[row.pk] = self.kinds[row.kind].work(view(row))
        return self._running[row.pk]

    @staticmethod
    def _keep(row: Job, step: Step) -> None:
        row.done, row.total = step.done, step.total
        if step.place is not None and step.place != row.place:
            row.place, row.attempts = step.place, 1  # it gets on
        if step.result is not None:
            row.result = step.result
        if step.write:
            step.write()

    def _fail(self, row: Job, error: Exception, now: datetime) -> None:
        is_ours = isinstance(error, KhachQuenError)
        if not is_ours:
            _log.error("Job %d (%s) ended with %s", row.pk, row.kind, self.where(error))
        code, words = (error.code, error.message) if isinstance(error, KhachQuenError) else _BROKEN
        problem = {"code": code, "words": {"vi": words.vi, "en": words.en}}
        rows = Job.objects.filter(id=row.pk, state__in=OPEN)
        rows.update(state="failed", problem=problem, finished_at=now, place=None)

    def _forget(self, job_id: int) -> None:
        self._running.pop(job_id, None)


_BROKEN = (
    "jobs.broken",
    Text(
        vi="Việc dừng vì một lỗi của chương trình; nhật ký máy chủ ghi lỗi ở đâu.",
        en="It ended with a mistake of ours; the server's log says where.",
    ),
)
