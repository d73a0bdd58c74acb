"""A mailbox read by POP3. Messages are known by what UIDL calls them."""

import contextlib
import poplib
import socket
from collections.abc import Iterator, Sequence

from khachquen.activate.channels.email.mailboxes.access import (
    LARGEST,
    Access,
    BoxError,
    Dial,
    Fetched,
    Place,
    in_parts,
)
from khachquen.activate.channels.email.mailboxes.imap import trusting

_TROUBLE = (poplib.error_proto, OSError, ValueError, EOFError)
_MOST_LINES = 200_000


class _Line(poplib.POP3):
    """The library's client, over a line that was judged, and never reading without bounds."""

    def __init__(self, access: Access, dial: Dial):
        self._access, self._dial = access, dial
        super().__init__(access.host, access.port, access.timeout_s)

    def _create_socket(self, timeout: float) -> socket.socket:
        line = self._dial(self._access.host, self._access.port, timeout)
        if self._access.security != "tls":
            return line
        return trusting(self._access).wrap_socket(line, server_hostname=self._access.host)

    def sizes(self) -> dict[int, int]:
        """Number → bytes, of everything there."""
        _, lines, _ = self.list()
        told = [line.split() for line in lines]
        return {int(one[0]): int(one[1]) for one in told if len(one) > 1}

    def may_pipeline(self) -> bool:
        """Whether the server hears several commands before it answers the first."""
        try:
            return "PIPELINING" in self.capa()
        except poplib.error_proto:
            return False

    def ask(self, commands: Sequence[str], *, at_once: bool) -> list[bytes]:
        """What each answers, its beginning; nothing where it is refused: the message is gone, or is
        one the server itself cannot read."""
        found = []
        if at_once:
            self.sock.sendall("".join(f"{one}\r\n" for one in commands).encode())
        for one in commands:
            if not at_once:
                self.sock.sendall(f"{one}\r\n".encode())
            try:
                _, lines, _ = self._getlongresp()
                found.append(b"\r\n".join(lines)[:LARGEST] + b"\r\n")
            except poplib.error_proto as error:
                if not str(error.args[0] if error.args else "").startswith("b'-ERR"):
                    raise
                found.append(b"")
        return found

    def _getlongresp(self) -> tuple[bytes, list[bytes], int]:
        answer: bytes = self._getresp()  # type: ignore[attr-defined]  # typeshed leaves it out
        lines: list[bytes] = []
        size = 0
        while True:
            line, octets = self._getline()  # type: ignore[attr-defined]  # typeshed leaves it out
            if line == b".":
                return answer, lines, size
            size += octets
            if size > 20 * LARGEST or len(lines) > _MOST_LINES:
                raise OSError("too much was sent")
            lines.append(line[1:] if line.startswith(b"..") else line)


class PopBox:
    """An open mailbox. What is deleted goes when it is closed in peace."""

    def __init__(self, access: Access, dial: Dial):
        self.validity = 0
        self._numbers: dict[str, int] = {}
        try:
            self._line = _Line(access, dial)
        except _TROUBLE as error:
            raise BoxError(_words(error)) from error
        try:
            if access.security == "starttls":
                self._line.stls(trusting(access))
            self._line.user(access.user)
            self._line.pass_(access.password)
        except _TROUBLE as error:
            self.close()
            raise BoxError(_words(error)) from error

    def list_new(self, *, validity: int, after: int) -> list[Place]:
        """Everything there; what is known already the caller knows."""
        self._load()
        return [Place(name, number) for name, number in self._numbers.items()]

    def fetch(self, places: Sequence[Place]) -> Iterator[Fetched]:
        """The messages, or their beginnings; asked for many at a time, where the server can hear
        that (RFC 2449, PIPELINING)."""
        try:
            sizes = self._line.sizes()
            at_once = self._line.may_pipeline()
            for part in in_parts(places, sizes):
                wanted = [
                    f"RETR {one.number}"
                    if sizes.get(one.number, 0) <= LARGEST
                    else f"TOP {one.number} 5000"
                    for one in part
                ]
                yield list(zip(part, self._line.ask(wanted, at_once=at_once), strict=True))
        except _TROUBLE as error:
            raise BoxError(_words(error)) from error

    def finish(self, names: Sequence[str], *, delete: bool) -> list[str]:
        """Delete these; POP3 has no mark for what was read."""
        if not delete:
            return list(names)
        self._load()
        try:
            for name in names:
                if name in self._numbers:
                    self._line.dele(self._numbers[name])
            # The server deletes when we leave in peace (RFC 1939, 6): only then they are gone.
            self._line.quit()
        except _TROUBLE as error:
            raise BoxError(_words(error)) from error
        return list(names)

    def close(self) -> None:
        with contextlib.suppress(*_TROUBLE, AttributeError):
            self._line.quit()

    def _load(self) -> None:
        if self._numbers:
            return
        try:
            _, lines, _ = self._line.uidl()
        except _TROUBLE as error:
            raise BoxError(_words(error)) from error
        told = [line.decode("ascii", "replace").split(" ", 1) for line in lines]
        self._numbers = {one[1][:100]: int(one[0]) for one in told if len(one) == 2}


def _words(error: BaseException) -> str:
    first = error.args[0] if error.args else ""
    text = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    return str(getattr(error, "strerror", None) or text or type(error).__name__)[:200]
