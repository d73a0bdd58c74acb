"""Endpoints as what campaigns leave by: each has an ``Account`` beside it once one is wanted.

The account keeps the pace and the trouble, as every channel's does; address, secrets and whether it
is called at all stay the endpoint's, and are looked at for every message.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from khachquen.activate.campaigns.models import Account
from khachquen.activate.webhooks.models import Endpoint
from khachquen.activate.webhooks.reading import row_of
from khachquen.activate.webhooks.signing import sign
from khachquen.base import Text
from khachquen.unify.traits.vault import installed_keys, open_boxes

__all__ = [
    "CHANNEL",
    "Target",
    "account_for",
    "endpoint_of",
    "find_target",
    "has_any",
    "iter_needs",
    "mark_of",
    "note_gone",
    "sign_told",
]
CHANNEL = "webhook"
_LINES = 4


@dataclass(frozen=True, slots=True)
class Target:
    """Where to post now. ``purpose``: under which identifiers are given; empty: they are not."""

    endpoint_id: int
    url: str
    is_on: bool
    purpose: str
    secrets: Sequence[str]  # tokens


def account_for(endpoint_id: int, *, at: datetime) -> Account:
    """What a campaign leaves by when it goes to this endpoint; the same one each time.

    Raises:
        NotFoundError: there is no such endpoint (``webhooks.unknown``).
    """
    with transaction.atomic():
        row_of(endpoint_id)
        row = Endpoint.objects.select_for_update().get(pk=endpoint_id)
        if row.account is None:
            row.account = Account.objects.create(
                channel=CHANNEL,
                name=f"{row.name[:80]} (webhook {row.pk})",
                host="",
                from_address="",
                per_second=row.per_second,
                connections=_LINES,
                created_at=at,
            )
            row.save(update_fields=["account"])
    return row.account


def endpoint_of(account_id: int | None) -> int | None:
    """The number of the endpoint an account stands for, while there is one."""
    rows = Endpoint.objects.filter(account_id=account_id or 0, removed_at=None)
    return rows.values_list("pk", flat=True).first()


def mark_of(account_id: int | None) -> list[object]:
    """Where its messages go and what goes there, as an approval means it."""
    rows = Endpoint.objects.filter(account_id=account_id or 0, removed_at=None)
    return list(rows.values_list("pk", "url", "gives_identifiers", "purpose"))


def has_any() -> bool:
    """Whether there is any endpoint a campaign could go to."""
    return Endpoint.objects.filter(removed_at=None).exists()


def find_target(account_id: int, *, now: datetime) -> Target | None:
    """Where its messages go at this moment; None once the endpoint was removed."""
    row = Endpoint.objects.filter(account_id=account_id, removed_at=None).first()
    if row is None:
        return None
    is_exchanging = bool(row.old_secret and row.old_until and row.old_until > now)
    return Target(
        endpoint_id=row.pk,
        url=row.url,
        is_on=row.state == "on",
        purpose=row.purpose if row.gives_identifiers else "",
        secrets=[row.secret, *([row.old_secret] if is_exchanging else [])],
    )


def sign_told(target: Target, key: str, body: bytes, *, at: datetime) -> Mapping[str, str]:
    """The headers of one message, signed by every secret that is valid."""
    opened = open_boxes(target.secrets, installed_keys())
    return sign(key, body, [opened[token] for token in target.secrets], at=at)


def note_gone(endpoint_id: int, *, at: datetime) -> None:
    """It asked to be left alone (410): nothing goes there any more."""
    rows = Endpoint.objects.filter(pk=endpoint_id, state="on")
    rows.update(state="off", why="gone", state_at=at)


def iter_needs(account: Account | None) -> Iterator[tuple[object, Text]]:
    """Whether there is somewhere to go, and what to do when there is not."""
    row = None
    if account is not None:
        row = Endpoint.objects.filter(account=account, removed_at=None).first()
    yield row, Text(vi="chọn webhook", en="choose a webhook")
    if row is not None:
        yield row.state == "on", Text(vi="cho webhook chạy lại", en="resume the webhook")
