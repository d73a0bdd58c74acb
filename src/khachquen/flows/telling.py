"""What somebody of the shop writes on a person's page: a word like any other, by the front door.

It comes by the log, under a stream of its own, so that it has a source and a time, survives a
rebuild, and loses or wins against other words by the same rules.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.base import Clock, Config, ConflictError, InputError, Text, to_micros
from khachquen.collect import find_or_create_source
from khachquen.flows.speaking import SOURCE, named, speaking
from khachquen.govern import record_audit
from khachquen.unify.normalise import fold
from khachquen.unify.profiles import ProfileView
from khachquen.unify.traits import Definition, load_registry, read_value
from khachquen.unify.traits.declaring import get_definition
from khachquen.unify.traits.vault import KeyRing, key_path, save_boxes

EVENT = "Profile Edited"
"""What the timeline shows of it."""
_IDENTIFIERS = ("phone", "email", "id")
_TAGS = "tags"


def tell_trait(
    config: Config,
    person: ProfileView,
    key: str,
    value: str,
    *,
    actor: str,
    clock: Clock,
    random: Callable[[int], str] = secrets.token_hex,
) -> None:
    """Note what a member of the staff says of a person; on the page within a second or two.

    A sealed value is sealed before it is written anywhere. Nothing else of the person changes.

    Raises:
        NotFoundError: there is no such trait.
        InputError: the value is not of the trait's type (``traits.bad_value``), with what is right.
        ConflictError: the trait cannot be told by hand, or the person has no identifier.
        UnavailableError: the disk cannot take it; nothing changed.
    """
    definition, at = get_definition(key), clock()
    if not may_be_told(definition):
        raise _not_by_hand(definition)
    told = {definition.key: _checked(definition, value, at)}
    _tell(config, [(person, told)], "trait.tell", {"trait": key}, actor, at, random=random)


def tell_tags(
    config: Config,
    people: Sequence[ProfileView],
    *,
    actor: str,
    clock: Clock,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    random: Callable[[int], str] = secrets.token_hex,
) -> int:
    """Give people tags and take tags from them; how many people had something to change.

    Tags are one trait, so what staff says is the whole list. Those that fold alike are one tag. Of
    people without an identifier nothing can be told; they are passed over.

    Raises:
        UnavailableError: the disk cannot take it; nothing changed.
    """
    at, told = clock(), []
    gone = {fold(tag) for tag in remove}
    for person in people:
        known = {fold(tag): tag for tag in tags_of(person)}
        now = {key: tag for key, tag in known.items() if key not in gone}
        now |= {fold(tag): tag for tag in add if fold(tag) not in now}
        if now.keys() != known.keys() and person.identifiers:
            told.append((person, {_TAGS: list(now.values())}))
    if told:
        detail = {"add": list(add), "remove": list(remove), "people": len(told)}
        _tell(config, told, "tags.tell", detail, actor, at, random=random)
    return len(told)


def tags_of(person: ProfileView) -> list[str]:
    """The tags of a person that count, as a list."""
    found = person.trait(_TAGS)
    return [str(tag) for tag in found] if isinstance(found, list) else []


def _tell(
    config: Config,
    told: Sequence[tuple[ProfileView, dict[str, Any]]],
    action: str,
    detail: dict[str, Any],
    actor: str,
    at: datetime,
    *,
    random: Callable[[int], str],
) -> None:
    """One message a person, in one stream of the log; sealed values sealed before."""
    stream = f"staff-{to_micros(at)}-{random(4)}"
    keys, sealer = KeyRing(key_path(config.data, config.privacy.seal_keys)), load_registry().sealer
    boxes = [box for _, traits in told for box in sealer.seal(traits, keys.get, stream)]
    source = find_or_create_source(name=SOURCE, kind="staff", at=at)
    said = [{"event": EVENT, "context": {"traits": one}, **named(person)} for person, one in told]
    with speaking(config, source.pk, stream, *said, at=at) as speak, transaction.atomic():
        save_boxes(boxes, at=at)
        subject = f"profile:{told[0][0].row.id}" if len(told) == 1 else ""
        record_audit(actor=actor, action=action, subject=subject, detail=detail, at=at)
        speak()


def may_be_told(definition: Definition) -> bool:
    """Whether a value may be written by hand: not of what is archived, unclassified, or names the
    person to the system, which would join two people."""
    is_ready = definition.is_classified and not definition.is_archived
    return is_ready and definition.key not in _IDENTIFIERS and definition.source_class != "computed"


def _checked(definition: Definition, value: str, at: datetime) -> str:
    reading = read_value(definition, value.strip(), on=at.date())
    if reading.value is None or reading.problem:
        words = reading.problem or Text(vi="Chưa ghi giá trị.", en="There is no value.")
        raise InputError(
            "traits.bad_value",
            Text(vi="Chưa dùng được giá trị này.", en="This value cannot be used."),
            path="value",
            hint=words,
        )
    return value.strip()


def _not_by_hand(definition: Definition) -> ConflictError:
    return ConflictError(
        "traits.not_by_hand",
        Text(
            vi=f"“{definition.label.vi}” không ghi tay được.",
            en=f'"{definition.label.en}" cannot be written by hand.',
        ),
        path="trait",
        hint=Text(
            vi="Mã định danh và thuộc tính đã cất, chưa phân loại hay tính ra thì không ghi ở đây.",
            en="Identifiers, archived, unclassified and computed traits are not written here.",
        ),
    )
