"""Writing what a batch says of people: traits, and the cached line of each person."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from khachquen.base import from_micros, to_micros
from khachquen.store import db_time, update_rows, upsert_rows
from khachquen.unify.identity.graph import Graph
from khachquen.unify.identity.ledger import chunks
from khachquen.unify.models import Node, Profile, Trait
from khachquen.unify.records.summary import KnownId, Said, Summary, summarise

TraitKey = tuple[int, str, int]
"""Node id, trait name, source id."""


@dataclass(frozen=True, slots=True)
class TraitTold:
    """A value one source gave for one trait of one identifier, as JSON text."""

    value: str
    at: int
    message_id: str


@dataclass(slots=True)
class Activity:
    """How often and when a person was seen in a batch (microseconds UTC)."""

    events: int
    first: int
    last: int


def save_traits(told: Mapping[TraitKey, TraitTold]) -> None:
    """Keep each value that is not older than the stored one of the same source."""
    stored: dict[TraitKey, int] = {}
    for chunk in chunks({node_id for node_id, _, _ in told}):
        rows = Trait.objects.filter(node_id__in=chunk)
        for node_id, name, source_id, at in rows.values_list("node_id", "name", "source_id", "at"):
            stored[node_id, name, source_id] = to_micros(at)
    Trait.objects.bulk_create(
        (
            Trait(
                node_id=key[0],
                name=key[1],
                source_id=key[2],
                value=one.value,
                at=from_micros(one.at),
                message_id=one.message_id,
            )
            for key, one in told.items()
            if one.at >= stored.get(key, 0)
        ),
        update_conflicts=True,
        unique_fields=["node_id", "name", "source_id"],
        update_fields=["value", "at", "message_id"],
    )


def save_profiles(graph: Graph, activity: Mapping[int, Activity], told: Collection[int]) -> None:
    """Bring the cached lines up to date; call after the graph and the traits are written.

    ``told`` are profiles whose traits changed. Only those, and the ones whose identifiers
    changed, are summed up again; the rest only move their counts.
    """
    afresh = {graph.survivor_of(p) for p in graph.changed if graph.is_known(p)} | set(told)
    afresh |= {graph.survivor_of(p) for p in graph.merged}
    seen = dict(activity)
    _fold_ended(graph, seen)
    new = {p for p in graph.new_profiles if p not in graph.merged}
    _count_activity({p: a for p, a in seen.items() if p not in new and a.events})
    unseen = _times_of_unseen(graph, new - set(seen))
    upsert_rows(
        Profile,
        (*_COLUMNS, *_EMPTY),
        (
            _blank(profile_id, seen.get(profile_id) or unseen[profile_id])
            for profile_id in sorted(new)
        ),
        key=("id",),
        update=_COLUMNS[1:],
    )
    _save_summaries(afresh)


def _fold_ended(graph: Graph, seen: dict[int, Activity]) -> None:
    """The counts of a person that ended go to the survivor, once."""
    ended = [p for p in graph.merged if p not in graph.new_profiles]
    for chunk in chunks(ended):
        rows = Profile.objects.filter(id__in=chunk)
        for pid, events, first, last in rows.values_list("id", "events", "first_seen", "last_seen"):
            survivor = graph.survivor_of(pid)
            add_activity(seen, survivor, events, to_micros(first), to_micros(last))


def add_activity(
    seen: dict[int, Activity], profile_id: int, events: int, first: int, last: int
) -> None:
    """Add some events to what a batch saw of a person."""
    known = seen.get(profile_id)
    if known is None:
        seen[profile_id] = Activity(events, first, last)
        return
    known.events += events
    known.first = min(known.first, first)
    known.last = max(known.last, last)


def _count_activity(seen: Mapping[int, Activity]) -> None:
    rows = []
    for profile_id, one in seen.items():
        first, last = db_time(one.first), db_time(one.last)
        rows.append((one.events, first, first, last, last, profile_id))
    update_rows(
        Profile,
        "events = events + %s,"
        " first_seen = CASE WHEN first_seen > %s THEN %s ELSE first_seen END,"
        " last_seen = CASE WHEN last_seen < %s THEN %s ELSE last_seen END",
        rows,
    )


def _times_of_unseen(graph: Graph, profile_ids: Collection[int]) -> dict[int, Activity]:
    """People only named beside a stronger identifier that would not have them: no event yet."""
    times: dict[int, Activity] = {}
    for node in graph.touched.values():
        if (profile_id := graph.profile_of(node)) in profile_ids:
            add_activity(times, profile_id, 0, node.first_seen, node.first_seen)
    return times


def _blank(profile_id: int, one: Activity) -> tuple[object, ...]:
    return (profile_id, one.events, db_time(one.first), db_time(one.last), *_NOTHING_KNOWN)


_COLUMNS = ("id", "events", "first_seen", "last_seen")
_EMPTY = ("name", "phone", "email", "search", "is_known", "orders", "spent_minor")
_NOTHING_KNOWN = ("", "", "", "", False, 0, 0)


def _save_summaries(profile_ids: Iterable[int]) -> None:
    fields = ("name", "phone", "email", "search", "is_known")
    for chunk in chunks(profile_ids, 500):
        lines = load_summaries(chunk)
        update_rows(
            Profile,
            ", ".join(f"{field} = %s" for field in fields),
            [(*(getattr(line, f) for f in fields), pid) for pid, line in lines.items()],
        )


def profiles_of_nodes(node_ids: Collection[int]) -> set[int]:
    """The people some nodes belong to now."""
    return {
        profile_id
        for chunk in chunks(node_ids)
        for profile_id in Node.objects.filter(id__in=chunk).values_list("profile_id", flat=True)
    }


def load_summaries(profile_ids: Collection[int]) -> dict[int, Summary]:
    """The line of each person as their stored identifiers and traits have it now."""
    ids: dict[int, list[KnownId]] = defaultdict(list)
    profile_of_node: dict[int, int] = {}
    nodes = Node.objects.filter(profile_id__in=profile_ids)
    for node_id, profile_id, kind, key, last in nodes.values_list(
        "id", "profile_id", "kind", "key", "last_seen"
    ):
        profile_of_node[node_id] = profile_id
        ids[profile_id].append(KnownId(kind, key.partition(":")[2], to_micros(last)))
    said: dict[int, list[Said]] = defaultdict(list)
    for chunk in chunks(profile_of_node):
        rows = Trait.objects.filter(node_id__in=chunk, name__in=_NAME_TRAITS)
        for node_id, name, value, at in rows.values_list("node_id", "name", "value", "at"):
            said[profile_of_node[node_id]].append(
                Said(name, msgspec.json.decode(value), to_micros(at))
            )
    return {pid: summarise(ids[pid], said[pid]) for pid in profile_ids}


_NAME_TRAITS = ("name", "fullName", "full_name", "lastName", "middleName", "firstName")
