"""Whoever a letter came back from for good, or who complained, is left alone.

Only what was heard from a witness of ours counts (``hearing``): the same word from a key, even a
secret one, is an event like any other and silences nobody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from khachquen.activate.campaigns.models import Outcome, Recipient, Sighting
from khachquen.activate.returned.rules import SoftRule, are_too_many
from khachquen.flows.batch import Batch
from khachquen.govern.consent.suppressing import suppress
from khachquen.store.touched import touch
from khachquen.unify.mirror.turning import owners_of_keys

_SILENCES = ("Email Bounced", "Email Marked as Spam")
_CHUNK = 500


def silence_bounced(batch: Batch) -> None:
    """Addresses nobody takes mail at, and people who complained, are left alone: in the transaction
    that makes the events visible, from outcomes that hold them already.

    It asks what holds of each letter's address now, never what came last: so the order of events
    does not matter, nor how often one comes. ``policy`` and ``not spam`` never silence.
    """
    told = {one.recipient_id for one in batch.heard if one.kind in ("bounced", "complained")}
    rows = _letters(told)
    complained = {row.address for row in rows if row.pk in _with("complained", "", told)}
    bounced = {row.address for row in rows if row.pk in _with("bounced", "hard", told)}
    soft = {row.address for row in rows if row.pk in _with("bounced", "soft", told)} - bounced
    bounced |= _given_up(soft, batch.ingester.soft_rule)
    _leave_alone(complained, "complained", batch.now)
    _leave_alone(bounced, "bounced", batch.now)


def _letters(numbers: Collection[int]) -> list[Recipient]:
    ordered = sorted(numbers)
    return [
        row
        for start in range(0, len(ordered), _CHUNK)
        for row in Recipient.objects.filter(pk__in=ordered[start : start + _CHUNK])
        if row.address
    ]


def _with(kind: str, detail: str, numbers: Collection[int]) -> set[int]:
    ordered = sorted(numbers)
    found: set[int] = set()
    for start in range(0, len(ordered), _CHUNK):
        rows = Outcome.objects.filter(
            recipient_id__in=ordered[start : start + _CHUNK], kind=kind, detail=detail
        )
        found.update(rows.values_list("recipient_id", flat=True))
    return found


def _given_up(addresses: Collection[str], rule: SoftRule) -> set[str]:
    """Those letters came back from too often, by all their letters that did."""
    times: dict[str, list[datetime]] = defaultdict(list)
    ordered = sorted(addresses)
    for start in range(0, len(ordered), _CHUNK):
        rows = Sighting.objects.filter(
            recipient__address__in=ordered[start : start + _CHUNK],
            recipient__reserved_at__isnull=False,
            kind="bounced",
            detail="soft",
        )
        for address, at in rows.values_list("recipient__address", "at"):
            times[address].append(at)
    return {address for address, each in times.items() if are_too_many(each, rule)}


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
