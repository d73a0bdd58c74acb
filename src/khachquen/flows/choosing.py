"""What a customer chooses on a page a link of ours opened: nobody signs in, the link is the proof.

A word holds from the moment this returns: the ledger hears it under every identifier of the person,
so that it takes the place of whatever was said before, and the timeline a second later. The page
learns nothing of those other identifiers.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.base import Clock, Config, to_micros
from khachquen.collect import find_or_create_source
from khachquen.collect.enrichment import shorten_address
from khachquen.flows.agreeing import keys_of
from khachquen.flows.speaking import speaking
from khachquen.govern.consent import (
    Addressee,
    Answer,
    ConsentEntry,
    Told,
    answer_each,
    list_words,
    record,
)
from khachquen.govern.consent.links import Link
from khachquen.govern.consent.purposes import (
    PurposeView,
    TextView,
    get_purpose,
    list_purposes,
    list_texts,
)
from khachquen.govern.consent.standing import Says
from khachquen.govern.consent.suppressing import suppress
from khachquen.unify.profiles import find_profile
from khachquen.unify.traits.builtin import built_in

SOURCE = "Trang tùy chọn của khách"
"""The name of the source customers' own choices come from."""
CHANNELS_OF: Mapping[str, tuple[str, ...]] = {"email": ("email",), "phone": ("sms", "zalo", "call")}
"""Kind of identifier → the channels whose messages go to it."""
STOP = "do_not_contact"


@dataclass(frozen=True, slots=True)
class Seen:
    """Where somebody sits while they choose: for the proof, as much of it as the house keeps."""

    ip: str = ""
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Offer:
    """One purpose on one channel: whether messages go now, why, and what one would agree to."""

    purpose: PurposeView
    channel: str
    answer: Answer
    text: TextView | None
    at_most: int | None = None
    per_days: int | None = None

    @property
    def may_agree(self) -> bool:
        """Whether a yes would mean something: only under words one can read."""
        is_known = self.text is not None or self.purpose.basis == "may_refuse"
        return is_known and not self.purpose.is_archived


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything the owner of an identifier may choose, and what was said under it; ``preferred``
    is the channel they like best, empty while they have not said."""

    offers: Sequence[Offer]
    words: Sequence[ConsentEntry]
    is_stopped: bool
    preferred: str = ""


def show_choices(link: Link, *, now: datetime) -> Choices:
    """What who holds the link may choose: every purpose that is asked for or was spoken of."""
    words = list_words([link.identifier])
    spoken = {one.purpose for one in words}
    texts = {one.key: list_texts(one.key) for one in list_purposes(with_archived=True)}
    purposes = [
        one
        for one in list_purposes(with_archived=True)
        if one.basis != "always" and (one.key in spoken or (texts[one.key] and not one.is_archived))
    ]
    keys = every_key_of(link.identifier)
    channels = _channels_of(link.identifier)
    answers = answer_each(
        purposes, {each: Addressee(link.identifier, keys) for each in channels}, now=now
    )
    offers = [
        Offer(one, each, answers[one.key, each], next(iter(texts[one.key]), None),
              *_frequency(one.key, each, answers[one.key, each], words))
        for one in purposes
        for each in channels
    ]  # fmt: skip
    held = [one.answer.suppressed for one in offers if one.answer.suppressed]
    is_stopped = any(one.reason == STOP for one in held)
    return Choices(offers, words, is_stopped, _preferred(link.identifier))


def choose(
    config: Config,
    link: Link,
    wanted: Mapping[tuple[str, str], bool],
    versions: Mapping[str, int],
    *,
    seen: Seen,
    clock: Clock,
) -> int:
    """Keep each choice that differs from what stands; how many did.

    ``wanted`` is by purpose and channel, ``versions`` which words of each purpose were read. What
    the link does not offer is not heard.

    Raises:
        InputError: words nobody wrote were read; nothing is kept.
        UnavailableError: the disk cannot take it; nothing is kept.
    """
    now = clock()
    changed: dict[tuple[str, Says], list[str]] = {}
    for one in show_choices(link, now=now).offers:
        yes = wanted.get((one.purpose.key, one.channel))
        standing = one.answer.standing
        stands = standing.is_granted or (
            one.purpose.basis == "may_refuse" and not standing.is_refused
        )
        if yes is None or yes == stands or (yes and not one.may_agree):
            continue
        says: Says = "granted" if yes else "withdrawn"
        changed.setdefault((one.purpose.key, says), []).append(one.channel)
    acts = [
        _Act("Consent Granted" if says == "granted" else "Consent Withdrawn", says, purpose,
             channels, versions.get(purpose) if says == "granted" else None)
        for (purpose, says), channels in changed.items()
    ]  # fmt: skip
    _say(config, link, acts, seen, now)
    return sum(map(len, changed.values()))


def prefer(config: Config, link: Link, channel: str, *, clock: Clock) -> bool:
    """Keep which way its owner likes to be written to; False when that is what they said before, or
    nothing one could prefer. Seen by campaigns a second later, as every trait is.

    Raises:
        UnavailableError: the disk cannot take it; nothing is kept.
    """
    now = clock()
    known = {one.value for one in built_in()["preferred_channel"].choices}
    if channel not in known or channel == _preferred(link.identifier):
        return False
    stream = f"choice-{to_micros(now)}-{secrets.token_hex(6)}"
    source = find_or_create_source(name=SOURCE, kind="form", at=now)
    kind, _, value = link.identifier.partition(":")
    said = {"type": "identify", "traits": {kind: value, "preferred_channel": channel}}
    with speaking(config, source.pk, stream, said, at=now) as speak:
        speak()
    return True


def unsubscribe(config: Config, link: Link, *, seen: Seen, clock: Clock) -> bool:
    """Messages of the link's purpose stop on its channels; False when they had stopped before.

    Raises:
        UnavailableError: the disk cannot take it; nothing is kept.
    """
    now, keys = clock(), every_key_of(link.identifier)
    purpose, channels = get_purpose(link.purpose), _channels_of(link.identifier)
    to = Addressee(link.identifier, keys)
    answers = answer_each([purpose], dict.fromkeys(channels, to), now=now)
    open_ = [each for (_, each), one in answers.items() if one.standing.state != "withdrawn"]
    if open_:
        act = _Act("Unsubscribed", "withdrawn", purpose.key, open_, campaign=link.campaign)
        _say(config, link, [act], seen, now)
    return bool(open_)


def stop_everything(config: Config, link: Link, *, seen: Seen, clock: Clock) -> None:
    """Everything is withdrawn, and nobody of the shop writes to this person on any channel.

    Raises:
        UnavailableError: the disk cannot take it; nothing is kept.
    """
    now = clock()
    purposes = [one.key for one in list_purposes() if one.basis != "always"]
    acts = [_Act("Consent Withdrawn", "withdrawn", key, ["any"]) for key in purposes]
    with transaction.atomic():
        suppress(
            every_key_of(link.identifier), channel="any", reason=STOP, at=now,
            detail="Khách tự chọn trên trang tùy chọn",
        )  # fmt: skip
        _say(config, link, acts, seen, now)


@dataclass(frozen=True, slots=True)
class _Act:
    event: str
    says: Says
    purpose: str
    channels: Sequence[str]
    version: int | None = None
    campaign: int | None = None


def _say(
    config: Config,
    link: Link,
    acts: Sequence[_Act],
    seen: Seen,
    now: datetime,
    random: Callable[[int], str] = secrets.token_hex,
) -> None:
    """The ledger first, then the log, both or neither; under one id, so it is one word."""
    if not acts:
        return
    stream = f"choice-{to_micros(now)}-{random(6)}"
    source = find_or_create_source(name=SOURCE, kind="form", at=now)
    proof = proof_of(config, link.use, seen)
    told, messages = [], []
    for number, act in enumerate(acts):
        name = f"{stream}-{number}" if number else stream
        evidence: dict[str, Any] = dict(proof)
        if act.campaign is not None:
            evidence["campaign"] = act.campaign
        told.append(
            Told(
                subjects=every_key_of(link.identifier),
                purpose=act.purpose,
                says=act.says,
                channels=act.channels,
                method="link",
                at=now,
                text_version=act.version,
                source_id=source.pk,
                language=seen.language,
                message_id=f"{source.pk}:{name}",
                evidence=evidence,
            )
        )
        kind, _, value = link.identifier.partition(":")
        said = {"purpose": act.purpose, "channels": list(act.channels), "method": "link"}
        messages.append({"event": act.event, "properties": {kind: value, **said, **evidence}})
    with speaking(config, source.pk, stream, *messages, at=now) as speak, transaction.atomic():
        record(told, now=now)
        speak()


def proof_of(config: Config, link: str, seen: Seen) -> dict[str, str]:
    """Which link was used and from where, as far as the house keeps it."""
    address = shorten_address(seen.ip) if config.privacy.truncate_ip else seen.ip
    return {key: value for key, value in {"link": link, "ip": address}.items() if value}


def _preferred(identifier: str) -> str:
    person = find_profile(identifier)
    return str(person.trait("preferred_channel") or "") if person else ""


def _channels_of(identifier: str) -> tuple[str, ...]:
    return CHANNELS_OF.get(identifier.partition(":")[0], ())


def every_key_of(identifier: str) -> list[str]:
    """Every identifier of the person who has this one; at least this one."""
    person = find_profile(identifier)
    return list(dict.fromkeys([identifier, *(keys_of(person) if person else ())]))


def _frequency(
    purpose: str, channel: str, answer: Answer, words: Sequence[ConsentEntry]
) -> tuple[int | None, int | None]:
    """How many messages were agreed to, by the newest word under this very identifier."""
    said = (one for one in words if one.purpose == purpose and one.channel in (channel, "any"))
    newest = next(said, None)
    is_told = newest is not None and answer.standing.is_granted and newest.says == "granted"
    return (newest.at_most, newest.per_days) if newest and is_told else (None, None)
