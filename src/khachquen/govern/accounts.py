"""People who sign in: made once, found by e-mail, kept with an argon2id hash of their password."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from khachquen.base import ConflictError, InputError, Text
from khachquen.govern.models import User
from khachquen.govern.waiting import wait_in_line

_FIRST_ADMIN_LOCK = 0x6B71_6661  # "kqfa": one waiting line for whoever wants to be the first
_WEAK = {
    "password_too_short": Text(
        vi="Mật khẩu quá ngắn: cần ít nhất {min_length} ký tự.",
        en="The password is too short: at least {min_length} characters are needed.",
    ),
    "password_too_common": Text(vi="Mật khẩu này quá phổ biến.", en="This password is too common."),
    "password_too_similar": Text(
        vi="Mật khẩu quá giống email hoặc tên.",
        en="The password is too similar to the e-mail or the name.",
    ),
}


def has_admin() -> bool:
    """Whether somebody may already administer the shop; the set-up page closes when so."""
    return User.objects.filter(is_admin=True).exists()


def create_user(
    *, email: str, password: str, name: str = "", is_admin: bool = False, at: datetime
) -> User:
    """A new account. The e-mail is kept in lower case, the password as an argon2id hash only.

    Raises:
        InputError: the e-mail is not one (``accounts.bad_email``), or the password is too weak
            (``accounts.weak_password``, every reason in the message).
        ConflictError: the e-mail has an account (``accounts.email_taken``).
    """
    user = _checked(email, password, name, is_admin=is_admin, at=at)
    return _save(user)


def create_first_admin(*, email: str, password: str, name: str = "", at: datetime) -> User:
    """The one account the set-up page may make. Of many callers at once exactly one succeeds.

    Raises:
        ConflictError: there is an administrator already (``accounts.already_set_up``).
        InputError: as for ``create_user``.
    """
    if has_admin():  # before the slow password hash, so that a flood of attempts costs little
        raise _already_set_up()
    user = _checked(email, password, name, is_admin=True, at=at)
    with transaction.atomic():
        wait_in_line(_FIRST_ADMIN_LOCK)
        if has_admin():
            raise _already_set_up()
        return _save(user)


def _checked(email: str, password: str, name: str, *, is_admin: bool, at: datetime) -> User:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise InputError(
            "accounts.bad_email",
            Text(
                vi=f"{email[:80]!r} không phải là địa chỉ email.",
                en=f"{email[:80]!r} is not an e-mail address.",
            ),
            path="email",
            hint=Text(vi="Ví dụ đúng: hoa@example.vn.", en="For example hoa@example.vn."),
        ) from None
    user = User(email=email, name=name.strip(), is_admin=is_admin, created_at=at)
    check_password_rules(password, user)
    user.password = make_password(password)
    return user


def check_password_rules(password: str, user: User) -> None:
    """Refuse a password that is short, common, or close to the person's own name or e-mail.

    Raises:
        InputError: ``accounts.weak_password``, every reason in the message.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        problems = [_said(problem) for problem in error.error_list]
        raise InputError(
            "accounts.weak_password",
            Text(vi=" ".join(p.vi for p in problems), en=" ".join(p.en for p in problems)),
            path="password",
            hint=Text(
                vi="Dùng một câu dài, dễ nhớ, không phải mật khẩu phổ biến.",
                en="Use a long phrase that is easy to remember and not a common password.",
            ),
        ) from None


def _said(problem: ValidationError) -> Text:
    """Our words for a validator's reason; Django's Vietnamese lacks some of them."""
    said = _WEAK.get(str(problem.code))
    if said is None:
        [message] = problem.messages
        return Text(vi=message, en=message)
    params = problem.params or {}
    return Text(vi=said.vi.format(**params), en=said.en.format(**params))


def _save(user: User) -> User:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise ConflictError(
            "accounts.email_taken",
            Text(
                vi=f"Đã có tài khoản với email {user.email}.",
                en=f"There is an account with the e-mail {user.email} already.",
            ),
            path="email",
        ) from None
    return user


def _already_set_up() -> ConflictError:
    return ConflictError(
        "accounts.already_set_up",
        Text(
            vi="Cửa hàng đã có quản trị viên.",
            en="The shop already has an administrator.",
        ),
        hint=Text(vi="Hãy đăng nhập.", en="Sign in instead."),
    )
