"""Whoever a letter came back from for good, or who complained, is left alone; and whose server
would not even take it because nobody lives there, which goes the same way.

Only what was heard from a witness of ours counts (``hearing``): the same word from a key, even a
secret one, is an event like any other and silences nobody.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from khachquen.activate.campaigns.bounced import Refused, find_to_silence, list_refused
from khachquen.base import Clock, Config
from khachquen.flows.batch import Batch
from khachquen.flows.tracking import tell, tell_at_the_door
from khachquen.govern.consent.suppressing import suppress
from khachquen.store.touched import touch
from khachquen.unify.mirror.turning import owners_of_keys

_SILENCES = ("Email Bounced", "Email Marked as Spam")
_A_PART = 500
_BACK = timedelta(days=30)  # as long as a message id is remembered
_LOOK_AGAIN = timedelta(seconds=5)
_SETTLES = timedelta(minutes=2)  # in which whoever ended a letter has written it down


class AtTheDoor:
    """Says of letters refused at the door what a report would say later. ``step`` again and again.

    Said under an id of the letter's own before it is remembered as said: killed in between it is
    said again, and is one event. What was said is heard of in outcomes when this begins anew.
    """

    def __init__(self, config: Config, clock: Clock):
        self._config, self._clock = config, clock
        self._next_look = clock() - _BACK
        self._place = (self._next_look, 0)
        self._said: dict[int, datetime] = {}

    def step(self) -> bool:
        """Say some; False when there was nothing new."""
        now = self._clock()
        if now < self._next_look <= now + _LOOK_AGAIN:
            return False
        found, more = list_refused(self._place, most=_A_PART)
        new = [one for one in found if one.recipient_id not in self._said]
        if new:
            tell_at_the_door(self._config, [_said(one) for one in new], clock=self._clock)
        self._said |= {one.recipient_id: one.at for one in new}
        if more is None:  # ends are written down in no order: the last ones are looked at once more
            more, self._next_look = (now - _SETTLES, 0), now + _LOOK_AGAIN
            self._said = {one: at for one, at in self._said.items() if at > now - 2 * _SETTLES}
        self._place = more
        return bool(new)


def _said(one: Refused) -> dict[str, Any]:
    about = {"bounce_type": "hard", "is_hard": True, "at_the_door": True, "words": one.words}
    said = tell(one.recipient_id, "bounced", f"refused-{one.recipient_id}", about)
    return {**said, "timestamp": one.at.isoformat()}


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
