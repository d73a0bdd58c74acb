"""A storm of SIGKILLs while messages leave: of the sender, and now and then of everything.

Whoever takes the messages is a process that nobody kills, and keeps a line of each before it says
yes: the file is what was accepted.
"""

import os
import random
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.served import Installation, children
from tests.waiting import wait_for

AT_ONCE = 5
SETTINGS = {
    "KHACHQUEN_SENDING_QUIET_FROM": "0",
    "KHACHQUEN_SENDING_QUIET_UNTIL": "0",
    "KHACHQUEN_SENDING_AT_ONCE": str(AT_ONCE),
    "KHACHQUEN_EGRESS_INSIDE": "127.0.0.0/8",
}
_STATE = """
from khachquen.activate.campaigns.running import get_run
answer = get_run(int(sys.argv[1])).state
"""


@dataclass(frozen=True)
class Storm:
    """So many kills at moments of chance while ``people`` messages leave over so many lines; one in
    ``everything_every`` is of everything."""

    seed: int
    kills: int
    people: int
    lines: int
    everything_every: int

    @property
    def most_unknown(self) -> int:
        """What all kills together may leave nobody certain of."""
        return self.kills * self.lines * AT_ONCE

    def rage(self, shop: Installation, file: Path) -> Counter[str]:
        """How often each was killed."""
        chance, kills = random.Random(self.seed), Counter[str]()
        while kills.total() < self.kills:
            self._wait(file, kills.total(), chance)
            if kills.total() % self.everything_every == self.everything_every - 1:
                kill_everything(shop)
                kills["everything"] += 1
            else:
                kill_the_sender(shop)
                kills["sender"] += 1
        return kills

    def _wait(self, file: Path, killed: int, chance: random.Random) -> None:
        """For the next moment: a share of what is left, as far as it can be waited for, since what
        is unknown may never have arrived."""
        share = (self.people - accepted(file)) // (self.kills - killed + 1)
        mark = accepted(file) + chance.randrange(max(1, min(2 * share, 4_000)))
        most = self.people - (killed + 1) * self.lines * AT_ONCE
        wait_for(lambda: accepted(file) > min(mark, most), at_most_s=600, every_s=0.002)


def wait_for_the_end(shop: Installation, run: str) -> None:
    wait_for(lambda: shop.run_inside(_STATE, run) == "done", at_most_s=1800, every_s=0.5)


def accepted(file: Path) -> int:
    """How many messages were taken."""
    return file.read_bytes().count(b"\n")


def kill_the_sender(shop: Installation) -> None:
    with suppress(ProcessLookupError):
        if pid := shop.child("sender"):
            os.kill(pid, signal.SIGKILL)


def kill_everything(shop: Installation) -> None:
    """The supervisor, its children and theirs, as when the machine loses power."""
    supervisor = shop.supervisor()
    parts = children(supervisor.pid)
    for pid in [supervisor.pid, *parts, *(one for part in parts for one in children(part))]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    supervisor.wait()
    shop.start()
