"""Access tokens, by a refresh token that can be used once.

Whoever finds the access token worn takes the right to ask for new ones: a change of one row, which
only one of many can make. Nobody holds a transaction while Zalo is asked. The new pair is on the
disk before anybody uses it; those who came second find it there.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from khachquen.activate.campaigns.locking import lock, unlock
from khachquen.activate.channels.lines import RefusedError
from khachquen.activate.channels.zalo import ZaloReply
from khachquen.activate.channels.zalo.requests import Tokens
from khachquen.activate.zalo.models import OfficialAccount
from khachquen.base import Clock
from khachquen.govern import record_audit

__all__ = ["App", "access_token", "connect", "reconnect"]

_EARLY = timedelta(minutes=5)
_LEASE = timedelta(seconds=60)  # longer than any call takes
_LOOK_S, _LOOKS = 0.05, 400


@dataclass(frozen=True, slots=True)
class App:
    """Who asks for tokens, and with what."""

    app_id: str
    secret: str
    refresh: str

    def __repr__(self) -> str:
        return f"App({self.app_id})"


def access_token(
    number: int, renew: Callable[[App], Tokens | None], *, clock: Clock, worn: str = ""
) -> str:
    """A token that is good for some minutes at least, and is not ``worn``. ``renew`` asks Zalo.

    Raises:
        RefusedError: Zalo gives none: somebody has to connect the account again.
    """
    for _ in range(_LOOKS):
        row = OfficialAccount.objects.get(pk=number)
        if not row.refresh_token:
            raise RefusedError(ZaloReply(-124, "not connected with Zalo yet"))
        token, now = unlock(row.access_token), clock()
        if token and token != worn and row.expires_at and row.expires_at - _EARLY > now:
            return token
        if _take_turn(row, now):
            return _renewed(row, renew, clock)
        threading.Event().wait(_LOOK_S)
    raise RefusedError(ZaloReply(-124, "no token came"))


def reconnect(number: int, refresh_token: str) -> None:
    """Begin again with a refresh token somebody fetched from Zalo."""
    OfficialAccount.objects.filter(pk=number).update(
        refresh_token=lock(refresh_token.strip()),
        access_token="",
        expires_at=None,
        refreshing_until=None,
    )


def connect(number: int, tokens: Tokens, *, by: str, at: datetime) -> None:
    """Begin with the pair a permission brought."""
    with transaction.atomic():
        _keep(OfficialAccount.objects.filter(pk=number), tokens, at)
        record_audit(actor=by, action="zalo.connect", subject=f"zalo_oa:{number}", at=at)


def _keep(rows: QuerySet[OfficialAccount], tokens: Tokens, at: datetime) -> None:
    rows.update(
        access_token=lock(tokens.access),
        refresh_token=lock(tokens.refresh),
        expires_at=at + timedelta(seconds=tokens.seconds),
        refreshed_at=at,
        refreshing_until=None,
    )


def _take_turn(row: OfficialAccount, now: datetime) -> bool:
    """Whether it is this caller who asks: as long as nobody else does, or did since ``row``."""
    free = Q(refreshing_until=None) | Q(refreshing_until__lt=now)
    mine = OfficialAccount.objects.filter(free, pk=row.pk, refresh_token=row.refresh_token)
    return bool(mine.update(refreshing_until=now + _LEASE))


def _renewed(row: OfficialAccount, renew: Callable[[App], Tokens | None], clock: Clock) -> str:
    found = None
    try:
        found = renew(App(row.app_id, unlock(row.app_secret), unlock(row.refresh_token)))
    finally:
        now, mine = clock(), OfficialAccount.objects.filter(pk=row.pk)
        mine = mine.filter(refresh_token=row.refresh_token)
        if found is None:
            mine.update(refreshing_until=None)
        else:
            _keep(mine, found, now)
    if found is None:
        raise RefusedError(ZaloReply(-124, "the refresh token was not taken"))
    return found.access
