"""What somebody tells a member of the staff, or another system, about being written to.

It holds from the moment this returns: the ledger hears it first, under all the person's
identifiers, and the timeline a second later.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db import transaction

from khachquen.base import Clock, Config, to_micros
from khachquen.collect import find_or_create_source
from khachquen.flows.consenting import SAYS
from khachquen.flows.speaking import SOURCE, named, speaking
from khachquen.govern import record_audit
from khachquen.govern.consent import Addressee, Answer, Told, answer_each, record
from khachquen.govern.consent.purposes import PurposeView
from khachquen.govern.consent.states import address_of
from khachquen.govern.consent.suppressing import lift, suppress
from khachquen.store.touched import touch
from khachquen.unify.profiles import ProfileView


def keys_of(person: ProfileView) -> list[str]:
    """Every identifier of the person as the ledger names it; without one, none."""
    return [f"{one.kind}:{one.value}" for one in person.identifiers]


def note_consent(
    config: Config,
    person: ProfileView,
    told: Told,
    *,
    actor: str,
    clock: Clock,
    random: Callable[[int], str] = secrets.token_hex,
) -> None:
    """Keep what the person said; ``subjects``, ``source_id``, ``by`` and the id are filled in here.

    Raises:
        NotFoundError, InputError: as ``govern.consent.record``; nothing is kept.
        ConflictError: the person has no identifier.
        UnavailableError: the disk cannot take it; nothing is kept.
    """
    at = clock()
    stream = f"staff-{to_micros(at)}-{random(4)}"
    source = find_or_create_source(name=SOURCE, kind="staff", at=at)
    act = replace(
        told,
        subjects=keys_of(person),
        source_id=source.pk,
        by=actor,
        message_id=f"{source.pk}:{stream}",
    )
    who = named(person)
    event = next(name for name, says in SAYS.items() if says == told.says)
    said = {"purpose": told.purpose, "channels": list(told.channels), "method": told.method}
    message = {"event": event, **who, "properties": {**who.get("properties", {}), **said}}
    with speaking(config, source.pk, stream, message, at=at) as speak, transaction.atomic():
        record([act], now=at)
        touch([person.row.id], at=at, events=SAYS)
        subject, detail = f"profile:{person.row.id}", {"says": told.says, **said}
        record_audit(actor=actor, action="consent.note", subject=subject, detail=detail, at=at)
        speak()


def leave_alone(person: ProfileView, *, why: str, actor: str, clock: Clock) -> None:
    """Write to this person on no channel any more, whatever they agreed to."""
    at = clock()
    with transaction.atomic():
        touch([person.row.id], at=at)
        reason = "do_not_contact"
        suppress(keys_of(person), channel="any", reason=reason, at=at, by=actor, detail=why)
        subject, detail = f"profile:{person.row.id}", {"why": why[:300]}
        record_audit(
            actor=actor, action="person.leave_alone", subject=subject, detail=detail, at=at
        )


def write_again(
    person: ProfileView, channel: str, reason: str, *, why: str, actor: str, clock: Clock
) -> None:
    """Take back one reason to leave this person alone.

    Raises:
        InputError: nobody says why, or channel or reason is unknown.
    """
    at = clock()
    with transaction.atomic():
        lift(keys_of(person), channel=channel, reason=reason, why=why, by=actor, at=at)
        touch([person.row.id], at=at)


def answers_for(
    person: ProfileView, purposes: Sequence[PurposeView], channels: Sequence[str], *, clock: Clock
) -> dict[tuple[str, str], Answer]:
    """For each purpose and channel whether a message may go to the person now, and why."""
    keys = keys_of(person)
    addressees = {channel: Addressee(address_of(keys, channel), keys) for channel in channels}
    return answer_each(purposes, addressees, now=clock())
