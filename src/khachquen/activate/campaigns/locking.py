"""Passwords and private keys as they stand in the database: readable only with ``secret.key``."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from khachquen.base import InputError, Text

__all__ = ["derived_key", "lock", "send_key", "unlock"]


def lock(secret: str) -> str:
    """What to keep of a secret; nothing of nothing."""
    return _lock().encrypt(secret.encode()).decode() if secret else ""


def unlock(kept: str) -> str:
    """The secret again.

    Raises:
        InputError: it was locked with another ``secret.key`` (``campaigns.locked``).
    """
    if not kept:
        return ""
    try:
        return _lock().decrypt(kept.encode()).decode()
    except InvalidToken:
        raise InputError(
            "campaigns.locked",
            Text(
                vi="Mật khẩu đã lưu không mở được nữa.",
                en="The stored password cannot be opened any more.",
            ),
            hint=Text(
                vi="Tệp secret.key đã thay đổi: hãy nhập lại mật khẩu.",
                en="The file secret.key has changed: enter the password again.",
            ),
        ) from None


def derived_key(use: str) -> bytes:
    """32 bytes for one use, which tell nothing of the installation's secret."""
    derive = HKDF(hashes.SHA256(), 32, salt=None, info=f"khachquen.{use}".encode())
    return derive.derive(settings.SECRET_KEY.encode())


def send_key(run_id: int, recipient_id: int, secret: bytes = b"") -> str:
    """What a message is called for ever: the same before the first attempt and after a crash.
    ``secret`` is ``derived_key("letters")``, for who asks often."""
    told = f"{run_id}:{recipient_id}".encode()
    return hmac.digest(secret or derived_key("letters"), told, "sha256")[:16].hex()


def _lock() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("accounts")))
