"""Cutting a request body into messages without letting one of them spoil the others."""

import re

import msgspec

from khachquen.base import InputError, Text
from khachquen.collect.protocols.route import Body

# A string without an end is one token up to the end of the body, so that no byte is read twice.
_TOKENS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},:]', re.DOTALL)


class _RawBody(msgspec.Struct):
    batch: list[msgspec.Raw] | None = None
    sent_at: msgspec.Raw = msgspec.field(name="sentAt", default=msgspec.Raw())
    context: msgspec.Raw = msgspec.Raw()
    write_key: msgspec.Raw = msgspec.field(name="writeKey", default=msgspec.Raw())


_decode_body = msgspec.json.Decoder(_RawBody).decode
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_string = msgspec.json.Decoder(str).decode


def split_batch(body: bytes) -> Body:
    """The messages of a ``{"batch": [...]}`` body, each still raw JSON.

    The fast way checks the whole body at once. When one message is not acceptable JSON (a lone
    surrogate, 10,000 levels deep) the array is cut at its commas instead, so that only that
    message is refused later; its neighbours go through.

    Raises:
        InputError: the body is no JSON (code ``collect.not_json``) or has no ``batch`` array
            (``collect.no_batch``).
    """
    try:
        found = _decode_body(body)
    except _UNREADABLE as error:
        items, outer = _cut(body, "batch", error)
        try:
            found = _decode_body(outer)
        except _UNREADABLE as worse:
            raise not_json(worse) from None
        found.batch = [msgspec.Raw(item) for item in items]
    if found.batch is None:
        raise no_batch("batch")
    return Body(
        items=[bytes(item) for item in found.batch],
        sent_at=string_of(found.sent_at),
        context=bytes(found.context) or None,
        write_key=string_of(found.write_key),
    )


def split_single(body: bytes, kind: str) -> tuple[bytes, str | None]:
    """The one message of ``/v1/track`` and its like, its type set from the path, and its key.

    Raises:
        InputError: the body is not one JSON object (code ``collect.not_json``).
    """
    try:
        message = _decode_object(body)
    except _UNREADABLE as error:
        raise not_json(error) from None
    key = message.pop("writeKey", msgspec.Raw())
    message["type"] = msgspec.Raw(f'"{kind}"'.encode())
    return msgspec.json.encode(message), string_of(key)


def split_array(body: bytes, name: str) -> tuple[list[bytes], dict[str, msgspec.Raw]] | None:
    """The messages in the array ``name`` of a body and the fields beside it; None: no such array.

    Cuts as ``split_batch`` does when the whole cannot be read.

    Raises:
        InputError: the body is not one JSON object (code ``collect.not_json``).
    """
    try:
        fields = _decode_object(body)
    except _UNREADABLE as error:
        items, outer = _cut(body, name, error)
        try:
            return items, _decode_object(outer)
        except _UNREADABLE as worse:
            raise not_json(worse) from None
    try:
        return [bytes(item) for item in _decode_array(fields[name])], fields
    except (KeyError, msgspec.ValidationError):
        return None


def split_bare_array(body: bytes) -> list[bytes]:
    """The messages of a body that is an array itself.

    Raises:
        InputError: it is none (code ``collect.not_json``).
    """
    try:
        return [bytes(item) for item in _decode_array(body)]
    except _UNREADABLE as error:
        items, end = _cut_array(body, body.find(b"["))
        if end is None or body[end:].strip() or body[: body.find(b"[")].strip():
            raise not_json(error) from None
        return items


# UnicodeDecodeError: msgspec lets broken UTF-8 through as Python's own error.
_UNREADABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)


MASK = "***"
_MASKED = b'"***"'


def mask_key(items: list[bytes], key: str | None) -> list[bytes]:
    """Messages that carry the write key themselves, without it: what is kept shows no secret."""
    if not key:
        return items
    told = msgspec.json.encode(key)
    return [item.replace(told, _MASKED) for item in items]


def string_of(raw: msgspec.Raw) -> str | None:
    """A field as text; None when it is absent, empty or anything else."""
    try:
        return _decode_string(raw) or None
    except _UNREADABLE:
        return None


def _cut(body: bytes, name: str, cause: Exception) -> tuple[list[bytes], bytes]:
    """The items of the array ``name``, and the body with nothing in that array."""
    start = _array_start(body, name.encode())
    if start is None:
        raise no_batch(name) if f"at `$.{name}`" in str(cause) else not_json(cause)
    items, end = _cut_array(body, start)
    if end is None:
        raise not_json(cause)
    return items, body[:start] + b"[]" + body[end:]


def _array_start(body: bytes, key: bytes) -> int | None:
    """Where the array under ``key`` of the outermost object opens."""
    depth, last_string, after_key = 0, b"", False
    for token in _TOKENS.finditer(body):
        text = token.group()
        if text[:1] == b'"':
            last_string, after_key = text[1:-1], False
        elif text == b":":
            after_key = depth == 1 and last_string == key
        elif text in (b"{", b"["):
            if after_key and text == b"[":
                return token.start()
            depth, after_key = depth + 1, False
        elif text in (b"}", b"]"):
            depth -= 1
    return None


def _cut_array(body: bytes, start: int) -> tuple[list[bytes], int | None]:
    """The items of the array opening at ``start``, and where it ends (None: it never closes)."""
    depth, item_start = 0, start + 1
    items: list[bytes] = []
    for token in _TOKENS.finditer(body, start):
        text = token.group()
        if text in (b"{", b"["):
            depth += 1
        elif text in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                last = body[item_start : token.start()].strip()
                return ([*items, last] if last or items else items), token.end()
        elif text == b"," and depth == 1:
            items.append(body[item_start : token.start()].strip())
            item_start = token.end()
    return items, None


def not_json(cause: Exception) -> InputError:
    """The error for a body nothing can be read from."""
    return InputError(
        "collect.not_json",
        Text(
            vi=f"Nội dung gửi lên không phải JSON hợp lệ: {cause}.",
            en=f"The body is not valid JSON: {cause}.",
        ),
        hint=Text(
            vi='Gửi một đối tượng JSON; với /v1/batch là {"batch": [...]}.',
            en='Send one JSON object; for /v1/batch {"batch": [...]}.',
        ),
    )


def no_batch(name: str) -> InputError:
    """The error for a body without the array its messages should stand in."""
    return InputError(
        "collect.no_batch",
        Text(
            vi=f"Nội dung gửi lên không có mảng “{name}”.",
            en=f"The body has no “{name}” array.",
        ),
        path=f"$.{name}",
        hint=Text(
            vi=f'Gửi {{"{name}": [...]}}, mỗi phần tử là một sự kiện.',
            en=f'Send {{"{name}": [...]}}, each item one event.',
        ),
    )
