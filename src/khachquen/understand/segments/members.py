"""Sets of people as bits, and when their answers are due to change. Pure; numbers in, numbers out.

People are numbered densely from 1, so a set is one bit a number: a million people in 125 kB,
whoever is in it. Due times are kept for the next day only: whoever is due later is found when
everybody is looked at again, which happens once a day.
"""

import heapq
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Dues", "Numbers", "PeopleSet", "differences"]

Numbers = NDArray[np.int64]


class PeopleSet:
    """Who belongs."""

    def __init__(self, people: Numbers | None = None) -> None:
        self._bits = np.zeros(128, dtype=np.uint8)
        self.size = 0
        if people is not None:
            self.add(people)

    def has(self, people: Numbers) -> NDArray[np.bool_]:
        """Of each, whether they belong."""
        places = people >> 3
        known = places < len(self._bits)
        bits = self._bits[np.where(known, places, 0)]
        is_in: NDArray[np.bool_] = (bits >> (people & 7).astype(np.uint8)) & 1 == 1
        return known & is_in

    def add(self, people: Numbers) -> None:
        """They belong."""
        fresh = np.unique(people[~self.has(people)])
        if len(fresh):
            self._reach(int(fresh[-1]))
            np.bitwise_or.at(self._bits, fresh >> 3, _masks(fresh))
            self.size += len(fresh)

    def remove(self, people: Numbers) -> None:
        """They do not."""
        gone = np.unique(people[self.has(people)])
        if len(gone):
            np.bitwise_and.at(self._bits, gone >> 3, ~_masks(gone))
            self.size -= len(gone)

    def all(self) -> Numbers:
        """Everybody in it, by number."""
        return np.flatnonzero(np.unpackbits(self._bits, bitorder="little")).astype(np.int64)

    def _reach(self, person: int) -> None:
        missing = (person >> 3) + 1 - len(self._bits)
        if missing > 0:
            room = max(missing, len(self._bits) // 2)
            self._bits = np.concatenate([self._bits, np.zeros(room, dtype=np.uint8)])


class Dues:
    """Who must be looked at again when, in microseconds; each person once."""

    def __init__(self) -> None:
        self._of: dict[int, int] = {}
        self._heap: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._of)

    def tell(self, looked_at: Iterable[int], due: Iterable[tuple[int, int]]) -> None:
        """These were looked at; of them, those are due (person, when), the others are not."""
        for person in looked_at:
            self._of.pop(person, None)
        for person, when in due:
            self._of[person] = when
            heapq.heappush(self._heap, (when, person))

    def take(self, now: int) -> list[int]:
        """Who is due by now; they are taken off."""
        found = []
        while self._heap and self._heap[0][0] <= now:
            when, person = heapq.heappop(self._heap)
            if self._of.get(person) == when:
                del self._of[person]
                found.append(person)
        if len(self._heap) > 2 * len(self._of) + 1000:
            self._heap = [(when, person) for person, when in self._of.items()]
            heapq.heapify(self._heap)
        return found


def differences(was: PeopleSet, now: Numbers) -> tuple[Numbers, Numbers]:
    """Who entered and who left, when exactly ``now`` belong."""
    before = was.all()
    return (
        np.setdiff1d(now, before, assume_unique=False),
        np.setdiff1d(before, now, assume_unique=False),
    )


def _masks(people: Numbers) -> NDArray[np.uint8]:
    return np.left_shift(np.uint8(1), (people & 7).astype(np.uint8))
