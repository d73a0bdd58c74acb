"""From a request to a durable record: whose key, is it JSON, which messages.

What is wrong with one message is not judged here: it is kept, and the ingest flow gives it its
reason, so that it never costs its neighbours anything.
"""

import base64
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from khachquen.base import ForbiddenError, InputError, NotFoundError, Text
from khachquen.collect import KeyHolder, Keyring
from khachquen.collect.enrichment import hide_addresses, shorten_address
from khachquen.collect.event import Accepted
from khachquen.collect.protocols import Arrived, Body, EventRoute
from khachquen.flows.steps import run_steps

GZIP = b"\x1f\x8b"
_MOST_RATIO = 100
_NO_BOMB_BYTES = 1 << 20
Admit = Callable[[KeyHolder, str | None, int], None]
"""Raises BusyError when this key or address may not send so many messages just now."""
_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as the socket gave it. Header names are lower case; times microseconds UTC."""

    route: EventRoute
    names: Mapping[str, str]  # what stood in the path's braces
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    ip: str | None
    received_at: int


def admit_all(holder: KeyHolder, ip: str | None, messages: int) -> None:
    """No limit."""


@dataclass(slots=True)
class _Request:
    """An incoming request on its way through the steps."""

    incoming: Incoming
    keyring: Keyring
    max_bytes: int
    public_bytes: int
    admit: Admit = admit_all
    body: bytes = b""
    said: Body | None = None
    holder: KeyHolder | None = None


def accept(
    incoming: Incoming,
    keyring: Keyring,
    *,
    max_bytes: int,
    public_bytes: int,
    admit: Admit = admit_all,
    truncate_ip: bool = False,
) -> tuple[bytes, int]:
    """The record to put into the log, and how many messages it holds.

    ``max_bytes`` bounds any body after decompression, ``public_bytes`` one sent with a public key.
    ``admit`` is asked last, when all else is well: what is refused for other reasons costs nothing.
    With ``truncate_ip`` no whole network address reaches the log.

    Raises:
        InputError: no JSON in it (``collect.not_json``), or too much (``collect.too_large``).
        ForbiddenError: no key, or one nobody knows (``collect.unknown_key``).
        NotFoundError: the source is switched off (``collect.source_off``).
        BusyError: ``admit`` says that it is too much just now.
    """
    request = _Request(incoming, keyring, max_bytes, public_bytes, admit)
    run_steps(STEPS, request)
    assert request.holder is not None
    assert request.said is not None
    said = request.said
    record = Accepted(
        received_at=incoming.received_at,
        source_id=request.holder.source_id,
        trusted=request.holder.trusted,
        protocol=incoming.route.protocol,
        ip=incoming.ip,
        user_agent=incoming.headers.get("user-agent", "")[:1000] or None,
        sent_at=said.sent_at,
        context=said.context,
        items=said.items,
        do_not_track=incoming.headers.get("dnt") == "1",
    )
    if truncate_ip:
        _shorten_addresses(record)
    return _encode(record), len(said.items)


def _shorten_addresses(record: Accepted) -> None:
    record.ip = shorten_address(record.ip) or None if record.ip else None
    record.items = [hide_addresses(item) for item in record.items]
    record.context = hide_addresses(record.context) if record.context else None


def find_key_in_headers(request: _Request) -> None:
    """A key named in a header is looked up before anything of the body is: a stranger costs little.

    Basic comes before X-Write-Key; a Basic header that cannot be read is a wrong key.
    """
    if value := _key_in_headers(request.incoming.headers):
        request.holder = find_holder(value, request.keyring)


def unpack_body(request: _Request) -> None:
    """Gzip is known by its magic bytes, whatever the headers say."""
    body, most = request.incoming.body, _most_bytes(request)
    if body[:2] == GZIP:
        body = _gunzip(body, most)
    if len(body) > most:
        raise too_large(most)
    request.body = body


def split_messages(request: _Request) -> None:
    """The body's messages, still raw, as the route's protocol cuts it."""
    incoming = request.incoming
    request.said = incoming.route.split(Arrived(request.body, incoming.query, incoming.names))


def find_key(request: _Request) -> None:
    """Without a key in a header, the body's writeKey counts, then the query's.

    A wrong key in a higher place is refused even if a lower one is right.
    """
    if request.holder is None:
        assert request.said is not None
        value = request.said.write_key or request.incoming.query.get("writeKey") or ""
        request.holder = find_holder(value, request.keyring)


def check_source(request: _Request) -> None:
    """A source that is switched off takes nothing; a public key sends small batches only."""
    assert request.holder is not None
    if not request.holder.enabled:
        raise NotFoundError(
            "collect.source_off",
            Text(vi="Nguồn dữ liệu này đang tắt.", en="This source is switched off."),
        )
    if len(request.body) > _most_bytes(request):
        raise too_large(_most_bytes(request))


def check_rate(request: _Request) -> None:
    """As many messages as its key and its address may send just now."""
    assert request.holder is not None
    assert request.said is not None
    request.admit(request.holder, request.incoming.ip, len(request.said.items))


STEPS = (find_key_in_headers, unpack_body, split_messages, find_key, check_source, check_rate)


def key_of(headers: Mapping[str, str], names: Mapping[str, str], query: Mapping[str, str]) -> str:
    """The write key of a request without a body: in its path, a header, or its query."""
    return names.get("key") or _key_in_headers(headers) or query.get("writeKey") or ""


def find_holder(value: str, keyring: Keyring) -> KeyHolder:
    """Whose key it is; of ``id:secret``, which Jitsu's clients insist on, the id may be our key.

    Raises:
        ForbiddenError: nobody's (``collect.unknown_key``).
    """
    holder = keyring.find(value)
    if holder is None and ":" in value:
        holder = keyring.find(value.partition(":")[0])
    if holder is None:
        raise ForbiddenError(
            "collect.unknown_key",
            Text(
                vi="Khóa ghi không đúng hoặc đã bị thu hồi.",
                en="The write key is missing, wrong or revoked.",
            ),
            hint=Text(
                vi="Gửi khóa ghi bằng Basic auth (tên người dùng) hoặc trường writeKey.",
                en="Send the write key as the Basic user name or in the writeKey field.",
            ),
        )
    return holder


def _most_bytes(request: _Request) -> int:
    """How large the body may be, as far as its sender is known."""
    is_public = request.holder is not None and not request.holder.trusted
    return request.public_bytes if is_public else request.max_bytes


def _key_in_headers(headers: Mapping[str, str]) -> str:
    return _basic_user(headers.get("authorization", "")) or headers.get("x-write-key", "")


def _basic_user(header: str) -> str:
    """The user name of a Basic header, "" without one; a missing trailing colon is let pass."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except ValueError:  # binascii's and Unicode's errors are its kinds
        return header


def _gunzip(body: bytes, max_bytes: int) -> bytes:
    try:
        unpacker = zlib.decompressobj(wbits=31)
        data = unpacker.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise _bad_gzip(str(error)) from None
    if unpacker.unconsumed_tail or len(data) > max_bytes:
        raise too_large(max_bytes)
    if len(data) > max(_NO_BOMB_BYTES, _MOST_RATIO * len(body)):
        raise InputError(
            "collect.gzip_ratio",
            Text(
                vi=f"Gói gzip nở ra hơn {_MOST_RATIO} lần.",
                en=f"The gzip data unpacks to more than {_MOST_RATIO} times its size.",
            ),
            hint=Text(vi="Hãy chia thành nhiều gói.", en="Split it into several requests."),
        )
    if not unpacker.eof or unpacker.unused_data:
        raise _bad_gzip("it does not end where it should")
    return data


def _bad_gzip(why: str) -> InputError:
    return InputError(
        "collect.bad_gzip",
        Text(vi=f"Gzip hỏng: {why}.", en=f"The gzip data is broken: {why}."),
    )


def too_large(max_bytes: int) -> InputError:
    """The refusal of a body that is larger than its sender may send."""
    return InputError(
        "collect.too_large",
        Text(
            vi=f"Gói gửi lên lớn hơn {max_bytes:,} byte.",
            en=f"The body is larger than {max_bytes:,} bytes.",
        ),
        hint=Text(vi="Hãy chia thành nhiều gói.", en="Split it into several requests."),
    )
