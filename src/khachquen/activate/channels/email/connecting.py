"""A connection to a mail server that is used again and again.

Not the standard library's: that one waits for an answer after each word, and cannot say whether a
letter was still in our hands when the line broke. Here sender, recipient and DATA go out together
where the server allows it (RFC 2920), and ``LostError`` says the side of the final dot.
"""

import base64
import contextlib
import re
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from khachquen.activate.channels import lines
from khachquen.activate.channels.email.envelope import Envelope
from khachquen.activate.channels.email.replies import Reply, Stage
from khachquen.activate.channels.lines import LostError

Security = Literal["starttls", "tls", "none"]
Dial = Callable[[str, int, float], socket.socket]
"""How a line is opened: host, port and seconds. Who may be called is not decided in this room."""
_LONGEST_LINE = 4096
_LONGEST_REPLY = 100


@dataclass(frozen=True, slots=True)
class Login:
    """Where the server is, how the line is kept private, and who we are there."""

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    greeting: str = "localhost"
    timeout_s: float = 60.0
    authority: str = ""  # a file of certificates to trust beside the system's

    def __repr__(self) -> str:
        return f"Login({self.host}:{self.port})"


class RefusedError(lines.RefusedError):
    """The server answered, and will not let us in; ``reply`` says why."""

    reply: Reply


class Connection:
    """One line to one server. Not shared between threads."""

    def __init__(self, login: Login, dial: Dial | None = None):
        self._login, self._dial = login, dial or _dial
        self._socket: socket.socket | None = None
        self._buffer = b""
        self.offers: dict[str, str] = {}

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    def open(self) -> None:
        """Call, greet, make the line private and sign in.

        Raises:
            LostError: nobody answers, or the certificate is not the server's.
            RefusedError: the server will not have us.
        """
        login = self._login
        try:
            line = self._dial(login.host, login.port, login.timeout_s)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if login.security == "none":
                _let_the_kernel_wait(line, login.timeout_s)
            self._socket = self._private(line) if login.security == "tls" else line
        except OSError as error:
            raise LostError(_words_of(error)) from error
        self._demand(self._read("connect"), 220)
        self._greet()
        if login.security == "starttls":
            self._start_tls()
        if login.user:
            self._sign_in()

    def send(self, sender: str, to: Envelope, message: bytes) -> Reply:
        """Hand over one letter; what the server says of it, at the stage it says it.

        Raises:
            LostError: the line broke; nothing but ``open`` may follow.
        """
        if to.needs_utf8 and "SMTPUTF8" not in self.offers:
            return Reply(553, "5.6.7 this server does not take such addresses", "recipient")
        refusal = self._announce(sender, to)
        if refusal:
            return refusal
        stuffed = (b"." if message.startswith(b".") else b"") + message.replace(b"\n.", b"\n..")
        self._write(stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n")
        # From here on it may have arrived, whatever becomes of the line.
        try:
            self._write(b".\r\n")
            reply = self._read("content")
        except LostError as lost:
            raise LostError(str(lost), may_have_arrived=True) from lost
        if reply.code == 421:
            self.close()
        return reply

    def close(self) -> None:
        """Leave politely, between two letters."""
        with contextlib.suppress(LostError):
            self._write(b"QUIT\r\n")
        self.drop()

    def drop(self) -> None:
        """Hang up, wherever we are: not another byte may follow half a letter."""
        line, self._socket, self._buffer = self._socket, None, b""
        if line is not None:
            with contextlib.suppress(OSError):
                line.close()

    def _announce(self, sender: str, to: Envelope) -> Reply | None:
        """Sender, recipient, DATA; what stands in the way, or None when the letter may come."""
        wide = " BODY=8BITMIME SMTPUTF8" if to.needs_utf8 else ""
        steps: tuple[tuple[Stage, str], ...] = (
            ("sender", f"MAIL FROM:<{sender}>{wide}\r\n"),
            ("recipient", f"RCPT TO:<{to.address}>\r\n"),
            ("data", "DATA\r\n"),
        )
        if "PIPELINING" in self.offers:
            self._write("".join(words for _, words in steps).encode())
            replies = [self._read(stage) for stage, _ in steps]
        else:
            replies = []
            for stage, words in steps:
                self._write(words.encode())
                replies.append(self._read(stage))
                if replies[-1].code >= 400:
                    break
        refused = next((one for one in replies if one.code >= 400), None)
        if refused is None:
            return None
        self._take_back(replies)
        return refused

    def _take_back(self, replies: list[Reply]) -> None:
        """Bring the server to where the next letter can begin."""
        if any(one.code == 421 for one in replies):
            self.drop()
        elif replies[-1].stage == "data" and replies[-1].code == 354:
            # It took DATA though it has nobody to give it to (RFC 2920, 3.1): an empty letter goes
            # to nobody, then.
            self._write(b".\r\n")
            self._read("content")
        else:
            self._write(b"RSET\r\n")
            self._read("sender")

    def _greet(self) -> None:
        reply = self._ask(f"EHLO {self._login.greeting}", "connect")
        self._demand(reply, 250)
        lines = reply.words.split("\n")[1:]
        self.offers = {
            name.upper(): rest for name, _, rest in (line.strip().partition(" ") for line in lines)
        }

    def _start_tls(self) -> None:
        """The answer to STARTTLS must be all there is: words sent ahead of the secrecy by somebody
        in between would be believed after it."""
        self._demand(self._ask("STARTTLS", "connect"), 220)
        if self._buffer or self._socket is None:
            self.drop()
            raise LostError("words were slipped in before the line was private")
        try:
            self._socket = self._private(self._socket)
        except OSError as error:
            self.drop()
            raise LostError(_words_of(error)) from error
        self._greet()

    def _private(self, line: socket.socket) -> socket.socket:
        trusted = ssl.create_default_context()
        if self._login.authority:
            trusted.load_verify_locations(self._login.authority)
        return trusted.wrap_socket(line, server_hostname=self._login.host)

    def _sign_in(self) -> None:
        login = self._login
        known = self.offers.get("AUTH", "").upper().split()
        if "PLAIN" in known or "LOGIN" not in known:
            secret = base64.b64encode(f"\0{login.user}\0{login.password}".encode()).decode()
            self._demand(self._ask(f"AUTH PLAIN {secret}", "connect"), 235)
            return
        self._demand(self._ask("AUTH LOGIN", "connect"), 334)
        user = base64.b64encode(login.user.encode()).decode()
        self._demand(self._ask(user, "connect"), 334)
        password = base64.b64encode(login.password.encode()).decode()
        self._demand(self._ask(password, "connect"), 235)

    def _demand(self, reply: Reply, code: int) -> None:
        if reply.code != code:
            self.drop()
            raise RefusedError(reply)

    def _ask(self, words: str, stage: Stage) -> Reply:
        self._write(words.encode() + b"\r\n")
        return self._read(stage)

    def _write(self, data: bytes) -> None:
        if self._socket is None:
            raise LostError("the line is closed")
        try:
            self._socket.sendall(data)
        except OSError as error:
            self.drop()
            raise LostError(_words_of(error)) from error

    def _read(self, stage: Stage) -> Reply:
        lines: list[str] = []
        while len(lines) < _LONGEST_REPLY:
            line = self._read_line()
            if not re.match(rb"\d{3}[ \-]|\d{3}$", line):
                break
            lines.append(line[4:].decode("utf-8", "replace"))
            if line[3:4] != b"-":
                return Reply(int(line[:3]), "\n".join(lines), stage)
        self.drop()
        raise LostError("what came is not the answer of a mail server")

    def _read_line(self) -> bytes:
        while b"\n" not in self._buffer:
            if self._socket is None or len(self._buffer) > _LONGEST_LINE:
                self.drop()
                raise LostError("the line is closed")
            try:
                more = self._socket.recv(65536)
            except OSError as error:
                self.drop()
                raise LostError(_words_of(error)) from error
            if not more:
                self.drop()
                raise LostError("the server hung up")
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")


def _dial(host: str, port: int, timeout_s: float) -> socket.socket:
    return socket.create_connection((host, port), timeout_s)


def _let_the_kernel_wait(line: socket.socket, timeout_s: float) -> None:
    """A socket with a timeout of Python's own asks, before each word, whether it may speak: twice
    the calls, and as often another thread's turn. TLS cannot do without."""
    line.settimeout(None)
    micros = max(1, round(timeout_s * 1_000_000))  # 0 would be for ever
    for way in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        line.setsockopt(socket.SOL_SOCKET, way, struct.pack("ll", *divmod(micros, 1_000_000)))


def _words_of(error: OSError) -> str:
    if isinstance(error, BlockingIOError):
        return "timed out"
    return (error.strerror or str(error) or type(error).__name__)[:200]
