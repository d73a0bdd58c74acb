"""What a mailbox is to us, whichever way it is read."""

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

LARGEST = 1_000_000
"""Bytes of one message; the beginning of a longer one is taken."""
PART_BYTES = 4 << 20
"""Of so many bytes are messages asked for at once; one is always more than none."""
PART_MESSAGES = 200
Fetched = list[tuple["Place", bytes]]
Dial = Callable[[str, int, float], socket.socket]
"""How a line is opened: host, port and seconds. Who may be called is not decided in this room."""


class BoxError(Exception):
    """The mailbox cannot be read just now; the other side's words, without the password."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where the mailbox is and how to sign in."""

    protocol: str
    host: str
    port: int
    security: str  # tls, starttls, none
    user: str
    password: str
    folder: str = "INBOX"
    timeout_s: float = 30.0
    authority: str = ""  # a file of certificates to trust beside the system's

    def __repr__(self) -> str:
        return f"Access({self.protocol} {self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class Place:
    """One message in the mailbox. ``name`` stays its own as long as the mailbox keeps its numbers;
    ``number`` grows with each message of an IMAP folder."""

    name: str
    number: int = 0


class Box(Protocol):
    """A mailbox that is open. ``fetch`` gives the messages in order, as many at once as memory
    should hold, each with its bytes or their beginning; none of one that is gone by now."""

    validity: int

    def list_new(self, *, validity: int, after: int) -> list[Place]: ...
    def fetch(self, places: Sequence[Place]) -> Iterator[Fetched]: ...
    def finish(self, names: Sequence[str], *, delete: bool) -> list[str]: ...
    def close(self) -> None: ...


def in_parts(places: Sequence[Place], sizes: Mapping[int, int]) -> Iterator[list[Place]]:
    """Some at a time, by what they would take of memory; of unknown size is as large as can be.

    >>> places = [Place(f"7:{n}", n) for n in range(450)]
    >>> [len(part) for part in in_parts(places, dict.fromkeys(range(450), 3_000))]
    [200, 200, 50]
    >>> [len(part) for part in in_parts(places[:10], {0: 3 << 30})]
    [4, 4, 2]
    """
    part: list[Place] = []
    size = 0
    for place in places:
        more = min(sizes.get(place.number, LARGEST), LARGEST)
        if part and (size + more > PART_BYTES or len(part) == PART_MESSAGES):
            yield part
            part, size = [], 0
        part.append(place)
        size += more
    if part:
        yield part
