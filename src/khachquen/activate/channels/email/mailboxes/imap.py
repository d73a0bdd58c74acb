"""A folder read by IMAP. Messages are known by their UID, never by a flag: a colleague who opens
the mailbox in another program takes nothing from us."""

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence

from khachquen.activate.channels.email.mailboxes.access import (
    LARGEST,
    PART_BYTES,
    PART_MESSAGES,
    Access,
    BoxError,
    Dial,
    Fetched,
    Place,
    in_parts,
)

_TROUBLE = (imaplib.IMAP4.error, OSError, ValueError, EOFError)
_MOST_UIDS = 200_000
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")


class _Line(imaplib.IMAP4):
    """The library's client, over a line that was judged, and never reading without bounds."""

    def __init__(self, access: Access, dial: Dial):
        self._access, self._dial = access, dial
        super().__init__(access.host, access.port, access.timeout_s)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        line = self._dial(self._access.host, self._access.port, timeout or 30.0)
        if self._access.security != "tls":
            return line
        return trusting(self._access).wrap_socket(line, server_hostname=self._access.host)

    taken = 0
    """Bytes of messages since the last question."""

    def read(self, size: int) -> bytes:
        self.taken += size
        if size > 2 * LARGEST or self.taken > 2 * PART_BYTES:
            raise self.abort("the message is too large")
        return super().read(size)


def trusting(access: Access) -> ssl.SSLContext:
    """Whose certificates are believed."""
    context = ssl.create_default_context()
    if access.authority:
        context.load_verify_locations(access.authority)
    return context


class ImapBox:
    """An open folder."""

    def __init__(self, access: Access, dial: Dial):
        self.validity = 0
        try:
            self._line = _Line(access, dial)
        except _TROUBLE as error:
            raise BoxError(_words(error)) from error
        try:
            if access.security == "starttls":
                self._line.starttls(trusting(access))
            self._sign_in(access)
            kind, told = self._line.select(_quoted(access.folder))
            if kind != "OK":
                raise BoxError(f"{access.folder}: {_text(told)}")
            _, validity = self._line.response("UIDVALIDITY")
            self.validity = int(validity[0]) if validity and validity[0] else 0
        except _TROUBLE as error:
            self.close()
            raise BoxError(_words(error)) from error
        except BoxError:
            self.close()
            raise

    def _sign_in(self, access: Access) -> None:
        """LOGIN speaks ASCII only; passwords with marks need the other way (RFC 4616)."""
        if (access.user + access.password).isascii():
            self._line.login(access.user, access.password)
            return
        secret = f"\0{access.user}\0{access.password}".encode()
        self._line.authenticate("PLAIN", lambda _: secret)

    def list_new(self, *, validity: int, after: int) -> list[Place]:
        """What came after that UID, the oldest first. Numbers of another validity mean nothing, and
        the folder is read from its beginning."""
        start = after + 1 if validity == self.validity else 1
        told = self._ask("SEARCH", None, f"UID {start}:*")[0]
        told = told if isinstance(told, bytes) else b""
        # "*" is the last message also when it is before the start (RFC 3501, 6.4.8).
        numbers = sorted({int(one) for one in told.split()[:_MOST_UIDS]})
        return [Place(f"{self.validity}:{one}", one) for one in numbers if one >= start]

    def fetch(self, places: Sequence[Place]) -> Iterator[Fetched]:
        """The messages, or their beginnings, by one question for many. None is marked."""
        for start in range(0, len(places), PART_MESSAGES):
            some = places[start : start + PART_MESSAGES]
            for part in in_parts(some, self._sizes(some)):
                bodies = self._bodies(part)
                for one in part:  # a server may leave one out; gone is what is not there by itself
                    bodies = bodies if one.number in bodies else bodies | self._bodies([one])
                yield [(one, bodies.get(one.number, b"")) for one in part]

    def _sizes(self, places: Sequence[Place]) -> dict[int, int]:
        told = self._ask("FETCH", _numbers(places), "(UID RFC822.SIZE)")
        lines = [one for one in told if isinstance(one, bytes)]
        found = [(_UID.search(line), _SIZE.search(line)) for line in lines]
        return {int(uid[1]): int(size[1]) for uid, size in found if uid and size}

    def _bodies(self, places: Sequence[Place]) -> dict[int, bytes]:
        """UID → bytes. The UID stands before the message or behind it, as the server likes."""
        told = self._ask("FETCH", _numbers(places), f"(UID BODY.PEEK[]<0.{LARGEST}>)")
        found = {}
        for place, one in enumerate(told):
            if isinstance(one, tuple):
                behind = told[place + 1] if place + 1 < len(told) else b""
                uid = _UID.search(one[0]) or (
                    _UID.search(behind) if isinstance(behind, bytes) else None
                )
                if uid:
                    found[int(uid[1])] = one[1][:LARGEST]
        return found

    def finish(self, names: Sequence[str], *, delete: bool) -> list[str]:
        """Mark these as read or delete them; returns those that are done with, gone ones too."""
        own = [one for one in names if one.partition(":")[0] == str(self.validity)]
        numbers = ",".join(one.partition(":")[2] for one in own)
        if numbers:
            self._ask(
                "STORE", numbers, "+FLAGS.SILENT", r"(\Seen \Deleted)" if delete else r"(\Seen)"
            )
            if delete:
                self._expunge(numbers)
        return list(names)

    def close(self) -> None:
        """Leave; nothing is deleted by leaving."""
        with contextlib.suppress(*_TROUBLE, AttributeError):
            self._line.logout()

    def _expunge(self, numbers: str) -> None:
        """Only ours: without UIDPLUS all that anybody marked would go, so nothing goes then."""
        if "UIDPLUS" in self._line.capabilities:
            self._ask("EXPUNGE", numbers)

    def _ask(self, command: str, *words: str | None) -> list[bytes | tuple[bytes, bytes]]:
        self._line.taken = 0
        try:
            kind, told = self._line.uid(command, *[one for one in words if one is not None])
        except _TROUBLE as error:
            raise BoxError(_words(error)) from error
        if kind != "OK":
            raise BoxError(_text(told))
        return list(told)


def _numbers(places: Sequence[Place]) -> str:
    return ",".join(str(one.number) for one in places)


def _quoted(folder: str) -> str:
    """A name of a folder as IMAP writes it; letters beyond ASCII are left to whoever set it up in
    the server's own spelling."""
    return '"' + re.sub(r"[\r\n\x00]", "", folder).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(told: object) -> str:
    first = told[0] if isinstance(told, list | tuple) and told else told
    return first.decode("utf-8", "replace")[:200] if isinstance(first, bytes) else str(first)[:200]


def _words(error: BaseException) -> str:
    first = error.args[0] if error.args else ""
    words = getattr(error, "strerror", None) or _text(first) or type(error).__name__
    return str(words)[:200]
