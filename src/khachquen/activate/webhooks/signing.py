"""Signed as Standard Webhooks says, so that any of its libraries can check it. Pure.

https://www.standardwebhooks.com: the signature is an HMAC-SHA-256 of id, time and body; while a
secret is being exchanged there is one by each.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime

PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret(random: Callable[[int], bytes]) -> str:
    """A secret as the receiver enters it."""
    return PREFIX + base64.b64encode(random(_SECRET_BYTES)).decode()


def sign(key: str, body: bytes, secrets: Sequence[str], *, at: datetime) -> dict[str, str]:
    """The headers of one message, the newest secret's signature first.

    >>> from datetime import UTC
    >>> at = datetime.fromtimestamp(1614265330, UTC)
    >>> secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    >>> sign("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', [secret], at=at)[
    ...     "webhook-signature"
    ... ]
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    moment = str(int(at.timestamp()))
    told = b".".join((key.encode(), moment.encode(), body))
    return {
        "webhook-id": key,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{_signature(told, secret)}" for secret in secrets),
    }


def _signature(told: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
