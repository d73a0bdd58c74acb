"""Tokens for the REST interface: shown once, kept as a hash, found by their prefix."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from khachquen.base import ForbiddenError, InputError, NotFoundError, Text
from khachquen.govern.audit import record_audit
from khachquen.govern.models import ApiToken, User

__all__ = [
    "SCOPES",
    "IssuedToken",
    "demand_scope",
    "issue_token",
    "list_tokens",
    "revoke_token",
    "verify_token",
]

_LEAD = "kqt"
_NO_TOKEN = "0" * 64  # what a value is compared with when no token has its prefix


SCOPES: Mapping[str, Text] = {
    "campaigns:send": Text(vi="Gửi tin cho khách", en="Send messages to customers"),
}
"""What a token may do only if it was said when it was made: what cannot be taken back."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token. ``value`` is nowhere else: who loses it makes another."""

    value: str
    token: ApiToken


def issue_token(
    user: User,
    *,
    name: str,
    at: datetime,
    scopes: Sequence[str] = (),
    random: Callable[[int], str] = secrets.token_urlsafe,
) -> IssuedToken:
    """A token that acts as ``user``, of the form ``kqt_<prefix>_<secret>``.

    The value is 256 random bits, so one round of SHA-256 is enough to keep it safe; a slow
    password hash would only make every request slow.

    Raises:
        InputError: no name was given (``tokens.no_name``), or a scope nobody knows
            (``tokens.unknown_scope``).
        ForbiddenError: only administrators give scopes (``tokens.admins_only``).
    """
    _check_scopes(user, scopes)
    name = name.strip()
    if not name:
        raise InputError(
            "tokens.no_name",
            Text(vi="Token cần một cái tên.", en="A token needs a name."),
            path="name",
        )
    secret = random(32)
    prefix = _digest(secret)[:12]
    value = f"{_LEAD}_{prefix}_{secret}"
    token = ApiToken.objects.create(
        name=name[:100], prefix=prefix, digest=_digest(value), user=user, created_at=at,
        scopes=sorted(set(scopes)),
    )  # fmt: skip
    detail = {"scopes": token.scopes} if token.scopes else {}
    subject = f"token:{token.pk}"
    record_audit(actor=user.email, action="token.issue", subject=subject, detail=detail, at=at)
    return IssuedToken(value, token)


def verify_token(value: str) -> User | None:
    """Whose token this is, or None: unknown, altered, revoked, or its user may not sign in.

    One look-up by prefix, then a comparison whose time does not depend on where the values differ.
    """
    lead, _, rest = value.partition("_")
    prefix = rest.partition("_")[0]
    if lead != _LEAD or not prefix.isalnum() or not prefix.isascii():
        return None
    token = (
        ApiToken.objects.select_related("user")
        .filter(prefix=prefix[:16], revoked_at=None, user__is_active=True)
        .first()
    )
    expected = token.digest if token else _NO_TOKEN
    matches = hmac.compare_digest(_digest(value), expected)
    if token is None or not matches:
        return None
    token.user.scopes = frozenset(token.scopes)
    return token.user


def demand_scope(user: User, scope: str) -> None:
    """Refuse who came by a token that may not do this, or may not do it any more.

    Raises:
        ForbiddenError: with the scope that is missing (``tokens.no_scope``).
    """
    if scope not in user.scopes or not user.is_admin:
        raise ForbiddenError(
            "tokens.no_scope",
            Text(
                vi=f"Mã này không được phép: {SCOPES[scope].vi} ({scope}).",
                en=f"This token may not do this: {SCOPES[scope].en} ({scope}).",
            ),
            path="header.Authorization",
            hint=Text(
                vi="Quản trị viên tạo mã khác và tích quyền ấy.",
                en="Have an administrator make another token with that scope.",
            ),
        )


def _check_scopes(user: User, scopes: Sequence[str]) -> None:
    if unknown := sorted(set(scopes) - SCOPES.keys()):
        raise InputError(
            "tokens.unknown_scope",
            Text(vi=f"Không có quyền {unknown[0]!r}.", en=f"There is no scope {unknown[0]!r}."),
            path="scopes",
            hint=Text(vi=f"Có: {', '.join(SCOPES)}.", en=f"There are: {', '.join(SCOPES)}."),
        )
    if scopes and not user.is_admin:
        raise ForbiddenError(
            "tokens.admins_only",
            Text(
                vi="Chỉ quản trị viên tạo được mã có quyền gửi tin.",
                en="Only an administrator makes tokens that may send.",
            ),
            path="scopes",
        )


def list_tokens(user: User) -> list[ApiToken]:
    """The user's tokens, newest first, revoked ones too; none of them shows its value."""
    return list(ApiToken.objects.filter(user=user).order_by("-created_at", "-pk"))


def revoke_token(token_id: int, *, actor: User, at: datetime) -> None:
    """Make a token useless from the next request on. Revoking twice keeps the first time.

    Raises:
        NotFoundError: there is no such token (``tokens.unknown``).
        ForbiddenError: it belongs to somebody else and ``actor`` is not an administrator.
    """
    token = ApiToken.objects.filter(pk=token_id).first()
    if token is None:
        raise NotFoundError(
            "tokens.unknown",
            Text(vi=f"Không có token số {token_id}.", en=f"There is no token {token_id}."),
        )
    if token.user_id != actor.pk and not actor.is_admin:
        raise ForbiddenError(
            "tokens.not_yours",
            Text(vi="Token này của người khác.", en="This token belongs to somebody else."),
        )
    if ApiToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=at):
        record_audit(actor=actor.email, action="token.revoke", subject=f"token:{token_id}", at=at)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
