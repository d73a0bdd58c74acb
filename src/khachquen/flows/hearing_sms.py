"""What the SMS gateway tells, taken in: proven, and on the disk before it is answered.

Somebody refuses: their advertising by SMS is withdrawn at once, through the front door, and one
text confirms it (Decree 91/2020, Article 16). Told again, they had refused already, so there is no
second one. A delivery is believed by two proofs, the gateway's signature and our own key inside the
id, which only the text had.
"""

import hmac
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.activate.campaigns.claiming import find_recipient
from khachquen.activate.campaigns.locking import send_key
from khachquen.activate.channels.lines import LostError, RefusedError
from khachquen.activate.channels.sms import Number, is_stop, read_number, rules_on
from khachquen.activate.channels.sms.gateways import write_text
from khachquen.activate.channels.sms.hooks import Arrived, Incoming, is_genuine, read_told
from khachquen.base import Clock, Config
from khachquen.collect import find_or_create_source
from khachquen.flows.choosing import every_key_of
from khachquen.flows.rehearsing import zone_of
from khachquen.flows.speaking import speaking
from khachquen.flows.texting import account_for, gateway_of, open_calls, post
from khachquen.flows.tracking import MESSAGE_DELIVERED, tell, tell_at_the_door
from khachquen.govern.consent import Addressee, Told, answer_each, record
from khachquen.govern.consent.purposes import list_purposes
from khachquen.govern.waiting import wait_in_line

SOURCE = "Tin nhắn SMS của khách"
"""The name of the source what customers text comes from."""
_LOCK = 0x6B71_0C0D  # any number nobody else uses
_log = logging.getLogger(__name__)


def hear_sms(
    config: Config,
    gateway: str,
    raw: bytes,
    stamp: str,
    signature: str,
    *,
    clock: Clock,
    random: Callable[[int], str] = secrets.token_hex,
) -> bool:
    """Whether it was our gateway, just now. What it told is on the disk then.

    Nothing of a request that is not proven is kept or looked at.

    Raises:
        UnavailableError: the disk cannot take it; the gateway tells it again.
    """
    now, own = clock(), gateway_of(config)
    if not own.is_ready or gateway != own.name:
        return False
    if not is_genuine(raw, stamp, signature, secret=config.sms.hook_secret, now=now):
        return False
    told = read_told(raw)
    if isinstance(told.said, Arrived):
        message = _delivery(account_for(config, at=now).pk, told.said, told.key)
        if message is not None:
            tell_at_the_door(config, [message], clock=clock, random=random)
    elif isinstance(told.said, Incoming):
        number, law = (
            read_number(told.said.number),
            rules_on(now.astimezone(zone_of(config)).date()),
        )
        if number and is_stop(told.said.text, law) and _stop(config, number, told.key, now, random):
            _confirm(config, number, told.key, now)
    return True


def _stop(
    config: Config, number: Number, key: str, now: datetime, random: Callable[[int], str]
) -> bool:
    """Nothing is advertised to them by SMS any more; False when they had refused before."""
    identifier = f"phone:{number.address}"
    source = find_or_create_source(name=SOURCE, kind="form", at=now)
    stream = f"sms-stop-{key[:24]}-{random(4)}"
    ads = [one for one in list_purposes() if one.is_advertising]
    with transaction.atomic():
        wait_in_line(_LOCK)  # of two at once, one is the first
        keys = every_key_of(identifier)
        answers = answer_each(ads, {"sms": Addressee(identifier, keys)}, now=now)
        open_ = [
            purpose for (purpose, _), one in answers.items() if one.standing.state != "withdrawn"
        ]
        if not open_:
            return False
        told, said = _words(open_, identifier, keys, source.pk, stream, now)
        with speaking(config, source.pk, stream, *said, at=now) as speak:
            record(told, now=now)
            speak()
    return True


def _words(
    purposes: Sequence[str],
    identifier: str,
    keys: Sequence[str],
    source: int,
    stream: str,
    now: datetime,
) -> tuple[list[Told], list[dict[str, Any]]]:
    """What the ledger hears and what the log has: under one id, so it is one word."""
    told, said = [], []
    for place, purpose in enumerate(purposes):
        name = f"{stream}-{place}" if place else stream
        told.append(
            Told(
                subjects=keys,
                purpose=purpose,
                says="withdrawn",
                channels=["sms"],
                method="sms",
                at=now,
                source_id=source,
                message_id=f"{source}:{name}",
            )
        )
        properties = {"purpose": purpose, "channels": ["sms"], "method": "sms"}
        phone = identifier.partition(":")[2]
        said.append({"event": "Consent Withdrawn", "properties": {"phone": phone, **properties}})
    return told, said


def _confirm(config: Config, number: Number, key: str, now: datetime) -> None:
    """One text, after the refusal is kept: what was received, and from when on it holds. Killed in
    between, or not taken by the gateway, there is none; there are never two."""
    gateway = gateway_of(config)
    at = now.astimezone(zone_of(config))
    text = (
        f"{gateway.brandname}: da nhan yeu cau tu choi cua ban."
        f" Tu {at:%H:%M %d/%m/%Y} ban khong nhan tin quang cao nua."
    )
    body = write_text(gateway, number, text, our_id=f"stop-{key[:32]}")
    try:
        with closing(open_calls(config)) as calls:
            post(gateway, calls, body)
    except (LostError, RefusedError) as error:
        _log.warning("A refusal by SMS was kept but not confirmed: %s", error)


def _delivery(account_id: int, said: Arrived, key: str) -> dict[str, Any] | None:
    """The event of it; None when the text was none of ours."""
    number, _, proof = said.our_id.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        return None
    recipient = find_recipient(int(number))
    if recipient is None or recipient.run.account_id != account_id:
        return None
    own = send_key(recipient.run_id, recipient.pk)
    if not hmac.compare_digest(own.encode(), proof.encode()):
        return None
    message = tell(recipient.pk, "delivered", f"sms-{key[:40]}", {"channel": "sms"})
    return {**message, "event": MESSAGE_DELIVERED}
