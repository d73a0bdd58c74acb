"""Whoever a letter came back from for good, or who complained, is left alone.

Only what was heard from a witness of ours counts (``hearing``): the same word from a key, even a
secret one, is an event like any other and silences nobody.
"""

from collections.abc import Iterable
from datetime import datetime

from khachquen.activate.campaigns.bounced import find_to_silence
from khachquen.flows.batch import Batch
from khachquen.govern.consent.suppressing import suppress
from khachquen.store.touched import touch
from khachquen.unify.mirror.turning import owners_of_keys

_SILENCES = ("Email Bounced", "Email Marked as Spam")


def silence_bounced(batch: Batch) -> None:
    """In the transaction that makes the events visible, behind the outcomes made of them."""
    told = {one.recipient_id for one in batch.heard if one.kind in ("bounced", "complained")}
    if told:
        found = find_to_silence(told, batch.ingester.soft_rule)
        _leave_alone(found.complained, "complained", batch.now)
        _leave_alone(found.bounced, "bounced", batch.now)


def _leave_alone(addresses: Iterable[str], reason: str, now: datetime) -> None:
    keys = {key for address in addresses for key in keys_of_address(address)}
    if keys and suppress(sorted(keys), channel="email", reason=reason, at=now, by="postbox"):
        touch(set(owners_of_keys(keys).values()), at=now, events=_SILENCES)


def keys_of_address(address: str) -> set[str]:
    """The identifiers an envelope's address stands for: its domain there is in ASCII, people may
    have it in their own script."""
    local, _, domain = address.lower().rpartition("@")
    try:
        written = domain.encode().decode("idna")
    except UnicodeError:
        written = domain
    return {f"email:{local}@{domain}", f"email:{local}@{written}"}
