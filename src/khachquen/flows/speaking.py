"""A word of the shop's staff goes in by the front door, under a stream of its own.

So it has a source and a time, stands on the timeline, survives a rebuild, and wins or loses against
other words by the same rules.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec

from khachquen.base import Config, ConflictError, Text, to_micros
from khachquen.collect.event import Accepted
from khachquen.store.eventlog import LogWriter
from khachquen.unify.profiles import ProfileView

SOURCE = "Nhân viên nhập tay"
"""The name of the source staff's words come from."""
_encode = msgspec.msgpack.Encoder().encode


@contextmanager
def speaking(
    config: Config, source_id: int, stream: str, *messages: dict[str, Any], at: datetime
) -> Iterator[Callable[[], None]]:
    """What says the messages when it is called: best as the last step of a transaction.

    The stream, used for nothing else, is the id of the first; the others are numbered. Raises
    ``UnavailableError`` when the disk cannot take it, before anything is changed.
    """
    items = [
        msgspec.json.encode({"type": "track", "messageId": f"{stream}-{n}" if n else stream, **one})
        for n, one in enumerate(messages)
    ]
    record = Accepted(to_micros(at), source_id, True, "segment", None, None, None, None, items)
    with writing(config, stream, record) as write:
        yield write


@contextmanager
def writing(config: Config, stream: str, *records: Accepted) -> Iterator[Callable[[], None]]:
    """What writes the records to a stream used for nothing else, when it is called."""
    log = LogWriter(config.data / "log", stream, file_bytes=config.ingest.log_file_mb << 20)
    try:
        yield lambda: log.append([_encode(record) for record in records])
    finally:
        log.close()


def named(person: ProfileView) -> dict[str, Any]:
    """The strongest identifier of the person, where a message carries it.

    Raises:
        ConflictError: the person has none a message could carry (``traits.nobody``).
    """
    by_kind = {one.kind: one.value for one in reversed(person.identifiers)}
    if "user" in by_kind:
        return {"userId": by_kind["user"]}
    for kind in ("email", "phone"):
        if kind in by_kind:
            return {"properties": {kind: by_kind[kind]}}
    if "anonymous" in by_kind:
        return {"anonymousId": by_kind["anonymous"]}
    raise ConflictError(
        "traits.nobody",
        Text(
            vi="Hồ sơ này chưa có mã định danh nào để ghi vào.",
            en="This profile has no identifier yet to write it to.",
        ),
    )
