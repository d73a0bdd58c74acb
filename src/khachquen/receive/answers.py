"""What event clients are answered: exact codes, JSON bodies with ``code`` and ``message``, CORS.

Published clients retry or crash on anything looser: an acknowledgement is exactly 200, and an
error body without ``code`` and ``message`` makes older ones send again for ever.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from khachquen.base import (
    BusyError,
    ForbiddenError,
    KhachQuenError,
    NotFoundError,
    Text,
    UnavailableError,
)
from khachquen.collect.protocols import Answered, may_bring_cookies

TOO_MANY_FIELDS = Text(
    vi="Địa chỉ có quá nhiều tham số.", en="The address has too many query fields."
)
KEYS_UNAVAILABLE = Text(
    vi="Chưa kiểm tra được khóa ghi, hãy gửi lại sau.",
    en="The write key cannot be checked just now; send it again later.",
)
_ALLOWED_HEADERS = (
    b"authorization, content-type, content-encoding, anonymousid, x-write-key, x-retry-count,"
    b" x-enable-debug, x-ip-policy, sp-anonymous, sentat"
)
_VISIBLE = re.compile(r"[\x21-\x7e]{1,300}")
_MOST_WIRES = 100
_TOO_LARGE = {"collect.too_large", "collect.gzip_ratio"}
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body, and headers beyond the usual ones."""

    status: int
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content_type: str = "application/json"
    cache_control: bytes = b"no-store"


INTERNAL = Answer(500, b'{"code":"internal","message":"Our own mistake; send it again later."}')
CROWDED = Answer(
    503,
    b'{"code":"receive.crowded","message":"Too many connections; come back later."}',
    [(b"retry-after", b"1")],
)
LONG_HEAD = Answer(431, b'{"code":"receive.long_head","message":"The headers are too large."}')
NOT_HTTP = Answer(400, b'{"code":"receive.not_http","message":"This is not an HTTP request."}')


def to_answer(answered: Answered) -> Answer:
    """What a protocol says when all went well."""
    headers = [(k.lower().encode(), v.encode()) for k, v in answered.headers.items()]
    return Answer(200, answered.body, headers, answered.content_type)


def answer_error(error: KhachQuenError) -> Answer:
    """The answer to a request that was not kept."""
    body = json.dumps({**error.as_dict("en"), "message": error.message.en}).encode()
    wait_s = error.wait_s if isinstance(error, BusyError) else 1
    headers = [(b"retry-after", b"%d" % wait_s)] if isinstance(error, UnavailableError) else []
    return Answer(status_of(error), body, headers)


def status_of(error: KhachQuenError) -> int:
    """The HTTP status of an error on an event path."""
    if error.code in _TOO_LARGE:
        return 413
    if isinstance(error, ForbiddenError):
        return 401
    if isinstance(error, NotFoundError):
        return 404
    if isinstance(error, BusyError):
        return 429
    return 503 if isinstance(error, UnavailableError) else 400


def preflight() -> Answer:
    """The answer to a browser that asks first."""
    return Answer(204)


def cors_headers(headers: Mapping[str, str], path: str) -> list[tuple[bytes, bytes]]:
    """Any page may send events: the origin is reflected, and no cookie is ever used.

    Snowplow's browsers ask with credentials all the same, and take every other answer for a
    failure; on its paths they are told that they may.
    """
    origin = headers.get("origin")
    if not origin or not _VISIBLE.fullmatch(origin):
        return []
    cookies = [(b"access-control-allow-credentials", b"true")] if may_bring_cookies(path) else []
    return [
        *cookies,
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
        (b"access-control-allow-headers", _ALLOWED_HEADERS),
        (b"access-control-max-age", b"86400"),
        (b"access-control-expose-headers", b"Retry-After"),
        (b"vary", b"Origin"),
    ]


class Wires:
    """Acknowledgements as bytes, made once a second: only the date in ``usual`` changes."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Answer, bytes]] = {}
        self._usual: Headers = ()

    def of(self, answer: Answer, usual: Headers) -> bytes:
        """The bytes of an answer on a connection that goes on."""
        if usual is not self._usual:
            self._usual = usual
            self._made.clear()
        if (known := self._made.get(id(answer))) is not None:
            return known[1]
        wire = to_wire(answer, usual, is_last=False)
        if answer.status == HTTPStatus.OK and len(self._made) < _MOST_WIRES:
            self._made[id(answer)] = (answer, wire)  # holding the answer keeps its id its own
        return wire


def to_wire(answer: Answer, extra: Headers, *, is_last: bool, has_body: bool = True) -> bytes:
    """The answer as HTTP/1.1 writes it; ``is_last`` says that the connection ends after it."""
    lines = [b"HTTP/1.1 %d %s" % (answer.status, HTTPStatus(answer.status).phrase.encode())]
    if answer.status != HTTPStatus.NO_CONTENT:
        lines.append(b"content-type: " + answer.content_type.encode())
        lines.append(b"content-length: %d" % len(answer.body))
    lines += [b"x-content-type-options: nosniff", b"cache-control: " + answer.cache_control]
    lines += [b"%s: %s" % header for header in (*answer.headers, *extra)]
    if is_last:
        lines.append(b"connection: close")
    return b"\r\n".join([*lines, b"", answer.body if has_body else b""])
