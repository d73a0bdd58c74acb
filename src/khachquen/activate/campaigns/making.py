"""Accounts and campaigns made and changed by staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from khachquen.activate.campaigns.accounts import get_account, give_key, judge_host
from khachquen.activate.campaigns.approving import withdraw_if_changed
from khachquen.activate.campaigns.locking import lock
from khachquen.activate.campaigns.models import Account, Campaign
from khachquen.activate.channels.email import read_envelope
from khachquen.activate.egress import Rules
from khachquen.base import ConflictError, InputError, NotFoundError, Text
from khachquen.govern import record_audit
from khachquen.govern.consent.purposes import get_purpose

__all__ = [
    "Account",
    "Campaign",
    "add_account",
    "add_campaign",
    "change_account",
    "change_campaign",
    "get_campaign",
    "list_accounts",
    "list_campaigns",
]
_CAMPAIGN = (
    *("name", "channel", "purpose", "segment_id", "account", "account_id", "version_id"),
    *("subject", "html", "text", "holdout_percent", "heeds_channel", "tracks", "adds_utm", "lane"),
)


_ACCOUNT = (
    *("name", "host", "port", "security", "user", "from_address", "from_name"),
    *("per_second", "per_day", "is_paused"),
)


def add_account(
    told: Mapping[str, Any], *, by: str, at: datetime, rules: Rules | None = None
) -> Account:
    """A mail server letters leave by, with a key of its own to sign with.

    ``told`` names columns of ``Account``; a ``password`` is kept locked. With ``rules`` its host is
    judged now, beside being judged whenever a line is opened to it.

    Raises:
        InputError: no name or server, one that may not be called, or an address nobody can answer
            to.
        ConflictError: there is one of that name.
    """
    given = {key: value for key, value in told.items() if key != "password"}
    _demand_reachable(given, rules)
    with transaction.atomic():
        if Account.objects.filter(name=given["name"]).exists():
            raise _taken()
        account = Account.objects.create(
            **given, secret=lock(str(told.get("password", ""))), created_at=at
        )
        give_key(account)
        record_audit(actor=by, action="account.add", subject=f"mail_account:{account.pk}", at=at)
    return account


def change_account(
    account_id: int, told: Mapping[str, Any], *, by: str, at: datetime, rules: Rules
) -> Account:
    """Change how letters leave by it, from the next line that is opened on; its key stays. An empty
    ``password`` keeps the one there is.

    Raises:
        InputError, ConflictError: as for a new one.
        NotFoundError: no such account.
    """
    _demand_reachable(told, rules)
    with transaction.atomic():
        account = get_account(account_id)
        if Account.objects.filter(name=told["name"]).exclude(pk=account_id).exists():
            raise _taken()
        for key in _ACCOUNT:
            setattr(account, key, told[key])
        if password := str(told.get("password", "")):
            account.secret = lock(password)
        account.save()
        record_audit(actor=by, action="account.change", subject=f"mail_account:{account_id}", at=at)
    return account


def _demand_reachable(told: Mapping[str, Any], rules: Rules | None) -> None:
    for key, vi, en in (
        ("name", "Tài khoản cần một cái tên.", "It needs a name."),
        ("host", "Cần tên máy chủ gửi thư.", "It needs a server."),
    ):
        _demand(str(told.get(key, "")).strip(), key, vi, en)
    _demand(
        read_envelope(str(told.get("from_address", ""))),
        "from_address",
        "Địa chỉ người gửi không đúng.",
        "The sender's address is no address.",
    )
    if rules is not None:
        judge_host(str(told["host"]), int(told.get("port", 587)), rules)


def _taken() -> ConflictError:
    words = Text(vi="Đã có tài khoản tên này.", en="There is an account of that name.")
    return ConflictError("campaigns.account_taken", words, path="name")


def list_accounts(channel: str = "email") -> list[Account]:
    """The accounts of a channel, by name."""
    return list(Account.objects.filter(channel=channel).order_by("name"))


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
        if told.get("channel", campaign.channel) != campaign.channel:
            campaign.account = campaign.version_id = None  # they were another channel's,
            campaign.subject = campaign.html = campaign.text = ""  # as these words were
        for key in _CAMPAIGN:
            if key in told:
                setattr(campaign, key, told[key])
        _demand(campaign.name.strip(), "name", "Chiến dịch cần một cái tên.", "It needs a name.")
        get_purpose(campaign.purpose)
        campaign.changed_at = at
        campaign.save()
        record_audit(actor=by, action="campaign.change", subject=f"campaign:{campaign_id}", at=at)
        withdraw_if_changed(campaign, by=by, at=at)
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


def list_campaigns(
    *, limit: int = 200, before: int | None = None, archived: bool = False
) -> list[Campaign]:
    """Campaigns, the newest first; those made before one of them; those put away apart."""
    rows = Campaign.objects.filter(archived_at__isnull=not archived)
    rows = rows.select_related("account").order_by("-pk")
    return list((rows if before is None else rows.filter(pk__lt=before))[:limit])


def _demand(given: object, path: str, vi: str, en: str) -> None:
    if not given:
        raise InputError("campaigns.missing", Text(vi=vi, en=en), path=path)
