"""What a mailbox is to us, whichever way it is read."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

LARGEST = 1_000_000
"""Bytes of one message; the beginning of a longer one is taken."""
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
    """A mailbox that is open."""

    validity: int

    def list_new(self, *, validity: int, after: int) -> list[Place]: ...
    def fetch(self, place: Place) -> bytes: ...
    def finish(self, names: Sequence[str], *, delete: bool) -> list[str]: ...
    def close(self) -> None: ...
