"""Providers that may tell us of an account's letters, and their calls: checked, then kept."""

import http.client
import ssl
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

import msgspec
from django.db import transaction

from khachquen.activate.campaigns.accounts import get_account
from khachquen.activate.campaigns.locking import lock, unlock
from khachquen.activate.egress import Rules, dial
from khachquen.activate.returned.hooks import PROVIDERS, Fetch, HookCall, Provider, ReplyTo
from khachquen.activate.returned.keeping import Arrived, find_known_places, keep
from khachquen.activate.returned.models import Hook
from khachquen.base import ForbiddenError, InputError, NotFoundError, Text, UnavailableError
from khachquen.govern import record_audit

__all__ = ["fetcher", "list_hooks", "remove_hook", "save_hook", "take_call"]

_LARGEST = 64_000
_TIMEOUT_S = 5.0


def list_hooks(account_id: int) -> list[Hook]:
    """Who may tell us of an account's letters."""
    return list(Hook.objects.filter(account_id=account_id).order_by("provider"))


def save_hook(account_id: int, provider: str, secret: str, *, by: str, at: datetime) -> Hook:
    """Let a provider tell us, or give it another secret.

    Raises:
        NotFoundError: there is no such account or provider.
        InputError: no secret (``returned.no_secret``): without one anybody could tell us anything.
    """
    account, known = get_account(account_id), _provider(provider)
    if not secret.strip():
        raise InputError(
            "returned.no_secret",
            Text(vi="Chưa có khóa để kiểm chữ ký.", en="There is no key to check signatures with."),
            path="secret",
            hint=known.secret,
        )
    with transaction.atomic():
        hook, _ = Hook.objects.update_or_create(
            account=account,
            provider=provider,
            defaults={"secret": lock(secret.strip()), "created_at": at, "heard_at": None},
        )
        subject, detail = f"mail_account:{account_id}", {"provider": provider}
        record_audit(actor=by, action="hook.set", subject=subject, detail=detail, at=at)
    return hook


def remove_hook(account_id: int, provider: str, *, by: str, at: datetime) -> None:
    """Hear that provider no longer."""
    with transaction.atomic():
        gone, _ = Hook.objects.filter(account_id=account_id, provider=provider).delete()
        if gone:
            subject, detail = f"mail_account:{account_id}", {"provider": provider}
            record_audit(actor=by, action="hook.remove", subject=subject, detail=detail, at=at)


def take_call(account_id: int, provider: str, call: HookCall, fetch: Fetch) -> ReplyTo | None:
    """Check a provider's call and keep what it tells; what it wants to hear in answer, if anything.

    On return it is on the disk. The same call again changes nothing.

    Raises:
        ForbiddenError: it is not theirs, or nobody of that name may tell us
            (``returned.not_theirs``): whoever asks learns nothing of which accounts there are.
        UnavailableError: a certificate could not be had just now; they will call again.
    """
    hook = Hook.objects.filter(account_id=account_id, provider=provider).first()
    known = PROVIDERS.get(provider)
    if hook is None or known is None or not known.is_genuine(call, unlock(hook.secret), fetch):
        words = Text(vi="Chữ ký không đúng.", en="The signature is not right.")
        raise ForbiddenError("returned.not_theirs", words)
    wanted = known.greet(call)
    if wanted is not None and wanted.visit:
        fetch(wanted.visit)
    place = f"{provider}:{known.token(call.body)}"[:120] if known.token(call.body) else ""
    with transaction.atomic():
        if not place or place not in find_known_places(account_id, [place]):
            told = [msgspec.json.encode(one) for one in known.split(call.body)]
            keep(account_id, provider, [Arrived(one, place) for one in told], at=call.at)
        Hook.objects.filter(pk=hook.pk).update(heard_at=call.at)
    return wanted


def fetcher(rules: Rules) -> Fetch:
    """Gets what a provider names, by the rules of everything that is called from here."""
    return lambda url: _fetch(url, rules)


@lru_cache(maxsize=64)
def _fetch(url: str, rules: Rules) -> bytes:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        line = dial(host, port, _TIMEOUT_S, rules=rules)
        connection = http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_S)
        with ssl.create_default_context().wrap_socket(line, server_hostname=host) as private:
            connection.sock = private
            connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
            answer = connection.getresponse()
            body = answer.read(_LARGEST)
    except (OSError, http.client.HTTPException) as error:
        raise _not_now(host) from error
    if answer.status != 200:
        raise _not_now(host)
    return body


def _provider(key: str) -> Provider:
    found = PROVIDERS.get(key)
    if found is None:
        words = Text(vi=f"Không có nhà cung cấp {key!r}.", en=f"There is no provider {key!r}.")
        raise NotFoundError("returned.no_provider", words)
    return found


def _not_now(host: str) -> UnavailableError:
    return UnavailableError(
        "returned.not_reached",
        Text(vi=f"Chưa gọi được {host[:100]!r}.", en=f"{host[:100]!r} could not be reached."),
    )
