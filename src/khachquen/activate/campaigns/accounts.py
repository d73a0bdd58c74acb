"""Mail accounts: how to sign in, which key signs, and how much they may send today."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from khachquen.activate.campaigns.locking import lock, unlock
from khachquen.activate.campaigns.models import Account, Recipient
from khachquen.activate.channels.email import (
    Connection,
    Login,
    LostError,
    RefusedError,
    Security,
)
from khachquen.activate.channels.email.signing import DkimKey, make_key
from khachquen.activate.egress import Rules, dial, find_host
from khachquen.base import InputError, NotFoundError, Text

__all__ = [
    "Room",
    "allowance",
    "check_connection",
    "connector",
    "declare_account",
    "get_account",
    "give_key",
    "judge_host",
    "keys_of",
    "left_today",
    "login_of",
    "note_trouble",
]

_DAY = timedelta(days=1)
_CHECK_S = 10.0
_FIRST_DAY = 50
_UNLIMITED = 1_000_000_000
_COUNT_AGAIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Room:
    """How many more may be sent now; when there are none, from when on, and why."""

    left: int
    opens_at: datetime | None = None
    reason: str = "quota"


def declare_account(channel: str, name: str, *, per_second: int, at: datetime) -> Account:
    """The account of something that is declared in the settings: made when it is first asked for,
    as fast as they say."""
    told = {"channel": channel, "host": "", "from_address": "", "created_at": at}
    account, _ = Account.objects.get_or_create(name=name[:100], defaults=told)
    if account.per_second != per_second:
        account.per_second = per_second
        account.save(update_fields=["per_second"])
    return account


def get_account(account_id: int) -> Account:
    """One account.

    Raises:
        NotFoundError: there is none of this number (``campaigns.no_account``).
    """
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFoundError(
            "campaigns.no_account",
            Text(
                vi=f"Không có tài khoản gửi thư số {account_id}.",
                en=f"There is no mail account {account_id}.",
            ),
        )
    return account


def login_of(account: Account) -> Login:
    """How to sign in there."""
    return Login(
        host=account.host,
        port=account.port,
        security=_security(account.security),
        user=account.user,
        password=unlock(account.secret),
        greeting=account.from_address.rpartition("@")[2] or "localhost",
    )


def _security(told: str) -> Security:
    """Whatever stands there, the line is private unless it was said that it need not be."""
    return "none" if told == "none" else "tls" if told == "tls" else "starttls"


def keys_of(account: Account) -> Sequence[DkimKey]:
    """The keys its letters are signed with; none before there is one."""
    if not account.dkim:
        return ()
    domain = account.from_address.rpartition("@")[2]
    return (DkimKey(domain, account.selector, unlock(account.dkim)),)


def give_key(account: Account) -> DkimKey:
    """Make a new key for an account's domain; its record must stand in the DNS."""
    key = make_key(account.from_address.rpartition("@")[2], account.selector)
    account.dkim = lock(key.pem)
    account.save(update_fields=["dkim"])
    return key


def connector(rules: Rules) -> Callable[[Login], Connection]:
    """How lines to mail servers are opened: to the internet, and inside only where the operator
    named the network."""
    return partial(Connection, dial=partial(dial, rules=rules))


def check_connection(account: Account, rules: Rules) -> str:
    """Sign in there and leave again: nothing when that went well, else what the server said.

    Raises:
        InputError: there is no such machine, or it may not be called (``egress.*``).
    """
    find_host(account.host, account.port, rules)
    line = connector(rules)(replace(login_of(account), timeout_s=_CHECK_S))
    try:
        line.open()
    except (LostError, RefusedError) as error:
        note_trouble(account.pk, str(error))
        return str(error) or type(error).__name__
    line.close()
    note_trouble(account.pk, "")
    return ""


def judge_host(host: str, port: int, rules: Rules) -> None:
    """Refuse a mail server that may not be called, or that nobody finds, beside its field.

    Raises:
        InputError: as ``find_host`` says it, at path ``host``.
    """
    try:
        find_host(host.strip(), port, rules)
    except InputError as error:
        raise InputError(error.code, error.message, path="host", hint=error.hint) from None


def note_trouble(account_id: int, words: str) -> None:
    """Remember what a server turned the account away for, to be shown."""
    Account.objects.filter(pk=account_id).update(trouble=words[:300])


def allowance(account: Account, now: datetime) -> int:
    """How many letters the account may send in 24 hours: its own limit, and less while its name is
    new to the world: 50 on the first day, twice as many every day after."""
    most = account.per_day or _UNLIMITED
    if account.warm_from is not None:
        days = max(0, (now.date() - account.warm_from).days)
        most = min(most, _FIRST_DAY * 2 ** min(days, 24))
    return most


def left_today(
    account: Account,
    now: datetime,
    *,
    beside: Callable[[int, datetime], int],
    kept_percent: int = 0,
) -> int:
    """What is left of it, less the share of the whole that a broadcast leaves for letters that
    cannot wait. ``beside`` counts what an account sent since a moment that is no campaign's."""
    most = allowance(account, now)
    if most >= _UNLIMITED:
        return most
    used = Recipient.objects.filter(run__account=account, reserved_at__gt=now - _DAY).count()
    used += beside(account.pk, now - _DAY)
    return max(0, most - most * kept_percent // 100 - used)
