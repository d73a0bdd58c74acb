"""Clients that keep sending whatever happens, and remember what was acknowledged."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import duckdb

from tests.served import Installation

BATCH = 5
_LIVE = """
from khachquen.store.models import Segment
live = Segment.objects.filter(dataset="events", retired_at=None)
answer = list(live.values_list("path", flat=True))
"""


@dataclass
class Load:
    """A few clients sending small batches until the block ends.

    A batch that was not acknowledged may or may not have been kept; half of the time its client
    sends it again, as published clients do, with the same messageIds. One batch in twenty is sent
    once more although it was acknowledged.
    """

    shop: Installation
    seed: int
    clients: int = 4
    acknowledged: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    again: set[str] = field(default_factory=set)
    refused: dict[int, int] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Load":
        for number in range(self.clients):
            thread = threading.Thread(target=self._send, args=(number,))
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _send(self, client: int) -> None:
        chance = random.Random(f"{self.seed}-{client}")
        number = 0
        while not self._over.wait(0.005):
            number += 1
            batch = [_message(f"{client}-{number}-{place}", chance) for place in range(BATCH)]
            ids = {message["messageId"] for message in batch}
            self.tried |= ids
            while (status := self.shop.tell(batch, key="public_write_key")) != 200:
                self.refused[status] = self.refused.get(status, 0) + 1
                if self._over.wait(0.1) or chance.random() < 0.5:
                    break
            else:
                self.acknowledged |= ids
                if chance.random() < 0.05 and self.shop.tell(batch, key="public_write_key") == 200:
                    self.again |= ids


def _message(name: str, chance: random.Random) -> dict[str, Any]:
    """A view of a page, or once in five a visitor who says who she is."""
    visitor = chance.randrange(200)
    if chance.random() < 0.2:
        traits = {"email": f"khach{visitor}@example.vn", "name": "Nguyễn Thị Hoa"}
        return {
            "type": "identify",
            "messageId": name,
            "anonymousId": f"may-{visitor}",
            "userId": f"kh-{visitor}",
            "traits": traits,
        }
    return {"type": "page", "messageId": name, "anonymousId": f"may-{visitor}", "name": "Trang"}


def count_stored(shop: Installation) -> Counter[str]:
    """How often each messageId stands in the files the manifest lists, read past the product."""
    files = [str(shop.data / "lake" / path) for path in shop.run_inside(_LIVE)]
    if not files:
        return Counter()
    counted = "SELECT message_id, count(*) FROM read_parquet(?, union_by_name=true) GROUP BY 1"
    with duckdb.connect() as connection:
        return Counter(dict(connection.execute(counted, [files]).fetchall()))


def check_exactly_once(shop: Installation, load: Load) -> int:
    """What was acknowledged is in the lake once, what was not at most once; how many there are."""
    found = count_stored(shop)
    lost = sorted(load.acknowledged - found.keys())
    doubled = sorted(name for name, times in found.items() if times != 1)
    invented = sorted(found.keys() - load.tried)
    assert (lost, doubled, invented) == ([], [], [])
    return len(found)
