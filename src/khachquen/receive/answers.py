"""What event clients are answered: exact codes, JSON bodies with ``code`` and ``message``, CORS.

Published clients retry or crash on anything looser: an acknowledgement is exactly 200, and an
error body without ``code`` and ``message`` makes older ones send again for ever.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from khachquen.base import ForbiddenError, KhachQuenError, NotFoundError, Text, UnavailableError
from khachquen.collect.protocols import Answered, may_bring_cookies

GONE = Text(vi="Kết nối đã đóng giữa chừng.", en="The connection closed in the middle.")
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


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body, and headers beyond the usual ones."""

    status: int
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content_type: str = "application/json"


def to_answer(answered: Answered) -> Answer:
    """What a protocol says when all went well."""
    headers = [(k.lower().encode(), v.encode()) for k, v in answered.headers.items()]
    return Answer(200, answered.body, headers, answered.content_type)


def answer_error(error: KhachQuenError) -> Answer:
    """The answer to a request that was not kept."""
    body = json.dumps({**error.as_dict("en"), "message": error.message.en}).encode()
    headers = [(b"retry-after", b"1")] if isinstance(error, UnavailableError) else []
    return Answer(status_of(error), body, headers)


def status_of(error: KhachQuenError) -> int:
    """The HTTP status of an error on an event path."""
    if error.code == "collect.too_large":
        return 413
    if isinstance(error, ForbiddenError):
        return 401
    if isinstance(error, NotFoundError):
        return 404
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
    if not origin:
        return []
    cookies = [(b"access-control-allow-credentials", b"true")] if may_bring_cookies(path) else []
    return [
        *cookies,
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
        (b"access-control-allow-headers", _ALLOWED_HEADERS),
        (b"access-control-max-age", b"86400"),
        (b"vary", b"Origin"),
    ]
