"""What Zalo tells by itself, taken in: proven, new, and on the disk before it is answered.

A delivery is believed by two proofs: Zalo's signature over the bytes, and our own key inside the
tracking id, which only the message had. Who was reached is read from our row, never from the event.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from khachquen.activate.campaigns.claiming import find_recipient
from khachquen.activate.campaigns.locking import send_key
from khachquen.activate.channels.zalo.hooks import (
    Delivered,
    QuotaChanged,
    TemplateChanged,
    is_genuine,
    read_event,
)
from khachquen.activate.zalo.accounts import (
    OfficialAccount,
    find_oa,
    hook_secret_of,
    is_news,
    note_daily,
    note_heard,
)
from khachquen.activate.zalo.templates import note_state
from khachquen.base import Config, to_micros
from khachquen.collect import find_or_create_source
from khachquen.collect.event import Accepted
from khachquen.flows.speaking import writing
from khachquen.flows.tracking import MESSAGE_DELIVERED, SOURCE, STREAMS, tell


def hear_zalo(
    config: Config,
    oa_id: str,
    raw: bytes,
    signature: str,
    *,
    now: datetime,
    random: Callable[[int], str] = secrets.token_hex,
) -> bool:
    """Whether it was Zalo, about an account of ours, and just now. It is on the disk then.

    Told again, it is taken in once. Nothing of a request that is not proven is kept or looked at.

    Raises:
        UnavailableError: the disk cannot take it; Zalo tells it again.
    """
    oa = find_oa(oa_id)
    if oa is None or not is_genuine(raw, signature, app_id=oa.app_id, secret=hook_secret_of(oa)):
        return False
    told = read_event(raw, now=now)
    if told is None:
        return False
    with transaction.atomic():
        if not is_news(told.key, at=now):
            return True
        note_heard(oa.pk, at=now)
        if isinstance(told.said, TemplateChanged):
            note_state(oa.pk, told.said.template_id, told.said.state, told.said.reason, at=now)
        elif isinstance(told.said, QuotaChanged):
            note_daily(oa.pk, told.said.daily, None, now=now)
        elif isinstance(told.said, Delivered):
            message = _delivery(oa, told.said, told.key)
            if message is not None:
                _write(config, message, now, random)
    return True


def _delivery(oa: OfficialAccount, said: Delivered, key: str) -> dict[str, Any] | None:
    """The event of it; None when the message was none of ours."""
    number, _, proof = said.tracking_id.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        return None
    recipient = find_recipient(int(number))
    if recipient is None or recipient.run.account_id != oa.account_id:
        return None
    own = send_key(recipient.run_id, recipient.pk)
    if not hmac.compare_digest(own.encode(), proof.encode()):
        return None
    properties = {"channel": "zalo", "message_id": said.message_id[:100]}
    message = tell(recipient.pk, "delivered", f"zalo-{key[:40]}", properties)
    return {**message, "event": MESSAGE_DELIVERED, "timestamp": said.at.isoformat()}


def _write(
    config: Config, message: dict[str, Any], now: datetime, random: Callable[[int], str]
) -> None:
    source = find_or_create_source(name=SOURCE, kind="letters", at=now)
    items = [msgspec.json.encode(message)]
    record = Accepted(to_micros(now), source.pk, True, "segment", None, None, None, None, items)
    with writing(config, f"{STREAMS}-{to_micros(now)}-{random(4)}", record) as write:
        write()
