"""The engine's round: take the log in, join small files, let old ones go, say that it lives."""

import fcntl
import gc
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
from django.db import connection

from khachquen.activate.campaigns.trying_out import forget_try_outs
from khachquen.activate.returned.rules import SoftRule
from khachquen.base import Clock, Config, ConflictError, Text, from_micros, to_micros
from khachquen.collect.protocols import Limits
from khachquen.collect.vocabulary import Caps
from khachquen.flows import (
    changing_rules,
    exporting,
    gathering,
    recounting,
    silencing,
    tagging,
)
from khachquen.flows.batch import Ingester
from khachquen.flows.calling import run_calling
from khachquen.flows.chores import do_chores
from khachquen.flows.deciding import apply_decisions
from khachquen.flows.looking import Refresher
from khachquen.flows.mirroring import MirrorKeeper
from khachquen.flows.refreshing import refresh
from khachquen.flows.suggesting import Suggesting
from khachquen.flows.taking_in import Ingested, is_passing, take_in, where
from khachquen.store import forget_streams, load_watermarks, open_desk
from khachquen.store.eventlog import Keep, remove_read_log, unread_bytes
from khachquen.store.jobs import Runner
from khachquen.store.lake import expire_seen, sweep

_log = logging.getLogger(__name__)
_TIDY_AT_REST = timedelta(seconds=10)
_REFRESH_EVERY = timedelta(seconds=1)
_REFRESH_WHEN_FULL = timedelta(seconds=3)
_DUE_WITHIN = timedelta(seconds=15)
_FOLLOW_AT_END = 5
_REFRESH_AFTER_FAILURE = timedelta(seconds=30)
ONE_TIME_STREAMS = ("import-*", "redrive-*", "staff-*", "form-*", "choice-*", "letters-*",
                    "seen-*")  # fmt: skip
"""Streams of the log that are written once, under a name never used again."""


class Heartbeat(msgspec.Struct):
    """What the engine last said of itself (``run/engine.json``). Times are microseconds UTC."""

    pid: int
    at: int
    unread_bytes: int = 0
    trouble: str = ""


class Engine:
    """One engine over one data folder; whoever holds it is the only writer of lake and people."""

    def __init__(self, config: Config, clock: Clock):
        self._config = config
        self._clock = clock
        self.ingester = Ingester(
            config.data,
            limits_of(config),
            batch_bytes=config.ingest.batch_events * 600,
            truncate_ip=config.privacy.truncate_ip,
            seal_keys=config.privacy.seal_keys,
            soft_rule=SoftRule(config.sending.soft_bounces, config.sending.soft_bounce_days),
            caps=Caps(config.ingest.max_event_names, config.ingest.max_property_names),
        )
        self.ingester.recover()
        self.suggesting = Suggesting(config)
        self._tidied_at = clock()
        lake = self.ingester.lake
        desk = open_desk(lake, memory_mb=config.lake.memory_mb, threads=config.lake.threads)
        currency = partial(shop_currency, config)
        keeper = MirrorKeeper(lake, currency, self.ingester.registry)
        self.refresher = Refresher(keeper, desk, patience=_DUE_WITHIN)
        self._refreshed_at = clock() - _REFRESH_WHEN_FULL
        kinds = {
            **changing_rules.kinds_of(self.ingester, clock),
            **tagging.kinds_of(config, clock),
            **gathering.kinds_of(clock),
            **silencing.kinds_of(clock),
            **exporting.kinds_of(config, clock),
            **recounting.kinds_of(config, clock),
        }
        self._jobs = Runner(kinds, where, is_passing)

    def round(self) -> Ingested:
        """One pass: at most one batch in, and the lake kept tidy after it.

        While everybody is drawn anew by other rules, a part of that, and nothing else.
        """
        now = self._clock()
        if self._jobs.is_exclusive():
            self._jobs.advance(now)
            return Ingested(0, {}, is_full=True)
        apply_decisions(self.ingester, now=now, label=_new_label(self._clock))
        done = self._take_in(now)
        self._refresh(is_full=done.is_full, is_idle=not done.records)
        if done.records or now - self._tidied_at > _TIDY_AT_REST:
            self._tidied_at = now
            self.tidy()
        return done

    def _refresh(self, *, is_full: bool, is_idle: bool) -> None:
        """People and segments follow at least every two seconds; while batches come out full, less
        often, so that what waits in the log is not kept waiting for them."""
        now = self._clock()
        every = _REFRESH_WHEN_FULL if is_full else _REFRESH_EVERY
        if now - self._refreshed_at >= every:
            self.follow(is_busy=is_full, is_idle=is_idle)

    def follow(self, *, is_busy: bool = False, is_idle: bool = True) -> bool:
        """People and segments follow what is stored; returns whether there was anything to do."""
        now = self._refreshed_at = self._clock()
        label = f"{_new_label(self._clock)}-people"
        try:
            return refresh(self.refresher, now=now, label=label, is_idle=is_idle, is_busy=is_busy)
        except Exception as error:
            if is_passing(error):
                raise
            self._refreshed_at = now + _REFRESH_AFTER_FAILURE
            _log.error("People and segments wait after %s", where(error))
            return False

    def _take_in(self, now: datetime) -> Ingested:
        """One batch, without looking for cycles in it.

        A batch is hundreds of thousands of plain objects without cycles; looking through them
        again and again costs a fifth of the whole flow. While more is waiting, the next batch is
        in memory already, so cycles wait too.
        """
        gc.disable()
        done = Ingested(0, {})
        try:
            done = take_in(self.ingester, now=now, label=_new_label(self._clock))
        finally:
            if not done.is_full:
                gc.enable()
        return done

    def rest(self, done: Ingested) -> None:
        """A little of what is due by itself, after a round that left nothing waiting."""
        do_chores(self._clock, self._jobs, is_idle=not done.records)
        self.suggesting.tend(self._clock())

    def close(self) -> None:
        """End the processes that work beside this one."""
        self.suggesting.close()
        self.ingester.close()

    def drain(self, beat: Callable[[], None] = lambda: None) -> None:
        """Passes until the log holds nothing new."""
        while (done := self.round()).records or done.is_full:
            beat()

    def catch_up(self) -> None:
        """People and segments follow as far as that is quick; the next engine does the rest."""
        for _ in range(_FOLLOW_AT_END):
            if not self.follow():
                break

    def tidy(self) -> None:
        """Small files joined, old ones let go."""
        lake, now = self.ingester.lake, self._clock()
        self.ingester.joining.tend(
            files=self._config.lake.compact_files, label=_new_label(self._clock), at=now
        )
        expire_seen(at=now, days=self._config.ingest.dedupe_days)
        sweep(lake, at=now, after_s=self._config.lake.retire_s)
        self._let_log_go(now)
        exporting.forget_old_files(self._config, now)
        forget_try_outs(now)

    def _let_log_go(self, now: datetime) -> None:
        """Read log files stay for a while: there the raw message can still be seen and sent in."""
        ingest = self._config.ingest
        gone = remove_read_log(
            self.ingester.log,
            load_watermarks(),
            keep=Keep(ingest.keep_log_hours * 3600, ingest.keep_log_mb << 20),
            now_s=now.timestamp(),
            one_time=ONE_TIME_STREAMS,
        )
        forget_streams(gone)


def run_engine(config: Config, clock: Clock, stop: threading.Event) -> None:
    """Rounds until told to stop; whatever fails is said in the heartbeat and tried again.

    After a failure the engine starts anew, from what is stored. While another process is the
    engine, this one waits to take its place.
    """
    beat = _beater(config, clock)
    trouble = ""
    while not stop.is_set():
        try:
            with (
                hold_engine(config.data),
                closing(Engine(config, clock)) as engine,
                _calling_beside(config, clock),
            ):
                _run_rounds(engine, beat, stop, config.ingest.poll_ms / 1000)
        except ConflictError:
            stop.wait(1.0)
        except Exception as error:
            if (text := where(error)) != trouble:
                _log.error("The engine starts anew after %s", text)
            trouble = text
            with suppress(OSError):  # the disk may be what fails
                beat(trouble)
            connection.close()
            stop.wait(1.0)


@contextmanager
def _calling_beside(config: Config, clock: Clock) -> Iterator[None]:
    """Webhooks in a thread of their own while the rounds go on: nobody waits for the other."""
    stop = threading.Event()
    thread = threading.Thread(target=run_calling, args=(config, clock, stop), name="calling")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def _run_rounds(
    engine: Engine, beat: Callable[[str], None], stop: threading.Event, rest_s: float
) -> None:
    """Rounds with a rest between them, so that a steady stream makes few and whole batches.

    Each round syncs half a dozen files; without the rest a busy shop's acknowledgements would wait
    behind them. A batch that came out full says that more is waiting: then there is no rest.
    """
    beat("")
    while not stop.is_set():
        done = engine.round()
        beat("")
        if not done.is_full:
            engine.rest(done)
            stop.wait(rest_s)


def read_heartbeat(data: Path) -> Heartbeat | None:
    """What the engine last said, if it ever did."""
    try:
        return msgspec.json.decode((data / "run" / "engine.json").read_bytes(), type=Heartbeat)
    except (OSError, msgspec.MsgspecError):
        return None


@contextmanager
def hold_engine(data: Path, part: str = "engine") -> Iterator[None]:
    """Be the one engine (or another part there is one of) of a data folder.

    Raises:
        ConflictError: another process is (code ``flows.engine_taken``).
    """
    folder = data / "run"
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{part}.lock", os.O_CREAT | os.O_RDWR, 0o640)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConflictError(
                "flows.engine_taken",
                Text(
                    vi="Một tiến trình khác đang xử lý dữ liệu của thư mục này.",
                    en="Another process is already the engine of this data folder.",
                ),
                path=str(data),
            ) from None
        yield
    finally:
        os.close(descriptor)


def limits_of(config: Config) -> Limits:
    """How large a message may be, and in which currency it counts unless it says so."""
    return Limits(
        public_bytes=config.ingest.max_event_bytes,
        trusted_bytes=config.ingest.max_body_bytes,
        batch_events=config.ingest.max_batch_events,
        default_currency=shop_currency(config),
    )


def shop_currency(config: Config) -> str:
    """The currency of the shop, or the configured default before there is one."""
    from khachquen.govern import get_shop

    shop = get_shop()
    return shop.currency if shop else config.shop.currency


def _beater(config: Config, clock: Clock) -> Callable[[str], None]:
    path = config.data / "run" / "engine.json"
    last = [0]

    def beat(trouble: str) -> None:
        now = to_micros(clock())
        if 0 <= now - last[0] < 1_000_000 and not trouble:
            return
        last[0] = now
        waiting = unread_bytes(config.data / "log", load_watermarks()) if not trouble else 0
        aside = path.with_suffix(".tmp")
        aside.write_bytes(msgspec.json.encode(Heartbeat(os.getpid(), now, waiting, trouble)))
        aside.rename(path)

    return beat


def _new_label(clock: Clock) -> str:
    return f"{to_micros(clock()):017d}-{secrets.token_hex(4)}"


def heartbeat_age_s(heartbeat: Heartbeat, clock: Clock) -> float:
    """Seconds since the engine last said that it lives."""
    return (clock() - from_micros(heartbeat.at)).total_seconds()
