"""Whose key is this? Answered from memory, for the hot path."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """What a write key opens: a source, whether its orders count, whether it is switched on.

    ``events_per_second`` is this key's own limit; None means the configured one.
    """

    source_id: int
    trusted: bool
    enabled: bool
    key_id: int = field(default=0, compare=False)  # whose share of the limits it uses
    events_per_second: int | None = None


class Keyring:
    """Every live key at one moment: SHA-256 of the key → its holder.

    Its keys never change, so any thread may read it; a newer one takes its place. It notes which
    keys were asked for, so that somebody can say when each was last used. A look-up by digest
    tells nothing about how near a guess was.
    """

    __slots__ = ("_holders", "_used")

    def __init__(self, holders: Mapping[str, KeyHolder]):
        self._holders = dict(holders)
        self._used: set[int] = set()

    def __len__(self) -> int:
        return len(self._holders)

    def find(self, value: str) -> KeyHolder | None:
        """The holder of this key, or None when no live key has this value."""
        holder = self._holders.get(digest_of(value))
        if holder is not None:
            self._used.add(holder.key_id)
        return holder

    def take_used(self) -> frozenset[int]:
        """The ids of the keys that were found since the last call."""
        used, self._used = self._used, set()
        return frozenset(used)


def digest_of(value: str) -> str:
    """How a key is kept: it is long and random, so one round of SHA-256 is enough.

    >>> digest_of("kqp_example")[:16]
    '223678127289d140'
    """
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
