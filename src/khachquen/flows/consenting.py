"""What people agree to and withdraw, on its way from events into the ledger.

Only trusted keys are heard: a public one could agree, or withdraw, in anybody's name.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from khachquen.base import InputError, KhachQuenError, NotFoundError, Text, from_micros
from khachquen.collect.event import Event, Reason
from khachquen.flows.arrivals import Raws, quarantine
from khachquen.flows.batch import Batch
from khachquen.flows.naming import name_all
from khachquen.govern.consent import Told, check, record
from khachquen.govern.consent.standing import Says
from khachquen.store.touched import touch
from khachquen.unify.identity import Rules
from khachquen.unify.mirror.turning import owners_of_keys

SAYS: Mapping[str, Says] = {
    "Consent Granted": "granted",
    "Consent Requested": "asked",
    "Consent Refused": "refused",
    "Consent Withdrawn": "withdrawn",
    "Unsubscribed": "withdrawn",
}
"""Events that speak of consent. An unsubscription is a withdrawal from advertising."""
_KNOWN = ("purpose", "channel", "channels", "method", "text_version", "expires_at", "at_most",
          "per_days", "email", "phone")  # fmt: skip


def check_consents(batch: Batch) -> None:
    """Does what it says of consent mean something here? What does not is kept aside, whole.

    A message somebody of the shop had taken in again is not at its place in this batch, so one that
    still means nothing is kept as an event that changes nothing.
    """
    speaking = [event for event in batch.events if _speaks(event)]
    if not speaking:
        return
    raws, refused = Raws(batch), {}
    for event in speaking:
        try:
            told = told_of(event, batch.ingester.book.rules)
            check(told)
            batch.consents[event.place] = told
        except (InputError, NotFoundError) as error:
            if raws.has(event.place):
                refused[event.place] = quarantine(event, Reason.BAD_CONSENT, _path(error), raws)
    batch.refusals += refused.values()
    batch.events = [event for event in batch.events if event.place not in refused]


def save_consents(batch: Batch) -> None:
    """The ledger hears what is kept, in the transaction that makes the events visible."""
    if not batch.consents:
        return
    kept = [batch.consents[event.place] for event in batch.events if event.place in batch.consents]
    record(kept, now=batch.now)
    touch_speakers({key for one in kept for key in one.subjects}, at=batch.now)


def touch_speakers(keys: Collection[str], *, at: datetime) -> None:
    """Whoever has these identifiers may have to be written to no more, or may be again.

    Call it in the transaction that keeps what was said.
    """
    touch(set(owners_of_keys(keys).values()), at=at, events=SAYS)


def told_of(event: Event, rules: Rules) -> Told:
    """The act an event tells of, under every identifier it names.

    Raises:
        InputError: a value is not of its type (``consent.bad_value``, with its property).
    """
    said = event.properties
    assert event.name is not None
    identifiers = name_all([event], rules)[0]
    return Told(
        subjects=[one.key for one in identifiers],
        purpose=_text(said, "purpose", "ads"),
        says=SAYS[event.name],
        channels=_channels(said, event.name),
        method=_text(said, "method", "api"),
        at=from_micros(event.at),
        expires_at=_time(said, "expires_at"),
        text_version=_number(said, "text_version"),
        at_most=_number(said, "at_most"),
        per_days=_number(said, "per_days"),
        source_id=event.source_id,
        language=str(event.context.get("locale") or "")[:8],
        message_id=f"{event.source_id}:{event.message_id}",
        evidence=_evidence(event),
    )


def _speaks(event: Event) -> bool:
    return event.trusted and event.name in SAYS and event.type == "track"


def _channels(said: Mapping[str, Any], name: str) -> list[str]:
    told = said.get("channels", said.get("channel", "email" if name == "Unsubscribed" else "any"))
    return [str(one) for one in told] if isinstance(told, list) else [str(told)]


def _evidence(event: Event) -> dict[str, Any]:
    """Whatever else it says: the form, the row of the file, the page; and where it came from."""
    told = {name: value for name, value in event.properties.items() if name not in _KNOWN}
    seen = {"ip": event.ip, "page": event.page.url, "message": event.message_id}
    return told | {name: value for name, value in seen.items() if value}


def _text(said: Mapping[str, Any], name: str, otherwise: str) -> str:
    value = said.get(name, otherwise)
    if not isinstance(value, str):
        raise _bad(name, value, "chữ", "text")
    return value


def _number(said: Mapping[str, Any], name: str) -> int | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1_000_000:
        raise _bad(name, value, "một số nguyên dương", "a positive whole number")
    return value


def _time(said: Mapping[str, Any], name: str) -> datetime | None:
    value = said.get(name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(str(value))
        if at.tzinfo is None:
            raise ValueError
    except ValueError:
        form = "2027-01-31T00:00:00+07:00"
        raise _bad(name, value, f"thời điểm như {form}", f"a time as {form}") from None
    return at


def _bad(name: str, value: object, vi: str, en: str) -> InputError:
    return InputError(
        "consent.bad_value",
        Text(vi=f"{str(value)[:40]!r} không dùng được.", en=f"{str(value)[:40]!r} is no use here."),
        path=name,
        hint=Text(vi=f"Hãy ghi {vi}.", en=f"Write {en}."),
    )


def _path(error: KhachQuenError) -> str:
    return "$" if error.path in ("", "subjects") else f"$.properties.{error.path}"
