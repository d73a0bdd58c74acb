"""Knows who works in the shop, with which tokens, what they did, and what the shop is called.

Hides how passwords and tokens are kept: only hashes, never the values. Does not know customers.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.govern.accounts import create_first_admin, create_user, has_admin
    from khachquen.govern.audit import list_audit, record_audit
    from khachquen.govern.models import User
    from khachquen.govern.own_account import change_password, update_account
    from khachquen.govern.shop import get_shop, save_shop
    from khachquen.govern.tokens import issue_token, list_tokens, revoke_token, verify_token

__all__ = [
    "User",
    "change_password",
    "create_first_admin",
    "create_user",
    "get_shop",
    "has_admin",
    "issue_token",
    "list_audit",
    "list_tokens",
    "record_audit",
    "revoke_token",
    "save_shop",
    "update_account",
    "verify_token",
]

__getattr__ = door(
    __name__,
    {
        "User": "models",
        "change_password": "own_account",
        "create_first_admin": "accounts",
        "create_user": "accounts",
        "get_shop": "shop",
        "has_admin": "accounts",
        "issue_token": "tokens",
        "list_audit": "audit",
        "list_tokens": "tokens",
        "record_audit": "audit",
        "revoke_token": "tokens",
        "save_shop": "shop",
        "update_account": "own_account",
        "verify_token": "tokens",
    },
)
