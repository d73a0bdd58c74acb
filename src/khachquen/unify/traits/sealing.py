"""Sealed values: a token everybody may see, a box only the key opens.

Where a sealed value would stand, a token stands: ``sealed:national_id:<32 hex digits>``. The value
itself is in a box, encrypted with AES-GCM under a key that is not in the database, and the token is
bound to it. The token is a keyed hash: equal values of a matchable trait have equal tokens, so
they can be compared unopened, and a message taken in twice makes no second box. Pure: keys and
randomness are arguments.
"""

import hashlib
import hmac
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from khachquen.unify.traits.definition import Definition

TOKEN = re.compile(r"sealed:([^:\s]{1,100}):[0-9a-f]{32}")
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class SealKeys:
    """The keys of an installation: boxes name theirs by id; ``index`` makes tokens, for ever."""

    index: bytes
    active: str
    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"SealKeys(active={self.active!r})"


@dataclass(frozen=True, slots=True)
class Box:
    """One encrypted value: its token, the trait it is of, the key that opens it."""

    token: str
    trait: str
    key_id: str
    sealed: bytes


def is_token(value: object) -> bool:
    """Whether this stands for a sealed value."""
    return isinstance(value, str) and value.startswith("sealed:") and bool(TOKEN.fullmatch(value))


def token_of(definition: Definition, value: Any, keys: SealKeys, *, said_in: str = "") -> str:
    """The token of a value. Of a trait that is not matchable also ``said_in``, the message, counts.

    Spaces, dots and dashes in numbers do not: "079 195 012 345" is one number with any of them.
    """
    text = _match_form(value)
    told = [definition.key, text] if definition.matchable else [definition.key, said_in, text]
    digest = hmac.new(keys.index, "\0".join(told).encode(), hashlib.sha256)
    return f"sealed:{definition.key}:{digest.hexdigest()[:32]}"


def seal(
    definition: Definition,
    value: Any,
    keys: SealKeys,
    *,
    said_in: str,
    random: Callable[[int], bytes] = os.urandom,
) -> Box:
    """The box of a value, under the active key."""
    token = token_of(definition, value, keys, said_in=said_in)
    plain = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
    return _close(token, definition.key, plain, keys, random)


def unseal(box: Box, keys: SealKeys) -> Any:
    """The value in a box, or None when no key of ours opens it."""
    plain = _open(box, keys)
    return None if plain is None else json.loads(plain.decode("utf-8", "surrogatepass"))


def seal_again(
    box: Box, keys: SealKeys, *, random: Callable[[int], bytes] = os.urandom
) -> Box | None:
    """The same value under the active key; None when no key of ours opens the box."""
    plain = _open(box, keys)
    return None if plain is None else _close(box.token, box.trait, plain, keys, random)


def mask(definition: Definition, value: Any) -> str:
    """The value with all but a few of its letters hidden.

    A value too short to hide most of it is hidden whole, and always behind the same eight stars.
    """
    head, tail = definition.shown
    text = _match_form(value) if isinstance(value, str | int) else ""
    if not head + tail or len(text) < 2 * (head + tail):
        return "********"
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def _close(
    token: str, trait: str, plain: bytes, keys: SealKeys, random: Callable[[int], bytes]
) -> Box:
    nonce = random(_NONCE_BYTES)
    sealed = AESGCM(keys.keys[keys.active]).encrypt(nonce, plain, token.encode())
    return Box(token, trait, keys.active, nonce + sealed)


def _open(box: Box, keys: SealKeys) -> bytes | None:
    key = keys.keys.get(box.key_id)
    if key is None:
        return None
    nonce, sealed = box.sealed[:_NONCE_BYTES], box.sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, sealed, box.token.encode())
    except InvalidTag:
        return None


def _match_form(value: Any) -> str:
    if isinstance(value, str):
        return "".join(letter for letter in value.upper() if letter.isalnum())
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
