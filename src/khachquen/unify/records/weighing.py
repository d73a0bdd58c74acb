"""What was said of people, read for the facts that keep two people apart.

Which traits are facts, and what they say, identity knows (``identity.facts``). Numbers that are
sealed are opened in memory, and only a keyed hash of them is kept: enough to tell that two differ.
"""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from khachquen.base import to_micros
from khachquen.store import update_rows
from khachquen.unify.identity.facts import READERS
from khachquen.unify.identity.ledger import chunks
from khachquen.unify.models import Node, Trait
from khachquen.unify.records.updating import TraitKey, TraitTold
from khachquen.unify.traits import Registry
from khachquen.unify.traits.sealing import is_token
from khachquen.unify.traits.vault import Box, KeyRing, open_boxes

_MOST_REMEMBERED = 20_000


class FactReader:
    """Reads facts out of traits as the registry names them now; one for each registry."""

    def __init__(self, registry: Registry, ring: KeyRing):
        self.registry, self._ring = registry, ring
        self._harmless: set[str] = set()
        self._keys: dict[str, str] = {}  # name → the trait it means

    def concerns(self, traits: Mapping[str, Any]) -> bool:
        """Whether any of them may be a fact: one comparison of sets for names met before."""
        if self._harmless.issuperset(traits):
            return False
        if len(self._harmless) > _MOST_REMEMBERED:
            self._harmless.clear()
        self._harmless.update(name for name in traits if not self.is_fact(name))
        return not self._harmless.issuperset(traits)

    def is_fact(self, name: str) -> bool:
        return self._key_of(name) in READERS

    def _key_of(self, name: str) -> str:
        key = self._keys.get(name)
        if key is None:
            if len(self._keys) > _MOST_REMEMBERED:
                self._keys.clear()
            key = self._keys[name] = self.registry.find(name).key
        return key

    def names_among(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if self.is_fact(name)]

    def read(
        self, said: Mapping[int, Iterable[tuple[str, str]]], boxes: Iterable[Box] = ()
    ) -> dict[int, str]:
        """Node → its facts, of all that is said of it: name and value as JSON."""
        words = {
            node: [(self._key_of(name), json.loads(value)) for name, value in told]
            for node, told in said.items()
        }
        tokens = {word for told in words.values() for _, word in told if is_token(word)}
        opened = open_boxes(tokens, self._ring, boxes)
        facts = {
            node: {self._fact(key, word, opened) for key, word in told} - {""}
            for node, told in words.items()
        }
        return {node: " ".join(sorted(found)) for node, found in facts.items()}

    def _fact(self, key: str, word: Any, opened: Mapping[str, Any]) -> str:
        is_sealed = is_token(word)
        value = opened.get(word) if is_sealed else word
        if key not in READERS or isinstance(value, bool) or not isinstance(value, str | int):
            return ""
        told = READERS[key](str(value))
        if told and is_sealed:
            length, _, number = told.partition(":")
            secret, text = self._ring.get().index, f"fact\0{key}\0{number}"
            told = f"{length}:{hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:32]}"
        return f"{key}={told}" if told else ""


def weigh_facts(
    told: Mapping[TraitKey, TraitTold],
    stored: Collection[int],
    reader: FactReader,
    boxes: Iterable[Box] = (),
) -> dict[int, str]:
    """Node → its facts once ``told`` counts beside what is ``stored`` of those nodes.

    Of one source only the newest word counts, so that what it corrects is forgotten.
    """
    words = dict(told)
    for node, name, source, at, message_id, value in _said_of(stored):
        one = TraitTold(to_micros(at), message_id, value)
        key = (node, name, source)
        if key not in words or one > words[key]:
            words[key] = one
    said: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for (node, name, _), word in words.items():
        if reader.is_fact(name):
            said[node].append((name, word.value))
    return reader.read(said, boxes)


def _said_of(nodes: Collection[int]) -> Iterable[tuple[Any, ...]]:
    for chunk in chunks(nodes):
        yield from Trait.objects.filter(node_id__in=chunk).values_list(
            "node_id", "name", "source_id", "at", "message_id", "value"
        )


def refresh_facts(reader: FactReader) -> Iterator[int]:
    """Read all facts anew, as after a trait was declared otherwise; a part at a time, and of how
    many identifiers they changed.

    Only the engine may, and whoever they speak against must be drawn after it.
    """
    names = reader.names_among(Trait.objects.values_list("name", flat=True).distinct())
    told = (
        Trait.objects.filter(name__in=names).order_by("node_id").values_list("node_id", flat=True)
    )
    had = Node.objects.exclude(facts="").values_list("id", flat=True)
    for chunk in chunks(sorted({*told, *had})):
        facts = weigh_facts({}, chunk, reader)
        rows = Node.objects.filter(id__in=chunk).values_list("id", "facts")
        fresh = [(facts.get(n, ""), n) for n, before in rows if facts.get(n, "") != before]
        update_rows(Node, "facts = %s", fresh)
        yield len(fresh)
