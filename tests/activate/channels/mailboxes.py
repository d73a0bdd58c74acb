"""Mailboxes of this machine, read by IMAP and by POP3: as much of both as a reader needs."""

import socket
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

Speak = Callable[["Letters", Any, Callable[[bytes], None]], None]


@dataclass
class Letters:
    """What lies in a mailbox, and what becomes of it. ``breaks_at``: before this command the line
    is cut, once. ``breaks_after``: it is cut once so many messages were sent in one answer.
    ``leaves_out``: these it tells only whoever asks for one alone."""

    messages: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)
    validity: int = 7
    password: str = "mật khẩu"
    breaks_at: str = ""
    breaks_after: int = 0
    leaves_out: set[int] = field(default_factory=set)
    pipelines: bool = True
    commands: list[str] = field(default_factory=list)

    def put(self, *raws: bytes) -> None:
        for raw in raws:
            self.messages[max(self.messages, default=0) + 1] = raw

    def notices(self, command: str) -> bool:
        """Whether the line breaks before this command."""
        self.commands.append(command)
        if self.breaks_at and command.startswith(self.breaks_at):
            self.breaks_at = ""
            return True
        return False


@contextmanager
def mailbox(letters: Letters, protocol: str) -> Iterator[int]:
    """A server that listens while the block lasts."""
    speak = _imap if protocol == "imap" else _pop
    with socket.create_server(("127.0.0.1", 0)) as server:

        def work() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    with line, suppress(OSError, StopIteration):
                        speak(letters, line.makefile("rb"), line.sendall)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _imap(letters: Letters, lines: Any, say: Callable[[bytes], None]) -> None:
    say(b"* OK here\r\n")
    while line := lines.readline().decode().rstrip("\r\n"):
        tag, _, command = line.partition(" ")
        if letters.notices(command):
            return
        if command.upper() == "CAPABILITY":
            say(b"* CAPABILITY IMAP4REV1 UIDPLUS\r\n")
        elif command.upper() == "AUTHENTICATE PLAIN":
            say(b"+ \r\n")
            if b64decode(lines.readline()).decode().split("\0")[2] != letters.password:
                say(f"{tag} NO wrong password\r\n".encode())
                continue
        elif command.upper().startswith("SELECT"):
            say(f"* {len(letters.messages)} EXISTS\r\n".encode())
            say(f"* OK [UIDVALIDITY {letters.validity}] so it is\r\n".encode())
        elif command.upper().startswith("LOGOUT"):
            say(b"* BYE\r\n" + f"{tag} OK bye\r\n".encode())
            return
        elif command.upper().startswith("UID"):
            _uid(letters, command.split(" ", 2)[1:], say)
        say(f"{tag} OK done\r\n".encode())


def _uid(letters: Letters, words: list[str], say: Callable[[bytes], None]) -> None:
    verb, rest = words[0].upper(), words[1]
    if verb == "SEARCH":
        start = int(rest.split()[1].partition(":")[0])
        found = [n for n in letters.messages if n >= start]
        # "*" is the last message, wherever the range begins.
        found = found or ([max(letters.messages)] if letters.messages else [])
        say(("* SEARCH" + "".join(f" {n}" for n in found) + "\r\n").encode())
    elif verb == "FETCH":
        wanted = {int(one) for one in rest.split()[0].split(",")}
        left_out = letters.leaves_out if len(wanted) > 1 else set()
        for place, (number, raw) in enumerate(sorted(letters.messages.items()), 1):
            if number not in wanted - left_out:
                continue
            if "SIZE" in rest:
                say(f"* {place} FETCH (UID {number} RFC822.SIZE {len(raw)})\r\n".encode())
                continue
            head, tail = (f"UID {number} ", "") if number % 2 else ("", f" UID {number}")
            said = f"* {place} FETCH ({head}BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw
            if letters.breaks_after and place > letters.breaks_after:
                letters.breaks_after = 0
                say(said[:-9])
                raise StopIteration
            say(said + f"{tail})\r\n".encode())
    elif verb == "STORE":
        numbers = {int(one) for one in rest.split()[0].split(",")}
        letters.seen |= numbers
        if r"\Deleted" in rest:
            letters.deleted |= numbers
    elif verb == "EXPUNGE":
        for number in letters.deleted & {int(one) for one in rest.split(",")}:
            letters.messages.pop(number, None)


def _pop(letters: Letters, lines: Any, say: Callable[[bytes], None]) -> None:
    say(b"+OK here\r\n")
    marked: set[int] = set()
    numbered = dict(enumerate(sorted(letters.messages), 1))
    while line := lines.readline().decode().rstrip("\r\n"):
        if letters.notices(line):
            return
        verb, *words = line.split()
        if verb == "UIDL":
            told = "".join(f"{n} uid-{uid}\r\n" for n, uid in numbered.items())
            say(f"+OK\r\n{told}.\r\n".encode())
        elif verb == "CAPA" and letters.pipelines:
            say(b"+OK\r\nPIPELINING\r\n.\r\n")
        elif verb == "CAPA":
            say(b"-ERR what?\r\n")
        elif verb == "LIST":
            told = "".join(f"{n} {len(letters.messages[uid])}\r\n" for n, uid in numbered.items())
            say(f"+OK\r\n{told}.\r\n".encode())
        elif verb == "RETR":
            if numbered[int(words[0])] in letters.leaves_out:
                say(b"-ERR it cannot be read\r\n")
                continue
            raw = letters.messages[numbered[int(words[0])]].replace(b"\r\n.", b"\r\n..")
            say(b"+OK\r\n" + raw + (b"" if raw.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        elif verb == "DELE":
            marked.add(numbered[int(words[0])])
            say(b"+OK\r\n")
        elif verb == "PASS" and line[5:] != letters.password:
            say(b"-ERR no\r\n")
        elif verb == "QUIT":
            for uid in marked:
                letters.deleted.add(uid)
                letters.messages.pop(uid, None)
            say(b"+OK bye\r\n")
            return
        else:
            say(b"+OK\r\n")
