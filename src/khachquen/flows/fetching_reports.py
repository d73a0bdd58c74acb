"""What comes back of letters: fetched, kept, read, and told by the front door.

    look into the mailbox → keep what is new ┆ its row and how far the folder was read
        → read it, know the letter again → its event to the log → note that it was told
        → mark it in the mailbox, or delete it there

Killed after any step nothing is lost and nothing counts twice. Before it is kept it stands in the
mailbox; kept, its row waits to be told; told but not noted, it is told again under the same
message id; noted but not marked, it is marked at the next look. Providers' calls join at "kept".
"""

import hashlib
import hmac
import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from khachquen.activate.campaigns.locking import derived_key
from khachquen.activate.channels.email.mailboxes import Access, Box, BoxError, Place
from khachquen.activate.channels.email.reports import read_reports
from khachquen.activate.egress import Rules
from khachquen.activate.returned import boxes, hooks
from khachquen.activate.returned.keeping import (
    Arrived,
    Returned,
    find_known_places,
    forget_old,
    keep,
    list_to_clear,
    list_untold,
    mark_cleared,
    mark_told,
)
from khachquen.activate.returned.knowing import Believed, Proofs, know
from khachquen.base import Clock, Config, ConflictError, KhachQuenError, to_micros
from khachquen.collect import find_or_create_source
from khachquen.collect.event import Accepted
from khachquen.flows.bouncing import AtTheDoor
from khachquen.flows.confirm_letters import ENVELOPES
from khachquen.flows.engine import hold_engine
from khachquen.flows.sign_ups_returned import hear_sign_up
from khachquen.flows.speaking import writing
from khachquen.flows.steps import AfterStep, nothing
from khachquen.flows.taking_in import where
from khachquen.flows.tracking import SOURCE, STREAMS, tell
from khachquen.govern.consent.links import Links

_log = logging.getLogger(__name__)
_A_PART = 500
_A_LOOK = 20_000
_CLEAR = 1_000
_EVERY_S = 60.0
_IDLE_S = 1.0
_FORGET_S = 3_600.0
_KINDS = {
    **dict.fromkeys(("hard", "soft", "policy"), "bounced"),
    "delivered": "delivered",
    "complaint": "complained",
}


def proofs_of(config: Config) -> Proofs:
    """What tells reports about our letters from all others."""
    letters, links = derived_key("letters"), Links(config)

    def key_of(run_id: int, recipient_id: int) -> str:
        return hmac.digest(letters, f"{run_id}:{recipient_id}".encode(), "sha256")[:16].hex()

    return Proofs(derived_key("envelopes"), key_of, lambda token: links.read("u", token))


class Postbox:
    """Looks into every mailbox in turn. ``step`` again and again."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        after: AfterStep = nothing,
        open_box: Callable[[Access], Box] | None = None,
        every_s: float = _EVERY_S,
    ):
        self._config, self._clock, self._after = config, clock, after
        self._open = open_box or boxes.opener(Rules(tuple(config.egress.inside)))
        self._every_s = every_s
        self._forgot_at: datetime | None = None
        self._at_the_door = AtTheDoor(config, clock)

    def step(self) -> bool:
        """Look where it is time to, and tell what was kept; False when there was nothing to do."""
        now = self._clock()
        due = boxes.list_due(now, every_s=self._every_s)
        for box in due:
            self._look(box)
        told = tell_kept(self._config, self._clock, after=self._after)
        return bool(due) or bool(told) or self._at_the_door.step() or self._forget(now)

    def _forget(self, now: datetime) -> bool:
        """The bytes of some old ones are dropped, an hour after none was left; False: there were
        none."""
        if self._forgot_at and abs((now - self._forgot_at).total_seconds()) < _FORGET_S:
            return False
        if forget_old(now, days=self._config.sending.returned_mail_days, most=_A_PART):
            return True
        self._forgot_at = now
        return False

    def _look(self, box: boxes.ReturnBox) -> None:
        try:
            line = self._open(boxes.access_of(box))
            try:
                self._fetch(box, line)
                while tell_kept(self._config, self._clock, after=self._after):
                    pass
                self._clear(box, line)
            finally:
                line.close()
            trouble = ""
        except (BoxError, KhachQuenError) as error:
            trouble = str(error) or type(error).__name__
        boxes.note_tried(box, trouble, at=self._clock())

    def _fetch(self, box: boxes.ReturnBox, line: Box) -> None:
        """Keep what is new, some at a time; it is on the disk before more is asked for."""
        places = line.list_new(validity=box.validity, after=box.last_uid)
        known = find_known_places(box.account_id, [one.name for one in places])
        new = [one for one in places if one.name not in known][:_A_LOOK]
        for part in line.fetch(new):
            arrived = [Arrived(raw, one.name) for one, raw in part if raw]
            self._after("fetched")
            with transaction.atomic():
                keep(box.account_id, box.protocol, arrived, at=self._clock())
                self._note_read(box, line, [one for one, _ in part])
            self._after("kept")

    def _note_read(self, box: boxes.ReturnBox, line: Box, part: Sequence[Place]) -> None:
        last = max((one.number for one in part), default=0)
        if box.protocol == "imap":
            boxes.note_read(box, validity=line.validity, last_uid=last)

    def _clear(self, box: boxes.ReturnBox, line: Box) -> None:
        """Marked as read; deleted only by setting, and only what was understood."""
        told = list_to_clear(box.account_id, box.protocol, _CLEAR)
        for delete in (False, True):
            part = [one for one in told if (one[2] and box.deletes) == delete]
            if part:
                done = set(line.finish([place for _, place, _ in part], delete=delete))
                self._after("cleared")
                numbers = [number for number, place, _ in part if place in done]
                mark_cleared(numbers, at=self._clock())


def tell_kept(config: Config, clock: Clock, *, after: AfterStep = nothing) -> int:
    """Read what was kept and tell of our letters by the front door; how many were read."""
    rows = list_untold(_A_PART)
    if not rows:
        return 0
    now, proofs = clock(), proofs_of(config)
    read = [_read(row, proofs, now) for row in rows]
    items = [one for row, _, believed, _ in read for one in _said(row, believed)]
    if items:
        source = find_or_create_source(name=SOURCE, kind="letters", at=now)
        record = Accepted(to_micros(now), source.pk, True, "segment", None, None, None, None, items)
        stream = f"{STREAMS}-{to_micros(now)}-{secrets.token_hex(4)}"
        with writing(config, stream, record) as write:
            write()
    after("told")
    mark_told(read, at=now)
    after("noted")
    return len(rows)


def _read(row: Returned, proofs: Proofs, now: datetime) -> tuple[Returned, str, Believed, str]:
    raw, is_signed = bytes(row.raw), row.via in hooks.PROVIDERS
    mail = hooks.read_kept(row.via, raw) if is_signed else read_reports(raw)
    believed = know(mail, proofs, now=now, account_id=row.account_id if is_signed else None)
    if not believed.known_by:
        believed = hear_sign_up(mail, derived_key(ENVELOPES), now=now) or believed
    return row, mail.shape, believed, mail.subject


def _said(row: Returned, believed: Believed) -> Iterator[bytes]:
    """The event of a report about a letter of ours; of anything else there is none."""
    report, recipient = believed.report, believed.recipient
    kind = _KINDS.get(report.kind)
    if kind is None or recipient is None:
        return
    about: dict[str, Any] = {"known_by": believed.known_by, "via": row.via}
    if kind == "bounced":
        about |= {
            "bounce_type": report.kind,
            "is_hard": report.kind == "hard",
            "status": report.status,
            "words": report.words[:300],
        }
    key = hashlib.sha256(f"{row.account_id}:{row.digest}".encode()).hexdigest()[:32]
    said = tell(recipient.pk, kind, f"returned-{key}", about)
    yield msgspec.json.encode({**said, "timestamp": row.got_at.isoformat()})


def run_postbox(config: Config, clock: Clock, stop: threading.Event) -> None:
    """Fetch until told to stop; after a failure it begins from what is stored."""
    while not stop.is_set():
        try:
            with hold_engine(config.data, "postbox"):
                postbox = Postbox(config, clock)
                while not stop.is_set():
                    if not postbox.step():
                        stop.wait(_IDLE_S)
        except ConflictError:
            stop.wait(1.0)
        except Exception as error:
            _log.error("Fetching reports starts anew after %s", where(error))
            connection.close()
            stop.wait(5.0)
    connection.close()
