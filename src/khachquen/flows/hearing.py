"""What an event says of a letter of ours, on its way from the log into outcomes.

Only the source our own witness speaks from is heard, and choices customers made by a link of ours:
an event anybody else sends under the same name is an event and no more. It says which letter; whose
that is is filled in here from the row it was sent by, as one identifier, so it joins nobody. A
machine's is told from a person's for good: a visit comes here when the log holds all that could say
otherwise.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from khachquen.activate.campaigns.outcomes import (
    Heard,
    Letter,
    find_letters,
    find_unsubscribed,
    foresee,
    record,
)
from khachquen.base import from_micros, to_micros
from khachquen.collect import find_or_create_source
from khachquen.collect.event import Event, Outcome, Reason, refuse
from khachquen.collect.protocols import understand
from khachquen.flows import choosing
from khachquen.flows.batch import Batch
from khachquen.flows.holding import read_ahead
from khachquen.flows.tracking import EVENTS, MESSAGE_DELIVERED, SOURCE
from khachquen.govern.consent import Addressee, may_send_all
from khachquen.govern.consent.purposes import LETTERS
from khachquen.store import load_watermarks
from khachquen.store.lake import prepare
from khachquen.unify.profiles.reaching import reach

KINDS: Mapping[str, str] = {
    **{event: kind for kind, event in EVENTS.items()},
    MESSAGE_DELIVERED: "delivered",
}
BY_MACHINES: Mapping[str, str] = {
    "opened": "Email Opened By Machine",
    "clicked": "Email Link Clicked By Machine",
}
"""A name of its own, so that no rule, score or segment that asks for people counts a machine."""
_NEED_CONSENT = ("opened", "clicked")
_LETTER = re.compile(rb'"letter":(\d{1,18})\b')  # as our own witness writes it


def read_letters(batch: Batch) -> None:
    """Whose letter is it, may that be known of them, and was it a person?

    Who took back their consent since the letter left is not written down any more: that event is
    dropped, and nothing of it stays but its id.
    """
    spoken = [place for place, event in enumerate(batch.events) if _speaks(event)]
    if not spoken:
        return
    at = from_micros(batch.events[spoken[0]].received_at)
    ours = find_or_create_source(name=SOURCE, kind="letters", at=at).pk
    chosen = find_or_create_source(name=choosing.SOURCE, kind="form", at=at).pk
    own = [place for place in spoken if batch.events[place].source_id == ours]
    letters = find_letters(_letter(batch.events[place]) for place in own)
    may = _may_be_known(letters, batch)
    gone = {place for place in own if not _is_known(batch.events[place], letters, may)}
    heard = {place: _heard(batch.events[place]) for place in own if place not in gone}
    reasons = foresee(list(heard.values()), _still_to_come(batch, heard.values()))
    for (place, one), reason in zip(heard.items(), reasons, strict=True):
        _fill_in(batch, place, letters[one.recipient_id], reason)
    batch.heard = [*heard.values(), *_choices(batch, spoken, chosen)]
    _drop(batch, gone)


def save_outcomes(batch: Batch) -> None:
    """What became of letters, in the transaction that makes the events visible."""
    record(batch.heard)


def _speaks(event: Event) -> bool:
    """Whether it is of a letter, if it is ours at all: others know no numbers of letters."""
    is_one = event.trusted and event.type == "track" and event.name in KINDS
    return is_one and ("letter" in event.properties or "campaign" in event.properties)


def _letter(event: Event) -> int:
    told = event.properties.get("letter")
    return told if isinstance(told, int) and 0 < told < 1 << 62 else 0


def _may_be_known(letters: Mapping[int, Letter], batch: Batch) -> set[int]:
    """Whose opens and clicks may be written down: they agreed when it left, and still do."""
    people = reach({one.person_id for one in letters.values() if one.is_tracked})
    asked = {
        letter: Addressee(f"email:{one.address}", people[one.person_id].keys)
        for letter, one in letters.items()
        if one.is_tracked and one.person_id in people
    }
    answers = may_send_all([(LETTERS, "email")], asked, now=batch.now)[LETTERS, "email"]
    return {letter for letter, answer in answers.items() if answer.standing.is_granted}


def _is_known(event: Event, letters: Mapping[int, Letter], may: set[int]) -> bool:
    letter = _letter(event)
    needs_consent = KINDS[event.name or ""] in _NEED_CONSENT
    return letter in letters and (letter in may or not needs_consent)


def _heard(event: Event) -> Heard:
    said, kind = event.properties, KINDS[event.name or ""]
    detail = {"clicked": "link_id", "bounced": "bounce_type"}.get(kind, "")
    links = said.get("links")
    return Heard(
        recipient_id=_letter(event),
        kind=kind,
        key=event.message_id[:64],
        at=from_micros(event.at),
        detail=str(said.get(detail) or "")[:24],
        seen_as=str(said.get("seen_as") or "")[:12],
        links=links if isinstance(links, int) else 0,
    )


def _still_to_come(batch: Batch, heard: Iterable[Heard]) -> list[Heard]:
    """What the log holds of visits to the same letters right behind this batch."""
    visits = [one for one in heard if one.kind in _NEED_CONSENT]
    if not visits:
        return []
    letters = {one.recipient_id for one in visits}
    until = to_micros(max(one.at for one in visits))
    since, ingester, found = {**load_watermarks(), **batch.positions}, batch.ingester, []
    for stream, request in read_ahead(ingester.log, since, until=until):
        for place, raw in enumerate(request.items):
            letter = _LETTER.search(raw)
            if letter is None or int(letter[1]) not in letters:
                continue
            event = understand(raw, request, ingester.limits, stream, place)
            if isinstance(event, Event) and event.name in KINDS:
                found.append(_heard(event))
    return found


def _fill_in(batch: Batch, place: int, letter: Letter, reason: str) -> None:
    """The event as the lake keeps it; a copy of it is still known by what it said when it came."""
    event, was = batch.events[place], batch.ready[place]
    event.properties = {
        **event.properties,
        "email" if "@" in letter.address else "phone": letter.address,
        "email_id": f"{letter.run_id}-{letter.id}",
        "email_subject": letter.subject,
        "campaign_id": str(letter.campaign_id),
        "campaign_name": letter.campaign_name,
    }
    if reason:
        event.name = BY_MACHINES[KINDS[event.name or ""]]
        event.properties |= {"is_machine": True, "machine_reason": reason}
        event.robot = f"mail:{reason}"
    batch.ready[place] = prepare(event)._replace(digest=was.digest, payload=was.payload)


def _choices(batch: Batch, spoken: Sequence[int], source_id: int) -> list[Heard]:
    """Unsubscribing by the link of a letter, which knows the campaign and the address."""
    found = []
    for place in spoken:
        event = batch.events[place]
        campaign, address = event.properties.get("campaign"), event.properties.get("email")
        is_one = event.source_id == source_id and event.name == EVENTS["unsubscribed"]
        if is_one and isinstance(campaign, int) and isinstance(address, str):
            letter = find_unsubscribed(campaign, address)
            if letter is not None:
                key, at = event.message_id[:64], from_micros(event.at)
                found.append(Heard(letter, "unsubscribed", key, at))
    return found


def _drop(batch: Batch, gone: set[int]) -> None:
    if not gone:
        return
    reason = Reason.NO_CONSENT.value
    batch.refusals += [refuse(batch.events[at], Outcome.DROPPED, reason) for at in sorted(gone)]
    kept = [place for place in range(len(batch.events)) if place not in gone]
    batch.events = [batch.events[place] for place in kept]
    batch.ready = [batch.ready[place] for place in kept]
