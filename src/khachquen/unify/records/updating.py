"""Writing what a batch says of people: traits, and the cached line of each person."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from django.db.models import Max, Min, Sum

from khachquen.base import from_micros, to_micros
from khachquen.store import db_time, update_rows, upsert_rows
from khachquen.unify.identity.graph import Graph
from khachquen.unify.identity.ledger import chunks
from khachquen.unify.models import Node, Profile, SearchWord, Trait
from khachquen.unify.normalise.ordering import NAMELESS
from khachquen.unify.records.summary import NAMING_KINDS, KnownId, Said, Summary, summarise
from khachquen.unify.records.words import words_of

TraitKey = tuple[int, str, int]
"""Node id, trait name, source id."""


class TraitTold(NamedTuple):
    """A value one source gave for one trait of one identifier, as JSON text.

    The greater one stands: the newer, and of one moment always the same.
    """

    at: int
    message_id: str
    value: str


@dataclass(slots=True)
class _Activity:
    """How often and when a person was seen in a batch (microseconds UTC)."""

    events: int
    first: int
    last: int


def save_traits(told: Mapping[TraitKey, TraitTold]) -> None:
    """Keep each value that is not older than the stored one of the same source."""
    stored: dict[TraitKey, TraitTold] = {}
    for chunk in chunks({node_id for node_id, _, _ in told}):
        rows = Trait.objects.filter(node_id__in=chunk)
        for node_id, name, source_id, at, message_id, value in rows.values_list(
            "node_id", "name", "source_id", "at", "message_id", "value"
        ):
            stored[node_id, name, source_id] = TraitTold(to_micros(at), message_id, value)
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
            if key not in stored or one > stored[key]
        ),
        update_conflicts=True,
        unique_fields=["node_id", "name", "source_id"],
        update_fields=["value", "at", "message_id"],
    )


def save_profiles(graph: Graph, told: Collection[int] = ()) -> None:
    """Bring the cached lines up to date; call after the graph and the traits are written.

    ``told`` are people whose traits changed. Those whose identifiers moved are counted again from
    what their identifiers have seen, the others only get what the batch adds: both say the same.
    """
    earlier = {n.profile_id for n, _ in graph.touched.values() if n.id in graph.earlier}
    new = {node.id for node in graph.new.values() if node.profile_id == node.id}
    again = (graph.reshaped | earlier) - new
    seen = _activity_of(graph)
    unseen = _times_of_unseen(graph, new - set(seen))
    _count_activity({p: a for p, a in seen.items() if p not in new and p not in again})
    _save_counts(_blank(p, seen.get(p) or unseen[p]) for p in sorted(new))
    _save_counts(_blank(p, one) for p, one in _count_again(again))
    update_rows(
        Profile,
        "merged_into = %s",
        [(None if n == node.profile_id else node.profile_id, n) for n, node in graph.moved.items()],
    )
    named = {n.profile_id for n in graph.new.values() if n.kind in NAMING_KINDS}
    _save_summaries(again | named | set(told))


def _activity_of(graph: Graph) -> dict[int, _Activity]:
    """What people did in a batch. Times are those of the identifiers, which only ever widen."""
    seen: dict[int, _Activity] = {}
    for node, before in graph.touched.values():
        if events := node.human_events - before.human_events:
            _add(seen, node.profile_id, events, node.first_event, node.last_event)
    return seen


def _add(seen: dict[int, _Activity], profile_id: int, events: int, first: int, last: int) -> None:
    known = seen.get(profile_id)
    if known is None:
        seen[profile_id] = _Activity(events, first, last)
        return
    known.events += events
    known.first = min(known.first, first)
    known.last = max(known.last, last)


def _count_activity(seen: Mapping[int, _Activity]) -> None:
    rows = []
    for profile_id, one in seen.items():
        first, last = db_time(one.first), db_time(one.last)
        rows.append((one.events, first, first, last, last, profile_id))
    update_rows(
        Profile,
        "events = events + %s,"
        " first_seen = CASE WHEN events = 0 OR first_seen > %s THEN %s ELSE first_seen END,"
        " last_seen = CASE WHEN events = 0 OR last_seen < %s THEN %s ELSE last_seen END",
        rows,
    )


def _times_of_unseen(graph: Graph, profile_ids: Collection[int]) -> dict[int, _Activity]:
    """People who did nothing themselves: only named, or robots. Since when they are heard of."""
    times: dict[int, _Activity] = {}
    for node, _ in graph.touched.values():
        if node.profile_id in profile_ids:
            _add(times, node.profile_id, 0, node.first_seen, node.first_seen)
    return {p: _Activity(0, one.first, one.first) for p, one in times.items()}


def _count_again(profile_ids: Collection[int]) -> Iterator[tuple[int, _Activity]]:
    """What people did ever, out of their identifiers."""
    for chunk in chunks(profile_ids, 500):
        rows = Node.objects.filter(profile_id__in=chunk).values("profile_id")
        for row in rows.annotate(
            n=Sum("human_events"),
            first=Min("first_event_at"),
            last=Max("last_event_at"),
            heard=Min("first_seen"),
        ):
            first, last = row["first"] or row["heard"], row["last"] or row["heard"]
            yield row["profile_id"], _Activity(row["n"], to_micros(first), to_micros(last))


def _save_counts(rows: Iterable[tuple[object, ...]]) -> None:
    upsert_rows(Profile, (*_COLUMNS, *_EMPTY), rows, key=("id",), update=_COLUMNS[1:])


def _blank(profile_id: int, one: _Activity) -> tuple[object, ...]:
    return (profile_id, one.events, db_time(one.first), db_time(one.last), *_NOTHING_KNOWN)


_COLUMNS = ("id", "events", "first_seen", "last_seen")
_EMPTY = ("name", "phone", "email", "search", "is_known", "name_key", "orders", "spent_minor")
_NOTHING_KNOWN = ("", "", "", "", False, NAMELESS, 0, 0)


def _save_summaries(profile_ids: Iterable[int]) -> None:
    """Lines that say the same as before are left alone: most words only repeat what is known."""
    for chunk in chunks(profile_ids, 500):
        lines = load_summaries(chunk)
        rows = Profile.objects.filter(id__in=chunk).values_list("id", *_LINE)
        before = {pid: Summary(*line) for pid, *line in rows}
        changed = {pid: line for pid, line in lines.items() if before.get(pid) != line}
        update_rows(
            Profile,
            ", ".join(f"{field} = %s" for field in _LINE),
            [(*(getattr(line, f) for f in _LINE), pid) for pid, line in changed.items()],
        )
        known = {pid: words_of(line.name, line.search) for pid, line in before.items()}
        save_words(known, {pid: words_of(line.name, line.search) for pid, line in changed.items()})


_LINE = ("name", "phone", "email", "search", "is_known", "name_key")


def save_words(known: Mapping[int, frozenset[str]], now: Mapping[int, frozenset[str]]) -> None:
    """Keep the words each person is found by ``now``; ``known`` are those that are kept."""
    for pid, words in now.items():
        if gone := known.get(pid, frozenset()) - words:
            SearchWord.objects.filter(word__in=gone, profile_id=pid).delete()
    new = (
        (word, pid) for pid, words in now.items() for word in words - known.get(pid, frozenset())
    )
    upsert_rows(SearchWord, ("word", "profile_id"), sorted(new))


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
    for node_id, profile_id, kind, key, since in nodes.values_list(
        "id", "profile_id", "kind", "key", "first_seen"
    ):
        profile_of_node[node_id] = profile_id
        ids[profile_id].append(KnownId(kind, key.partition(":")[2], to_micros(since)))
    said: dict[int, list[Said]] = defaultdict(list)
    for chunk in chunks(profile_of_node):
        rows = Trait.objects.filter(node_id__in=chunk, name__in=_NAME_TRAITS)
        for node_id, name, value, at, source_id in rows.values_list(
            "node_id", "name", "value", "at", "source_id"
        ):
            said[profile_of_node[node_id]].append(
                Said(name, msgspec.json.decode(value), to_micros(at), source_id)
            )
    return {pid: summarise(ids[pid], said[pid]) for pid in profile_ids}


_NAME_TRAITS = ("name", "fullName", "full_name", "lastName", "middleName", "firstName")
