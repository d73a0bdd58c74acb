"""Accounts and campaigns made and changed by staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.activate.campaigns.accounts import give_key
from khachquen.activate.campaigns.locking import lock
from khachquen.activate.campaigns.models import Account, Campaign
from khachquen.activate.channels.email import read_envelope
from khachquen.base import ConflictError, InputError, NotFoundError, Text
from khachquen.govern import record_audit
from khachquen.govern.consent.purposes import get_purpose

__all__ = [
    "Account",
    "Campaign",
    "add_account",
    "add_campaign",
    "change_campaign",
    "get_campaign",
    "list_accounts",
    "list_campaigns",
]
_CAMPAIGN = (
    "name", "purpose", "segment_id", "account", "version_id", "subject", "html", "text",
    "tracks", "adds_utm", "holdout_percent", "lane",
)  # fmt: skip


def add_account(told: Mapping[str, Any], *, by: str, at: datetime) -> Account:
    """A mail server letters leave by, with a key of its own to sign with.

    ``told`` names columns of ``Account``; a ``password`` is kept locked.

    Raises:
        InputError: no name or server, or an address nobody can answer to.
        ConflictError: there is one of that name.
    """
    given = {key: value for key, value in told.items() if key != "password"}
    _demand(
        str(given.get("name", "")).strip(), "name", "Tài khoản cần một cái tên.", "It needs a name."
    )
    _demand(
        str(given.get("host", "")).strip(), "host", "Cần tên máy chủ gửi thư.", "It needs a server."
    )
    _demand(
        read_envelope(str(given.get("from_address", ""))),
        "from_address",
        "Địa chỉ người gửi không đúng.",
        "The sender's address is no address.",
    )
    with transaction.atomic():
        if Account.objects.filter(name=given["name"]).exists():
            words = Text(vi="Đã có tài khoản tên này.", en="There is an account of that name.")
            raise ConflictError("campaigns.account_taken", words, path="name")
        account = Account.objects.create(
            **given, secret=lock(str(told.get("password", ""))), created_at=at
        )
        give_key(account)
        record_audit(actor=by, action="account.add", subject=f"mail_account:{account.pk}", at=at)
    return account


def list_accounts() -> list[Account]:
    """Every account, by name."""
    return list(Account.objects.order_by("name"))


def add_campaign(told: Mapping[str, Any], *, by: str, at: datetime) -> Campaign:
    """A campaign; whatever is missing is asked for when it is to be sent.

    Raises:
        InputError: it has no name.
        NotFoundError: a purpose nobody knows.
    """
    _demand(
        str(told.get("name", "")).strip(), "name", "Chiến dịch cần một cái tên.", "It needs a name."
    )
    get_purpose(str(told.get("purpose", "")))
    with transaction.atomic():
        campaign = Campaign.objects.create(
            **told, created_at=at, created_by=by[:200], changed_at=at
        )
        record_audit(actor=by, action="campaign.add", subject=f"campaign:{campaign.pk}", at=at)
    return campaign


def change_campaign(
    campaign_id: int, told: Mapping[str, Any], *, by: str, at: datetime
) -> Campaign:
    """Change what is to be sent; what is on its way already stays as it was.

    Raises:
        NotFoundError: no such campaign, account or purpose.
        InputError: it has no name.
    """
    with transaction.atomic():
        campaign = get_campaign(campaign_id)
        for key in _CAMPAIGN:
            if key in told:
                setattr(campaign, key, told[key])
        _demand(campaign.name.strip(), "name", "Chiến dịch cần một cái tên.", "It needs a name.")
        get_purpose(campaign.purpose)
        campaign.changed_at = at
        campaign.save()
        record_audit(actor=by, action="campaign.change", subject=f"campaign:{campaign_id}", at=at)
    return campaign


def get_campaign(campaign_id: int) -> Campaign:
    """One campaign.

    Raises:
        NotFoundError: there is none of this number (``campaigns.none``).
    """
    found = Campaign.objects.select_related("account").filter(pk=campaign_id).first()
    if found is None:
        raise NotFoundError(
            "campaigns.none",
            Text(
                vi=f"Không có chiến dịch số {campaign_id}.",
                en=f"There is no campaign {campaign_id}.",
            ),
        )
    return found


def list_campaigns(*, limit: int = 200, before: int | None = None) -> list[Campaign]:
    """Campaigns, the newest first; those made before one of them."""
    rows = Campaign.objects.filter(archived_at=None).select_related("account").order_by("-pk")
    return list((rows if before is None else rows.filter(pk__lt=before))[:limit])


def _demand(given: object, path: str, vi: str, en: str) -> None:
    if not given:
        raise InputError("campaigns.missing", Text(vi=vi, en=en), path=path)
