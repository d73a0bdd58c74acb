"""Campaigns on their way: begun when they are due, their audience written down, letters claimed,
written, handed over, and the end of every one of them kept.

    start due → write the audience down → claim (guards, caps) → write → mark → hand over
        → write the answer down

What is a message's own (its words, the line it leaves by, hours, quota) is its channel's
(``channels``); here is what holds for every one of them. Everything that must survive is a row
(``activate.campaigns``); what is in memory here may be lost at any moment. The crash argument
stands in ``docs/internals/activate.md``.
"""

import hashlib
import logging
import secrets
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection

from khachquen.activate.campaigns import accounts, repeating, running
from khachquen.activate.campaigns.claiming import Ended, claim, extend, let_go, put_off, recover
from khachquen.activate.campaigns.locking import derived_key, send_key
from khachquen.activate.campaigns.people import Ready
from khachquen.activate.campaigns.resending import list_silent
from khachquen.activate.campaigns.running import Run
from khachquen.activate.campaigns.triggering import forget_data
from khachquen.activate.campaigns.winning import tend
from khachquen.activate.channels.email import Connection, Login
from khachquen.activate.returned.boxes import bounce_addresses
from khachquen.activate.returned.envelopes import envelope_sender
from khachquen.base import Clock, Config, ConflictError
from khachquen.flows.aside import Aside
from khachquen.flows.channels import open_channels
from khachquen.flows.confirm_letters import ConfirmLetters
from khachquen.flows.engine import hold_engine
from khachquen.flows.posting import Ledger, PostOffice, Written
from khachquen.flows.rehearsing import caps_of, hours_of, zone_of
from khachquen.flows.steps import AfterStep, nothing
from khachquen.flows.taking_in import where
from khachquen.flows.trying_out import TryOuts
from khachquen.flows.writers import Job, Writers
from khachquen.store import ask
from khachquen.understand.segments.asking import numbers

_log = logging.getLogger(__name__)
_IN_ONE_JOB = 200
_AHEAD_S = 1.0  # letters are claimed for about a second ahead: the guards' answer is of now
_WRITE_DOWN = 20_000
_CANCEL = 5_000
_RELEASE = 5_000
_TEST_S = 10.0
_TEND_S = 0.25
_TEND_IDLE_S = 1.0
_PAUSE_S = 0.005
_NOTHING_DUE_S = 0.5
_PROMPT_LINES = 1
_RECOVER_S = 10.0
_REPEAT_S = 5.0
_FORGET_S = 600.0


class Mailer:
    """The one sender of a data folder. ``step`` again and again; ``close`` gives back what is held.

    ``owner`` names this sender in the rows it holds; ``after`` hears each thing that is done.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        after: AfterStep = nothing,
        connect: Callable[[Login], Connection] | None = None,
    ):
        self._clock, self._after = clock, after
        self._channels = open_channels(config, clock, connect=connect)
        self._config, self._settings = config, config.sending
        self.machine = _machine(config)
        self.owner = f"{self.machine}{secrets.token_hex(8)}"
        self._lease = timedelta(seconds=self._settings.lease_s)
        self._ledger = Ledger(owner=self.owner, clock=clock, lease=self._lease)
        self._writers = Writers(self._settings.processes)
        self._offices: dict[tuple[int, str], PostOffice] = {}
        self._made_for: dict[tuple[int, str], object] = {}
        self._open: list[Run] = []
        self._holding: set[int] = set()
        self._times: dict[object, datetime] = {}
        self._secret = derived_key("letters")
        self._envelope_key = derived_key("envelopes")
        self._bounce_addresses: dict[int, str] = {}

    def recover(self) -> tuple[int, int]:
        """What senders before this one left: back to waiting, or unknown."""
        return recover(now=self._clock(), dead=self.machine)

    def step(self) -> bool:
        """A little of everything there is to do; False when there is nothing just now."""
        now = self._clock()
        if self._is_time("tend", now, _TEND_S if self._open else _TEND_IDLE_S):
            self._tend(now)
        return bool(self._collect()) | bool(self._claim(now))

    @property
    def has_work(self) -> bool:
        """Whether any run is not at its end; one that only waits for programs is none."""
        return not self.is_idle or not all(run.is_triggered for run in self._open)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being written or handed over."""
        return not self._writers.jobs and all(office.is_idle for office in self._offices.values())

    def close(self) -> None:
        """Let what is on the wire come to its end, and give the rest back."""
        for office in self._offices.values():
            office.close()
        self._writers.close()
        for channel in self._channels.values():
            channel.close()
        self._ledger.close()
        for run_id in self._holding:
            let_go(run_id, owner=self.owner)

    def _tend(self, now: datetime) -> None:
        if self._is_time("repeat", now, _REPEAT_S):
            repeating.begin_due(
                now,
                zone=zone_of(self._config),
                late=timedelta(hours=self._settings.repeat_late_hours),
                links_open=bool(self._config.server.base_url),
            )
        running.start_due(now)
        self._open = running.list_open()
        self._bounce_addresses = bounce_addresses(
            [run.account_id for run in self._open if run.channel == "email"]
        )
        halted = frozenset(run.pk for run in self._open if run.state != "sending")
        for office in self._offices.values():
            office.halted = halted
        for run in self._open:
            if run.state == "freezing":
                self._write_audience_down(run, now)
            elif run.state in ("paused", "cancelling"):
                self._halt(run, now)
            else:
                self._tend_test(run, now)
                if run.pk not in self._in_writing() and self._office(run).is_idle:
                    running.finish_if_over(run, now)
        if self._is_time("forget", now, _FORGET_S):
            forget_data(before=now - timedelta(days=self._settings.message_data_days))
        self._holding &= {run.pk for run in self._open}
        if self._is_time("extend", now, self._settings.lease_s / 4) and self._holding:
            extend(owner=self.owner, now=now, lease=self._lease)
        if self._is_time("recover", now, _RECOVER_S) and self._open:
            recover(now=now)

    def _write_audience_down(self, run: Run, now: datetime) -> None:
        """Some more of those who belonged at the run's beginning."""
        assert run.began_at is not None
        people: list[int] = []
        had: Mapping[int, str] | None = None
        if run.resend_of_id is not None:
            had = dict(list_silent(run, after=run.frozen_to, limit=_WRITE_DOWN))
            people = list(had)
        elif run.segment_id is not None:
            question = numbers(
                run.segment_id, by=run.began_at, after=run.frozen_to, limit=_WRITE_DOWN
            )
            people = [row[0] for row in ask(question).rows]
        is_last = len(people) < _WRITE_DOWN
        running.write_down(run, people, is_last=is_last, now=now, had=had)
        self._after("written down")

    def _tend_test(self, run: Run, now: datetime) -> None:
        """What a test found out is looked at now and then; who waited for it is let go by parts."""
        key = ("test", run.pk)
        if run.experiment and self._is_time(key, now, _TEST_S):
            if tend(run, most=_RELEASE, now=now):
                del self._times[key]
            self._after("tended")

    def _halt(self, run: Run, now: datetime) -> None:
        if run.pk in self._holding:
            self._office(run).withdraw(run.pk)
            let_go(run.pk, owner=self.owner)
            if run.pk not in self._in_writing():
                self._holding.discard(run.pk)
        if run.state == "cancelling":
            running.cancel_some(run, most=_CANCEL, now=now)

    def _in_writing(self) -> set[int]:
        return {job.run.pk for job in self._writers.jobs}

    def _claim(self, now: datetime) -> int:
        """Letters for writers who have nothing to do; what is prompt comes first."""
        claimed = 0
        for run in self._open:
            if not self._writers.want(is_prompt=run.lane == "prompt"):
                continue
            if run.state != "sending" or not self._is_time(run.pk, now, 0) or self._is_full(run):
                continue
            most = self._most(run, now)
            ready = self._claim_of(run, most, now) if most > 0 else []
            if not ready:
                self._times[run.pk] = now + timedelta(seconds=_NOTHING_DUE_S)
                continue
            self._begin(run, ready, now)
            claimed += len(ready)
        self._open = [*self._open[1:], *self._open[:1]] if len(self._open) > 1 else self._open
        self._open.sort(key=lambda run: run.lane != "prompt")
        return claimed

    def _begin(self, run: Run, ready: Sequence[Ready], now: datetime) -> None:
        """What was claimed is to be written; whoever there is nothing to say to has failed."""
        keys = {one.recipient_id: self.key_of(run.pk, one.recipient_id) for one in ready}
        work, broken = self._channels[run.channel].prepare(run, ready, keys, now=now)
        if broken:
            self._ledger.exchange(broken, ())
        self._writers.put(Job(run, ready), work)

    def _claim_of(self, run: Run, most: int, now: datetime) -> list[Ready]:
        self._holding.add(run.pk)
        ready = claim(
            run,
            owner=self.owner,
            most=most,
            hours=hours_of(self._config, run.channel, now=now),
            caps=caps_of(self._config, run.channel, now=now),
            now=now,
            lease=self._lease,
        )
        self._after("claimed")
        return ready

    def _is_full(self, run: Run) -> bool:
        """Whether as much of its account and lane is under way as may be."""
        return self._left(run) <= 0

    def _left(self, run: Run) -> int:
        """How many more make about a second's work; what is prompt is not held up by the rest."""
        most, per_second = _IN_ONE_JOB * self._writers.most_jobs, run.account.per_second
        ahead = min(most, max(1, int(per_second * _AHEAD_S))) if per_second else most
        same = [job for job in self._jobs_of(run) if job.run.lane == run.lane]
        return ahead - self._office(run).waiting - sum(len(job.ready) for job in same)

    def _jobs_of(self, run: Run) -> list[Job]:
        return [job for job in self._writers.jobs if job.run.account_id == run.account_id]

    def _most(self, run: Run, now: datetime) -> int:
        """How many more may be claimed, and what the account has left."""
        office = self._office(run)
        if run.account.is_paused or office.is_resting:
            return 0
        under_way = office.waiting + sum(len(job.ready) for job in self._jobs_of(run))
        room = self._channels[run.channel].room_of(run, under_way=under_way, now=now)
        if room.opens_at is not None:
            put_off(run, room.opens_at, reason=room.reason, most=_CANCEL)
        return min(_IN_ONE_JOB, self._left(run), room.left)

    def key_of(self, run_id: int, recipient_id: int) -> str:
        """What a letter is called for ever."""
        return send_key(run_id, recipient_id, self._secret)

    def _collect(self) -> int:
        """Letters that are written go to the post office; those that cannot be have failed."""
        put = 0
        for job, written in self._writers.collect():
            if written is None:
                now = self._clock()
                again = [Ended(one.recipient_id, "waiting", "", "", now) for one in job.ready]
                self._ledger.exchange(again, ())
                continue
            self._after("written")
            put += self._put(job, written)
        return put

    def _put(self, job: Job, written: dict[int, bytes | str]) -> int:
        broken = [
            Ended(key, "failed", "not_written", words)
            for key, words in written.items()
            if isinstance(words, str)
        ]
        if broken:
            self._ledger.exchange(broken, ())
        back, now = self._bounce_addresses.get(job.run.account_id, ""), self._clock()
        letters = [
            Written(
                one.recipient_id,
                job.run.pk,
                one.attempt,
                one.envelope,
                message,
                envelope_sender(back, one.recipient_id, self._envelope_key, at=now),
            )
            for one in job.ready
            if isinstance(message := written.get(one.recipient_id), bytes)
        ]
        self._office(job.run).put(letters)
        return len(written)

    def _office(self, run: Run) -> PostOffice:
        """Where the run's letters go; another one once the account was changed."""
        account, key = run.account, (run.account_id, run.lane)
        exit_ = self._channels[run.channel].exit_of(account)
        made_for = (exit_, account.connections, account.per_second)
        known = self._offices.get(key)
        if known and (self._made_for[key] == made_for or not known.is_idle):
            return known
        if known:
            known.close()
        is_prompt = run.lane == "prompt"
        self._made_for[key] = made_for
        self._offices[key] = PostOffice(
            exit_,
            self._ledger,
            self._clock,
            lines=_PROMPT_LINES if is_prompt else max(1, account.connections),
            at_once=1 if is_prompt else self._settings.at_once,
            per_second=0 if is_prompt else account.per_second,
            note_trouble=partial(_note_trouble, account.pk),
            after=self._after,
        )
        return self._offices[key]

    def _is_time(self, what: object, now: datetime, every_s: float) -> bool:
        due = self._times.get(what)
        if due is not None and now < due <= now + timedelta(seconds=max(every_s, _RECOVER_S)):
            return False
        if every_s:
            self._times[what] = now + timedelta(seconds=every_s)
        return True


def run_mailer(config: Config, clock: Clock, stop: threading.Event) -> None:
    """Send until told to stop; after a failure a new sender begins from what is stored."""
    while not stop.is_set():
        try:
            with hold_engine(config.data, "sender"):
                mailer = Mailer(config, clock)
                asides: list[Aside[Any]] = [
                    kind(config, clock, owner=mailer.owner) for kind in (TryOuts, ConfirmLetters)
                ]
                _send(mailer, asides, stop)
        except ConflictError:
            stop.wait(1.0)
        except Exception as error:
            _log.error("The sender starts anew after %s", where(error))
            connection.close()
            stop.wait(1.0)


def _send(mailer: Mailer, asides: Sequence[Aside[Any]], stop: threading.Event) -> None:
    try:
        mailer.recover()
        for aside in asides:
            aside.recover(mailer.machine)
        while not stop.is_set():
            if not any([mailer.step(), *(aside.step() for aside in asides)]):
                stop.wait(_PAUSE_S if mailer.has_work else _NOTHING_DUE_S)
    finally:
        for aside in asides:
            aside.close()
        mailer.close()


def _note_trouble(account_id: int, words: str) -> None:
    """Called by a postman, whose thread must not keep a connection to the database."""
    try:
        accounts.note_trouble(account_id, words)
    finally:
        connection.close()


def _machine(config: Config) -> str:
    """Begins the names of senders of this machine and folder, of which one lives at a time."""
    folder = hashlib.sha256(str(config.data).encode()).hexdigest()[:8]
    return f"{socket.gethostname()[:40]}:{folder}:"
