"""Mail servers of this machine: a real one (aiosmtpd), and one that does exactly as it is told."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Box:
    """What a server received: (sender, recipients, letter), and what it answers to some."""

    letters: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)  # recipient -> answer to RCPT
    answers: dict[str, str] = field(default_factory=dict)  # recipient -> answer to the letter

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.get(envelope.rcpt_tos[0], "250 2.0.0 taken")
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            assert envelope.mail_from is not None
            self.letters.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return answer


@contextmanager
def mail_server(
    box: Box,
    *,
    port: int,
    tls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
    **options: Any,
) -> Iterator[int]:
    """A server that listens while the block lasts."""

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == login, handled=False)

    if login:
        options |= {"authenticator": authenticate, "auth_required": True}
        options |= {"auth_require_tls": tls is not None}
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        tls_context=tls,
        require_starttls=tls is not None,
        decode_data=False,
        enable_SMTPUTF8=options.pop("smtputf8", True),
        **options,
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


class Talk:
    """The server's side of one conversation, as a script reads it."""

    def __init__(self, line: socket.socket):
        self.line = line
        self._buffer = b""

    def say(self, words: str) -> None:
        self.line.sendall(words.encode() + b"\r\n")

    def hear(self, until: bytes = b"\r\n") -> bytes:
        while until not in self._buffer:
            more = self.line.recv(65536)
            if not more:
                return b""
            self._buffer += more
        told, _, self._buffer = self._buffer.partition(until)
        return told

    def greet(self, *offers: str) -> None:
        self.say("220 there")
        self.hear()
        lines = ["there", *offers]
        for line in lines[:-1]:
            self.say(f"250-{line}")
        self.say(f"250 {lines[-1]}")

    def take_envelope(self) -> None:
        for answer in ("250 ok", "250 ok", "354 go on"):
            self.hear()
            self.say(answer)


@contextmanager
def scripted(*scripts: Callable[[Talk], None]) -> Iterator[int]:
    """A server whose conversations go as written, one after another; then nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def work() -> None:
            for script in scripts:
                line, _ = server.accept()
                with line:
                    script(Talk(line))

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)
