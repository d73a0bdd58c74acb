"""People for the checks, a chunk at a time: their words, sources, and what stands elsewhere."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from khachquen.unify.models import Node, Order, Profile, Trait
from khachquen.unify.normalise.reading import read_email, read_phone
from khachquen.unify.quality.facts import FIELD_OF, Person, Word

T = TypeVar("T")
_MOST_AT_ONCE = 5_000  # values in one statement


def people_after(profile_id: int, limit: int) -> list[Person]:
    """The next known people by number, merged-away records left out."""
    known = Profile.objects.themselves().filter(is_known=True, id__gt=profile_id)
    return _with_words(list(known.order_by("id")[:limit]))


def people_by_id(profile_ids: Sequence[int]) -> list[Person]:
    """These people, in this order; who is no more is left out."""
    found = Profile.objects.themselves().in_bulk(list(profile_ids))
    return _with_words([found[key] for key in profile_ids if key in found])


def _with_words(rows: Sequence[Profile]) -> list[Person]:
    owner: dict[int, int] = {}
    for chunk in _chunks([row.id for row in rows]):
        nodes = Node.objects.filter(profile_id__in=chunk)
        owner.update(nodes.values_list("id", "profile_id"))
    words, sources = _words(owner), _sellers(owner)
    for profile_id, said in words.items():
        sources[profile_id] |= {word.source_id for word in said}
    elsewhere = _elsewhere(words)
    return [
        Person(
            id=row.id,
            name=row.name,
            phone=row.phone,
            email=row.email,
            last_seen=row.last_seen,
            words=tuple(words[row.id]),
            sources=frozenset(sources[row.id]),
            elsewhere=elsewhere[row.id],
        )
        for row in rows
    ]


def _words(owner: dict[int, int]) -> dict[int, list[Word]]:
    """What was said of each person; a word of no field we check only names its source."""
    words: dict[int, list[Word]] = defaultdict(list)
    for chunk in _chunks(list(owner)):
        told = Trait.objects.filter(node_id__in=chunk)
        rows = told.values_list("node_id", "name", "value", "source_id", "at")
        for node_id, name, value, source_id, at in rows.order_by("-at", "-id"):
            field = FIELD_OF.get(name, "")
            said = _read(value) if field else None
            words[owner[node_id]].append(Word(field, said, source_id, at))
    return words


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _sellers(owner: dict[int, int]) -> dict[int, set[int]]:
    sources: dict[int, set[int]] = defaultdict(set)
    for chunk in _chunks(list(owner)):
        sold = Order.objects.filter(node_id__in=chunk).values_list("node_id", "source_id")
        for node_id, source_id in sold.distinct():
            sources[owner[node_id or 0]].add(source_id)
    return sources


def _elsewhere(words: dict[int, list[Word]]) -> dict[int, frozenset[str]]:
    """Of each person, the numbers and addresses they name that stand with somebody else."""
    named = {profile_id: set(_identifiers(said)) for profile_id, said in words.items()}
    holders: dict[str, int] = {}
    for chunk in _chunks(sorted(set().union(*named.values()))):
        nodes = Node.objects.filter(key__in=chunk)
        holders.update(nodes.values_list("key", "profile_id"))
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for profile_id, keys in named.items():
        found[profile_id] = frozenset(k for k in keys if holders.get(k, profile_id) != profile_id)
    return found


def _identifiers(said: Iterable[Word]) -> Iterator[str]:
    for word in said:
        if word.field == "phone" and (number := read_phone(word.text).e164):
            yield f"phone:{number}"
        elif word.field == "email" and (address := read_email(word.text).matched):
            yield f"email:{address}"


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _MOST_AT_ONCE):
        yield values[start : start + _MOST_AT_ONCE]
