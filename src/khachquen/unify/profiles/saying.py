"""What was said of a person, trait by trait: the word that counts, the others, and why."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from khachquen.base import Text, to_micros
from khachquen.unify.identity.identifiers import is_blocked
from khachquen.unify.models import Node, Trait
from khachquen.unify.profiles.views import TraitSaid, TraitView
from khachquen.unify.traits.definition import Definition
from khachquen.unify.traits.registry import Registry, load_registry
from khachquen.unify.traits.sealing import is_token
from khachquen.unify.traits.sources import Standing, standings
from khachquen.unify.traits.survivorship import Word, choose
from khachquen.unify.traits.values import Reading, read_value
from khachquen.unify.traits.vault import installed_keys, masked

__all__ = ["values_of"]
_UNRANKED = Standing()
_NOBODY = Text(vi="Đây không phải tên của ai.", en="This is nobody's name.")


def read_traits(keys: Mapping[int, str], *, now: datetime) -> tuple[TraitView, ...]:
    """The traits of one person, who has the identifiers ``keys`` (node id → key).

    Names that mean one trait are one trait here. Sealed values come masked; what opens them is
    their token. Archived traits are left out.
    """
    registry, ranks = load_registry(), standings()
    said: dict[str, list[TraitSaid]] = defaultdict(list)
    rows = Trait.objects.filter(node_id__in=list(keys)).order_by("-at", "-id")
    for row in rows:
        definition = registry.find(row.name)
        standing = ranks.get(row.source_id, _UNRANKED)
        said[definition.key].append(_said(row, keys[row.node_id], definition, standing))
    tokens = {one.token for words in said.values() for one in words if one.token}
    shown = masked(tokens, registry, installed_keys())
    return tuple(
        _view(registry.find(key), words, shown, ranks, now)
        for key, words in sorted(said.items(), key=lambda pair: registry.place_of(pair[0]))
        if not registry.find(key).is_archived
    )


def values_of(
    profile_ids: Collection[int], key: str, registry: Registry, *, now: datetime
) -> dict[int, Any]:
    """Person → the value of one trait that counts, as a list shows it; none of a sealed trait."""
    definition = registry.find(key)
    if definition.sealed:
        return {}
    owners = dict(Node.objects.filter(profile_id__in=profile_ids).values_list("id", "profile_id"))
    ranks = standings()
    said: dict[int, list[TraitSaid]] = defaultdict(list)
    for row in Trait.objects.filter(node_id__in=list(owners)).order_by("-at", "-id"):
        if registry.find(row.name).key == key:
            standing = ranks.get(row.source_id, _UNRANKED)
            said[owners[row.node_id]].append(_said(row, "", definition, standing))
    return {owner: _view(definition, words, {}, ranks, now).value for owner, words in said.items()}


def _said(row: Trait, identifier: str, definition: Definition, standing: Standing) -> TraitSaid:
    raw = _read_json(row.value)
    sealed = is_token(raw)
    reading = Reading(raw) if sealed else _read(definition, raw, row.at.date())
    return TraitSaid(
        value=raw,
        source_id=row.source_id,
        at=row.at,
        identifier=identifier,
        message_id=row.message_id,
        name=row.name,
        source_class=standing.source_class or definition.source_class,
        normal=reading.value,
        problem=reading.problem,
        token=raw if sealed else "",
    )


def _read(definition: Definition, raw: Any, on: date) -> Reading:
    """As its type; a name that is nobody's, such as "khách lẻ", is no name."""
    reading = read_value(definition, raw, on=on)
    if definition.key == "name" and isinstance(raw, str) and is_blocked(raw):
        return Reading(raw, _NOBODY)
    return reading


def _view(
    definition: Definition,
    said: Sequence[TraitSaid],
    shown: Mapping[str, str],
    ranks: Mapping[int, Standing],
    now: datetime,
) -> TraitView:
    words = [
        Word(
            one.normal,
            to_micros(one.at),
            one.source_id,
            ranks.get(one.source_id, _UNRANKED).rank,
            is_readable=one.problem is None and one.normal is not None,
        )
        for one in said
    ]
    days, moment = definition.valid_days, to_micros(now)
    verdict = choose(words, definition.rule, valid_days=days, now=moment)
    ordered = [(verdict.index, verdict.why), *((lost.index, lost.why) for lost in verdict.lost)]
    return TraitView(
        name=definition.key,
        said=tuple(_told(said[index], why, shown) for index, why in ordered),
        definition=definition,
        is_expired=verdict.is_expired,
    )


def _told(one: TraitSaid, why: Text, shown: Mapping[str, str]) -> TraitSaid:
    if one.token:
        covered = shown.get(one.token, "********")
        return replace(one, why=why, value=covered, normal=covered)
    return replace(one, why=why)


def _read_json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
