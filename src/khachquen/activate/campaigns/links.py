"""Addresses in letters that only this installation can make: 64 bits of number, 128 of proof. Pure.

The number is a recipient's, so nothing of the person stands in the address; what the link is for is
part of the proof, so that one cannot be used as another.
"""

import base64
import binascii
import hmac

_PROOF = 16


def token(use: str, number: int, key: bytes) -> str:
    """The token of a recipient for one use.

    >>> token("unsubscribe", 7, b"k" * 32) == token("open", 7, b"k" * 32)
    False
    """
    body = number.to_bytes(8, "big")
    proof = hmac.digest(key, use.encode() + b"\0" + body, "sha256")[:_PROOF]
    return base64.urlsafe_b64encode(body + proof).decode()


def read_token(use: str, given: str, key: bytes) -> int | None:
    """Whose it is; None for anything we did not make for this use.

    >>> read_token("unsubscribe", token("unsubscribe", 7, b"k" * 32), b"k" * 32)
    7
    >>> read_token("open", token("unsubscribe", 7, b"k" * 32), b"k" * 32) is None
    True
    """
    try:
        raw = base64.b64decode(given.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    number = int.from_bytes(raw[:8], "big")
    is_ours = len(raw) == 8 + _PROOF and hmac.compare_digest(given, token(use, number, key))
    return number if is_ours else None
