"""What stands for many people at once, as columns of theirs hold it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from khachquen.govern.consent.answering import Addressee, Heard
from khachquen.govern.consent.purposes import LETTERS, PurposeView, list_purposes

__all__ = ["NOT_SENT", "SENT_ON", "States", "address_of", "pairs_of", "states_of"]

SENT_ON = ("email", "sms", "zalo", "call")
"""The channels messages go on."""
NOT_SENT = frozenset({"tracking", LETTERS, "profiling", "sharing"})
"""Purposes nothing is sent for: what is agreed to there holds wherever it was said; of letters, by
e-mail."""
_KINDS = {"email": ("email",), "sms": ("phone",), "call": ("phone",), "zalo": ("zalo", "phone")}


@dataclass(frozen=True, slots=True)
class States:
    """One person: ``may_send`` are "ads/email" where a message may go, ``consents`` are
    "ads/email/granted" where anybody ever asked, ``suppressed`` the reasons to leave them alone.

    ``changes_at`` is when something of it changes by itself.
    """

    may_send: tuple[str, ...]
    consents: tuple[str, ...]
    suppressed: tuple[str, ...]
    changes_at: datetime | None = None


def states_of(people: Mapping[int, Sequence[str]], *, now: datetime) -> dict[int, States]:
    """Person → what stands, from all their identifiers ("email:hoa@example.vn").

    The same rule as ``may_send``, which is asked again at the moment of sending. Three questions
    for every 500 identifiers; of people who never said anything only addresses count.
    """
    purposes = list_purposes()
    heard = Heard(key for keys in people.values() for key in keys)
    silent: dict[tuple[bool, ...], States] = {}
    found = {}
    for person, keys in people.items():
        addresses = {channel: address_of(keys, channel) for channel in (*SENT_ON, "web")}
        if not heard.has(keys):
            shape = tuple(map(bool, addresses.values()))
            if shape not in silent:
                silent[shape] = _states(purposes, addresses, keys, heard, now)
            found[person] = silent[shape]
        else:
            found[person] = _states(purposes, addresses, keys, heard, now)
    return found


def pairs_of(purposes: Iterable[PurposeView]) -> list[tuple[PurposeView, str]]:
    """Each purpose with the channels it is kept for."""
    return [(one, channel) for one in purposes for channel in _channels_of(one.key)]


def _channels_of(purpose: str) -> tuple[str, ...]:
    if purpose == LETTERS:
        return ("email",)
    return ("web",) if purpose in NOT_SENT else SENT_ON


def address_of(keys: Sequence[str], channel: str) -> str:
    """Where a message on the channel would go: the first address of its kind; else nowhere.

    Zalo reaches people by their id and, for template messages, by phone.
    """
    for kind in _KINDS.get(channel, ("user",)):
        for key in keys:
            if key.startswith(f"{kind}:"):
                return key
    return ""


def _states(
    purposes: Sequence[PurposeView],
    addresses: Mapping[str, str],
    keys: Sequence[str],
    heard: Heard,
    now: datetime,
) -> States:
    may, said, turns = [], [], []
    for view, channel in pairs_of(purposes):
        answer = heard.answer(view, channel, Addressee(addresses[channel], keys), now)
        name = f"{view.key}/{channel}"
        if answer.may and view.key not in NOT_SENT:
            may.append(name)
        if answer.standing.state != "unknown":
            said.append(f"{name}/{answer.standing.state}")
        if answer.standing.changes_at:
            turns.append(answer.standing.changes_at)
    reasons = tuple(sorted(heard.reasons(keys)))
    return States(tuple(may), tuple(said), reasons, min(turns, default=None))
