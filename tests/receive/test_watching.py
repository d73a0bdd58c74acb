"""The keyring beside the hot path: fresh when it matters, never asked for too often."""

import asyncio

import pytest

from khachquen.base import UnavailableError
from khachquen.collect import KeyHolder, Keyring
from khachquen.collect.keyring import digest_of
from khachquen.receive import KeyringWatch


class Watched:
    """A watch over keys a test changes, in a time of its own."""

    def __init__(self) -> None:
        self.now, self.loads = 100.0, 0
        self.keys: list[str] = []
        self.is_broken = False
        self.watch = KeyringWatch(self.load, self.monotonic, self.sleep)

    def monotonic(self) -> float:
        self.now += 1e-6
        return self.now

    def load(self) -> Keyring:
        if self.is_broken:
            raise RuntimeError("the database is locked")
        self.loads += 1
        holder = KeyHolder(1, trusted=False, enabled=True)
        return Keyring({digest_of(key): holder for key in self.keys})

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    def knows(self, key: str) -> bool:
        return self.watch.keyring.find(key) is not None


def test_a_key_made_a_moment_after_a_stranger_knocked_is_known() -> None:
    async def story() -> None:
        watched = Watched()
        watched.now += 10
        await watched.watch.refresh_for_unknown()  # a stranger
        watched.keys.append("kqp_new")
        watched.now += 0.01
        await watched.watch.refresh_for_unknown()
        assert watched.knows("kqp_new")
        assert watched.now == pytest.approx(110.25, abs=0.01)

    asyncio.run(story())


def test_a_hundred_strangers_at_once_are_one_look() -> None:
    async def story() -> None:
        watched = Watched()
        watched.now += 10
        await asyncio.gather(*(watched.watch.refresh_for_unknown() for _ in range(100)))
        assert watched.loads <= 3  # one more for those who came while it looked

    asyncio.run(story())


def test_strangers_in_turn_are_four_looks_a_second() -> None:
    async def story() -> None:
        watched = Watched()
        for _ in range(20):
            await watched.watch.refresh_for_unknown()
        assert watched.loads == 21
        assert watched.now >= 100 + 20 * 0.25

    asyncio.run(story())


def test_a_database_that_cannot_answer_leaves_the_last_keyring() -> None:
    async def story() -> None:
        watched = Watched()
        watched.keys.append("kqp_website")
        watched.watch.refresh()
        watched.is_broken = True
        with pytest.raises(UnavailableError) as refused:
            await watched.watch.refresh_for_unknown()
        assert refused.value.code == "collect.keys_unavailable"
        fresh = asyncio.create_task(watched.watch.keep_fresh())
        for _ in range(20):
            await asyncio.sleep(0)
        fresh.cancel()
        assert watched.knows("kqp_website")

    asyncio.run(story())


def test_a_key_in_use_is_noted_at_once_and_then_once_a_minute() -> None:
    noted: list[list[int]] = []
    now = [100.0]
    holder = KeyHolder(1, trusted=False, enabled=True, key_id=7)
    watch = KeyringWatch(
        lambda: Keyring({digest_of("kqp_hoa"): holder}),
        monotonic=lambda: now[0],
        note=lambda used: noted.append(sorted(used)),
    )

    def use_and_note(later: float) -> None:
        now[0] += later
        watch.keyring.find("kqp_hoa")
        watch.refresh()  # what the old keyring saw is not lost with it
        watch.note_uses()

    watch.note_uses()
    assert noted == []
    use_and_note(1)
    assert noted == [[7]]
    use_and_note(58)
    assert noted == [[7]]
    use_and_note(2)
    assert noted == [[7], [7]]
