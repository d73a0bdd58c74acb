"""Refused messages taken in again: corrected by hand, or as they are once a limit was raised.

They come by the log like everything else, under a stream of their own, so that asking is durable
and the engine is the only one who takes in. Safe to repeat at any moment: a message that left the
quarantine does not leave it twice.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import transaction

from khachquen.base import Clock, Config, InputError, Text, UnavailableError, to_micros
from khachquen.collect.event import Accepted, Event, Redrive, Refusal
from khachquen.collect.protocols import understand
from khachquen.collect.rules import load_rules
from khachquen.flows.engine import limits_of
from khachquen.flows.rules import refuse_by_rules
from khachquen.govern import record_audit
from khachquen.store import ask, load_watermarks
from khachquen.store.eventlog import LogWriter, unread_bytes
from khachquen.store.redrives import Redrive as RedriveRecord
from khachquen.store.redrives import forget_redrive, load_redrive, open_redrive
from khachquen.understand.quarantine import Filter, quarantined, refused_at

MOST = 5_000
"""How many messages one request may ask for."""
UNREADABLE = "\ufffd"
"""Stands in a kept message where its bytes were no text."""
_encode = msgspec.msgpack.Encoder().encode
_LONGEST = 4 << 20


@dataclass(frozen=True, slots=True)
class Refused:
    """One message in quarantine: where it stood, what was wrong, and what came with it."""

    place: str
    message_id: str
    reason: str
    path: str
    payload: str
    request: Accepted

    @property
    def is_damaged(self) -> bool:
        """Whether it is not kept exactly as it came: only a corrected one may be taken in."""
        return UNREADABLE in self.payload or len(self.payload) >= _LONGEST


@dataclass(frozen=True, slots=True)
class Handed:
    """What was asked for: the stream it comes by, how many, and how many a person must look at."""

    stream: str
    asked: int
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a request has come. ``is_lost``: it was cut off before the log held its messages."""

    redrive: RedriveRecord
    is_lost: bool

    @property
    def is_done(self) -> bool:
        """Whether nothing more is to come."""
        return self.is_lost or self.redrive.done >= self.redrive.asked


def find_redrive(stream: str, config: Config) -> Progress | None:
    """A request by its stream."""
    if load_redrive(stream) is None:
        return None
    # Looked at before the tallies: taken in meanwhile, they are complete.
    waits = bool(unread_bytes(config.data / "log", load_watermarks(), stream=stream))
    found = load_redrive(stream)
    lost = found is not None and found.done < found.asked and not waits
    return Progress(found, is_lost=lost) if found else None


def list_refused(which: Filter) -> list[Refused]:
    """The messages in quarantine a filter shows, as many as one request may ask for."""
    return [to_refused(row) for row in ask(quarantined(which, limit=MOST)).dicts() if row["place"]]


def find_refused(places: Sequence[str]) -> list[Refused]:
    """The messages in quarantine at these places; those that left it are not found."""
    return [to_refused(row) for row in ask(refused_at(places)).dicts()]


def check_again(refused: Refused, payload: bytes, config: Config) -> Event | Refusal:
    """What a refused message would become with this payload, without taking it in.

    A message its source's rules would keep out comes back as that refusal.
    """
    result = understand(payload, refused.request, limits_of(config), refused.place)
    if isinstance(result, Refusal):
        return result
    return refuse_by_rules(result, load_rules()) or result


def redrive(
    config: Config,
    wanted: Sequence[Refused],
    *,
    corrected: Mapping[str, bytes] | None = None,
    actor: str,
    clock: Clock,
    random: Callable[[int], str] = secrets.token_hex,
) -> Handed:
    """Hand refused messages to the engine once more, some of them corrected (place → payload).

    Raises:
        InputError: there are none, or too many at once (``redrive.nothing``, ``redrive.too_many``).
        UnavailableError: the disk cannot take it; nothing changed.
    """
    told = corrected or {}
    records = [
        _encode(_again(one, told.get(one.place)))
        for one in sorted(wanted, key=lambda one: (one.request.received_at, one.place))
        if one.place in told or not one.is_damaged
    ]
    if not records:
        raise _nothing()
    if len(records) > MOST:
        raise _too_many(len(records))
    at = clock()
    stream = f"redrive-{to_micros(at)}-{random(4)}"
    log = LogWriter(config.data / "log", stream, file_bytes=config.ingest.log_file_mb << 20)
    try:
        with transaction.atomic():
            open_redrive(stream, asked=len(records), actor=actor, at=at)
            detail = {"messages": len(records), "corrected": sorted(told)}
            record_audit(
                actor=actor, action="quarantine.redrive", subject=stream, detail=detail, at=at
            )
        log.append(records)
    except UnavailableError:
        forget_redrive(stream)
        record_audit(actor=actor, action="quarantine.redrive_failed", subject=stream, at=at)
        raise
    finally:
        log.close()
    return Handed(stream, len(records), len(wanted) - len(records))


def _again(refused: Refused, corrected: bytes | None) -> Accepted:
    payload = refused.payload.encode() if corrected is None else corrected
    return msgspec.structs.replace(
        refused.request, items=[payload], redrive=Redrive(refused.place, refused.reason)
    )


def to_refused(row: Mapping[str, Any]) -> Refused:
    """A row of the quarantine with the request it came with."""
    request = Accepted(
        received_at=to_micros(_utc(row["received_at"])),
        source_id=row["source_id"],
        trusted=bool(row["trusted"]),
        protocol=row["protocol"] or "segment",
        ip=row["ip"],
        user_agent=row["user_agent"],
        sent_at=row["sent_at"],
        context=row["context"].encode() if row["context"] else None,
        items=[],
        do_not_track=bool(row["do_not_track"]),
    )
    return Refused(
        row["place"], row["message_id"], row["reason"], row["path"], row["payload"], request
    )


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


def _nothing() -> InputError:
    return InputError(
        "redrive.nothing",
        Text(
            vi="Không có tin nào trong khu cách ly để xử lý lại.",
            en="There is no message in quarantine to take in again.",
        ),
        hint=Text(
            vi="Có thể tin đã được xử lý lại rồi, hoặc cần sửa nội dung trước.",
            en="They may have left it already, or need to be corrected first.",
        ),
    )


def _too_many(count: int) -> InputError:
    return InputError(
        "redrive.too_many",
        Text(
            vi=f"Mỗi lần xử lý lại được nhiều nhất {MOST} tin, ở đây là {count}.",
            en=f"At most {MOST} messages can be taken in again at once; these are {count}.",
        ),
        hint=Text(vi="Hãy chia thành nhiều lần.", en="Ask several times."),
    )
