"""A mailbox read by POP3. Messages are known by what UIDL calls them."""

import contextlib
import poplib
import socket
from collections.abc import Sequence

from khachquen.activate.channels.email.mailboxes.access import (
    LARGEST,
    Access,
    BoxError,
    Dial,
    Place,
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
                raise poplib.error_proto("too much was sent")
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

    def fetch(self, place: Place) -> bytes:
        """The message, or its beginning."""
        try:
            size = int(self._line.list(place.number).split()[2])  # type: ignore[attr-defined]  # of one message it is one line
            top = self._line.retr if size <= LARGEST else None
            _, lines, _ = top(place.number) if top else self._line.top(place.number, 5_000)
        except (*_TROUBLE, IndexError) as error:
            raise BoxError(_words(error)) from error
        return b"\r\n".join(lines)[:LARGEST] + b"\r\n"

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
