"""The queue of probable matches kept up: runs when they are due, newcomers as they come, automatic
joins where they are allowed. The engine calls it in its rests.

Comparing is done in a second process (``flows.comparing``); here are only short transactions.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from khachquen.base import Clock, Config, ConflictError, KhachQuenError, Progress, silent
from khachquen.flows.comparing import Compared, Comparing, has_lookup, read_progress, work
from khachquen.flows.reviewing import join_by_itself
from khachquen.flows.taking_in import where
from khachquen.govern import get_shop
from khachquen.store import Beside
from khachquen.unify.identity import rules_of
from khachquen.unify.suggestions.automatic import list_automatic
from khachquen.unify.suggestions.keeping import (
    close_unfound,
    keep_found,
    mark_of_changes,
    settle,
)
from khachquen.unify.suggestions.runs import (
    RunView,
    begin_run,
    cancel_run,
    fail_run,
    find_run,
    finish_run,
    is_due,
    latest_whole_run,
    newcomers_after,
    note_looked_to,
    note_progress,
    open_run,
    request_run,
)

_log = logging.getLogger(__name__)
_NICE = 15
_AT_ONCE = 20  # newcomers in one job: a third of a second of the second process
_BACKLOG = 2_000
_JOINS = 3  # in one rest
_SETTLE_EVERY = timedelta(seconds=5)
_DUE_EVERY = timedelta(minutes=1)
_IDLE_FOR = timedelta(minutes=1)
_NEVER = datetime.min.replace(tzinfo=UTC)


class SecondProcess(Protocol):
    """What ``store.Beside`` offers: one job at a time, asked for and looked after."""

    def ask(self, *given: object, **named: object) -> None: ...
    def is_done(self) -> bool: ...
    def answer(self) -> Any: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Job:
    run: RunView
    up_to: int = 0  # the newest identifier looked up; 0 for a run

    @property
    def is_run(self) -> bool:
        return not self.up_to


class Suggesting:
    """One part of the work a call; nothing is lost when the process dies between two.

    A run that was under way then is begun anew. ``beside`` is where comparing is done.
    """

    def __init__(self, config: Config, *, beside: SecondProcess | None = None):
        self._config, self._matching = config, config.matching
        self._comparing = Comparing(
            config.data,
            str(connection.settings_dict["NAME"]),
            join_at=config.matching.join_at,
            ask_at=config.matching.ask_at,
            memory_mb=config.matching.memory_mb,
            threads=config.lake.threads,
        )
        self._beside = beside or Beside(f"{work.__module__}:{work.__name__}", nice=_NICE)
        self._job: _Job | None = None
        self._mark: object = None
        self._settled_at = self._due_at = self._used_at = _NEVER
        self._automatic: deque[int] | None = None
        self._looked_to = 0

    def close(self) -> None:
        """End the second process; what it was doing is given up."""
        self._job = None
        self._beside.close()

    def tend(self, now: datetime) -> None:
        """One part of what there is to do. A mistake in here ends the run, never the engine."""
        try:
            self._tend(now)
        except Exception as error:
            _log.error("Comparing people ended with %s", where(error))
            self._give_up(now, where(error))

    def _tend(self, now: datetime) -> None:
        if self._job:
            self._follow(self._job, now)
            return
        if self._settle(now) or self._join(now):
            return
        if run := open_run():
            self._begin(run, now)
        elif self._is_time("_due_at", now, _DUE_EVERY) and is_due(
            now, hour=_shop_hour(now, self._config)
        ):
            request_run(actor="", at=now)
        else:
            self._look_up(now)

    def _begin(self, run: RunView, now: datetime) -> None:
        begin_run(run.id, now)
        self._beside.close()  # what look-ups hold is let go
        self._beside.ask("everybody", self._comparing)
        self._job = _Job(run)

    def _follow(self, job: _Job, now: datetime) -> None:
        """See to the job: cancelled, not yet done, or what it gave."""
        if job.is_run:
            open_one = open_run()
            if open_one is None or open_one.id != job.run.id:
                self.close()
                return
            if not self._beside.is_done():
                told = read_progress(self._comparing.data)
                if told and told != (open_one.step, open_one.done, open_one.total):
                    note_progress(job.run.id, *told)
                return
        if not self._beside.is_done():
            return
        self._job = None
        try:
            given = self._beside.answer()
        except (KhachQuenError, ChildProcessError) as error:
            code = error.code if isinstance(error, KhachQuenError) else "matching.process_ended"
            self._give_up(now, code)
            return
        if job.is_run:
            self._take_run(job.run, given, now)
        else:
            keep_found(given, run_id=job.run.id, by="online", at=now)
            note_looked_to(job.run.id, job.up_to)

    def _take_run(self, run: RunView, found: Compared, now: datetime) -> None:
        begun = open_run() or run
        with transaction.atomic():
            suggested = keep_found(found.found, run_id=run.id, by="run", at=now)
            close_unfound(run.id, top_node=begun.top_node, at=now)
            finish_run(
                run.id,
                at=now,
                people=found.people,
                pairs=found.pairs,
                suggested=suggested,
                learned_from=found.learned_from,
            )
        settle(now, everything=True)
        self._automatic, self._looked_to = None, 0
        self._beside.close()  # gives the memory of a run back

    def _settle(self, now: datetime) -> bool:
        """Close what was answered elsewhere, where anybody was joined, split or decided about."""
        if not self._is_time("_settled_at", now, _SETTLE_EVERY):
            return False
        mark = mark_of_changes()
        if mark == self._mark:
            return False
        self._mark = mark
        return settle(now) > 0

    def _join(self, now: datetime) -> bool:
        """The next automatic joins, where the operator allows them."""
        if not self._matching.join_by_itself:
            return False
        if self._automatic is None:
            self._automatic = deque(list_automatic(self._matching.join_at))
        chosen = [self._automatic.popleft() for _ in range(min(_JOINS, len(self._automatic)))]
        if not chosen:
            return False
        rules = rules_of(self._config.data)
        return sum(join_by_itself(number, rules, now) for number in chosen) > 0

    def _look_up(self, now: datetime) -> None:
        """Newcomers against those the last run compared; of too many the oldest wait for a run."""
        run = latest_whole_run()
        if run is None or not has_lookup(self._comparing.data):
            return
        after = max(run.looked_to, self._looked_to)
        new = newcomers_after(after, limit=_AT_ONCE, backlog=_BACKLOG)
        if new and new.profile_ids:
            self._beside.ask("newcomers", self._comparing, new.profile_ids)
            self._job, self._used_at = _Job(run, new.up_to), now
        elif self._is_time("_used_at", now, _IDLE_FOR):
            self._beside.close()
        self._looked_to = new.up_to if new else after

    def _give_up(self, now: datetime, trouble: str) -> None:
        fail_run(now, trouble=trouble)
        self.close()

    def _is_time(self, name: str, now: datetime, every: timedelta) -> bool:
        """Whether so long has passed since the last time; then it counts from now."""
        if timedelta(0) <= now - getattr(self, name) < every:
            return False
        setattr(self, name, now)
        return True


def match_now(
    config: Config,
    clock: Clock,
    *,
    hold: Callable[[], AbstractContextManager[None]],
    progress: Progress = silent,
) -> RunView:
    """A run to its end, however it ends: by the engine where one is running, else here.

    ``hold`` makes this process the engine, or raises ConflictError. Interrupted, it is cancelled.
    """
    run_id = request_run(actor="cli", at=clock())
    pause = threading.Event()
    try:
        with hold(), closing(Suggesting(config)) as suggesting:
            while (run := find_run(run_id)).is_open:
                suggesting.tend(clock())
                progress(run.step, run.done, run.total)
                pause.wait(0.05)
    except ConflictError:
        while (run := find_run(run_id)).is_open:
            progress(run.step, run.done, run.total)
            pause.wait(0.5)
    except KeyboardInterrupt:
        cancel_run(actor="cli", at=clock())
        raise
    return run


def _shop_hour(now: datetime, config: Config) -> int:
    """What o'clock it is in the shop."""
    shop = get_shop()
    return now.astimezone(ZoneInfo(shop.timezone if shop else config.shop.timezone)).hour
