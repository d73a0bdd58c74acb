"""Letters that tell what becomes of them: how they are marked, and how what is seen goes in.

A page of ours is asked for a picture or a link, and says so at the front door as any touchpoint
does: durable first, judged by ingest (``hearing``) once nothing can change the verdict
(``holding``). Who asked is never kept waiting long for that: a disk that is slow or full costs the
event, not the reader's way to the shop.
"""

import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.db import DatabaseError

from khachquen.activate.campaigns.machines import look_at
from khachquen.activate.campaigns.marking import TRAP, Mark, Marking, list_links, read_mark, utm_of
from khachquen.activate.campaigns.networks import Listed
from khachquen.activate.campaigns.running import Run
from khachquen.activate.content import get_version
from khachquen.base import Clock, Config, KhachQuenError, to_micros
from khachquen.base.limits import FixedWindow
from khachquen.collect import find_or_create_source
from khachquen.collect.event import Accepted
from khachquen.flows import holding
from khachquen.flows.speaking import writing
from khachquen.govern.consent.links import load_keys
from khachquen.store.eventlog import LogWriter

SOURCE = "Thư đã gửi"
"""The name of the source what becomes of letters comes from; no other is believed."""
EVENTS: Mapping[str, str] = {
    "delivered": "Email Delivered",
    "opened": "Email Opened",
    "clicked": "Email Link Clicked",
    "bounced": "Email Bounced",
    "complained": "Email Marked as Spam",
    "unsubscribed": "Unsubscribed",
}
"""Kind of an outcome → its event, by the names other systems use."""
MESSAGE_DELIVERED = "Message Delivered"
"""The same of a channel that has no letters."""
STREAMS = "letters"
_log = logging.getLogger(__name__)
_encode = msgspec.msgpack.Encoder().encode
_ONCE_S = 10.0  # the same request again so soon is the same event
_MOST_A_MINUTE = 30  # of one letter; links of a letter may be forwarded to a crowd, or abused
_SOURCE_S = 5.0
PATIENCE_S = 1.0
"""How long somebody waits for their visit to be durable, who wants to go to the shop."""
_LONGEST_AGENT = 300


class Marker:
    """How the letters of a run are marked; kept by the sender."""

    def __init__(self, config: Config):
        self._base = config.server.base_url.rstrip("/")
        self._keys = keys_of(config.data)
        self._made: dict[int, Marking] = {}

    def marking_of(self, run: Run) -> Marking | None:
        """None where there is nothing to mark, or nobody could open an address of ours."""
        if not (run.tracks or run.adds_utm) or not self._base:
            return None
        if run.pk not in self._made:
            if run.tracks:
                find_or_create_source(name=SOURCE, kind="letters", at=run.start_at)
            utm = utm_of(run.campaign.name) if run.adds_utm else {}
            self._made[run.pk] = Marking(self._base, self._keys, run.pk, run.tracks, utm)
        return self._made[run.pk]


def keys_of(data: Path) -> list[bytes]:
    """The keys addresses in letters are proven by, apart from those of unsubscribing."""
    return [hmac.digest(key, b"khachquen.letters", "sha256") for key in load_keys(data)]


def read_address(config: Config, use: str, token: str) -> Mark | None:
    """What an address of a letter is about; None for any that we did not make."""
    return read_mark(use, token, keys_of(config.data))


def note_visit(
    config: Config,
    kind: str,
    mark: Mark,
    done: Callable[[bool], None],
    *,
    method: str,
    agent: str,
    ip: str,
    clock: Clock,
) -> None:
    """Somebody, or something, asked for the picture or a link of a letter. ``done`` hears, once and
    in whatever thread, whether that is kept: durable then.

    From where (``ip``) is looked up among networks of machines, and not kept. Never raises: where
    the disk or the database is away, it is lost and said so.
    """
    path, agent = config.sending.machine_networks, agent[:_LONGEST_AGENT]
    is_listed = bool(path) and _listed(config.data / path).get().holds(ip, kind)
    looks = look_at(kind, method=method, agent=agent, is_listed=is_listed)
    try:
        _witness(config.data, config.ingest.log_file_mb << 20).note(
            kind, mark, done, looks=looks, method=method, agent=agent, clock=clock
        )
    except (KhachQuenError, OSError, DatabaseError) as error:
        _log.warning("What was seen of a letter is lost: %s", type(error).__name__)
        done(False)


def tell(
    recipient_id: int, kind: str, key: str, properties: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The message that says what became of a letter; ``key`` is one for one thing that happened.

    It becomes an outcome when it goes in from the source ``SOURCE``. Of a bounce
    ``properties["bounce_type"]`` is hard, soft or policy.
    """
    return {
        "type": "track",
        "event": EVENTS[kind],
        "messageId": key,
        "properties": {**(properties or {}), "letter": recipient_id},
    }


def tell_at_the_door(
    config: Config,
    messages: Sequence[Mapping[str, Any]],
    *,
    clock: Clock,
    random: Callable[[int], str] = secrets.token_hex,
) -> None:
    """What other witnesses of ours saw of letters (``tell``), durable when this returns.

    Raises:
        UnavailableError: the disk cannot take it; nothing is kept.
    """
    now = clock()
    source = find_or_create_source(name=SOURCE, kind="letters", at=now)
    record = _record(source.pk, now, messages)
    with writing(config, f"{STREAMS}-{to_micros(now)}-{random(4)}", record) as write:
        write()


def close_witness(config: Config) -> None:
    """Let go of what this process writes to; its next word begins a new stream."""
    _witness(config.data, config.ingest.log_file_mb << 20).close()


def links_of(run: Run) -> dict[str, str]:
    """Number → where each link of a run's letters leads, as the wording has it."""
    return list_links(get_version(run.version_id).html if run.version_id else run.html)


class Witness:
    """What one process says it saw. Its stream of the log begins with its first word."""

    def __init__(self, data: Path, file_bytes: int, random: Callable[[int], str]):
        self._folder, self._file_bytes, self._random = data / "log", file_bytes, random
        self._once = FixedWindow(1, _ONCE_S, time.monotonic)
        self._turns = FixedWindow(_MOST_A_MINUTE, 60.0, time.monotonic)
        self._opening = threading.Lock()
        self._writer: LogWriter | None = None
        self._source = (0.0, 0)

    def note(
        self,
        kind: str,
        mark: Mark,
        done: Callable[[bool], None],
        *,
        looks: str,
        method: str,
        agent: str,
        clock: Clock,
    ) -> None:
        """Said once for each ten seconds of the same; ``done(True)`` once it is durable."""
        now = clock()
        seen_as = "trap" if kind == "clicked" and mark.link == TRAP else looks
        told = (kind, mark.recipient_id, mark.link, method, agent, int(now.timestamp() // _ONCE_S))
        key = hashlib.sha256(repr(told).encode()).hexdigest()[:32]
        source_id = 0
        if not self._once.take(key) and not self._turns.take(str(mark.recipient_id)):
            source_id = self._source_id(now)
        if not source_id:
            done(False)
            return
        properties = {"links": mark.links, "user_agent": agent, "seen_as": seen_as}
        if kind == "clicked":
            properties |= {"link_id": str(mark.link), "link_url": mark.to}
        said = tell(mark.recipient_id, kind, key, {k: v for k, v in properties.items() if v})
        self._keep(_record(source_id, now, [said]), done)

    def close(self) -> None:
        """Let go of the stream."""
        if self._writer:
            self._writer.close()
            self._writer = None

    def _source_id(self, now: datetime) -> int:
        """The source's number, looked up every few seconds; 0 while it is switched off."""
        asked_at, found = self._source
        if not found or time.monotonic() - asked_at > _SOURCE_S:
            source = find_or_create_source(name=SOURCE, kind="letters", at=now)
            found = source.pk if source.enabled else 0
            self._source = (time.monotonic(), found)
        return found

    def _keep(self, record: Accepted, done: Callable[[bool], None]) -> None:
        with self._opening:
            if self._writer is None:
                name = f"{holding.STREAM}{record.received_at}-{self._random(4)}"
                self._writer = LogWriter(self._folder, name, file_bytes=self._file_bytes)
        if self._writer.waited_s() > PATIENCE_S:
            done(False)
        else:
            self._writer.submit(_encode(record), lambda error: done(error is None))


def _record(source_id: int, now: datetime, said: Sequence[Mapping[str, Any]]) -> Accepted:
    items = [msgspec.json.encode(one) for one in said]
    return Accepted(to_micros(now), source_id, True, "segment", None, None, None, None, items)


@cache
def _listed(path: Path) -> Listed:
    return Listed(path)


@cache
def _witness(data: Path, file_bytes: int) -> Witness:
    return Witness(data, file_bytes, secrets.token_hex)
