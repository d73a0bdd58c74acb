"""What people change about their own account: name, language, password."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from khachquen.govern.accounts import check_password_rules
from khachquen.govern.audit import record_audit
from khachquen.govern.models import User


def update_account(user: User, *, name: str, language: str) -> User:
    """Change how somebody is called and which language they read."""
    user.name, user.language = name.strip()[:200], language
    user.save(update_fields=["name", "language"])
    return user


def change_password(user: User, *, password: str, at: datetime) -> User:
    """A new password, after which every session opened with the old one is over.

    Raises:
        InputError: the password is too weak (``accounts.weak_password``); the old one stays.
    """
    check_password_rules(password, user)
    user.password = make_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        record_audit(actor=user.email, action="password.change", subject=f"user:{user.pk}", at=at)
    return user
