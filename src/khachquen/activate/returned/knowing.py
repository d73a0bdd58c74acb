"""Which letter of ours a report speaks of, and what it says of it.

What anybody could have made up proves nothing: a report is believed for what only who got our
letter can know of it. In this order: the token in its envelope sender, its Message-ID, its
unsubscribe link. The address in a report alone is for somebody to look at, unless a provider that
signs what it says told us.
"""

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from khachquen.activate.campaigns.models import Recipient
from khachquen.activate.channels.email.reports import Mail, Report
from khachquen.activate.returned.envelopes import read_envelope_sender
from khachquen.govern.consent.links import Link

__all__ = ["Believed", "Proofs", "know", "own_report"]

_KEY = re.compile(r"^([0-9a-f]{32})@")
_UNSUBSCRIBE = re.compile(r"/u/([0-9a-zA-Z._\-]{10,200})$")
_RECENT = timedelta(days=90)
_MOST = 200


@dataclass(frozen=True, slots=True)
class Proofs:
    """What tells ours from all others: the key of envelope senders, how a letter's key is made of
    run and recipient, and how an unsubscribe link is read."""

    envelope_key: bytes
    key_of: Callable[[int, int], str]
    read_link: Callable[[str], Link | None]


@dataclass(frozen=True, slots=True)
class Believed:
    """What a message that came back says, and of which letter, if of one of ours."""

    report: Report
    recipient: Recipient | None = None
    known_by: str = ""


def know(mail: Mail, proofs: Proofs, *, now: datetime, account_id: int | None = None) -> Believed:
    """The report that is about our letter, and how that is known.

    ``account_id`` is given where a provider signed it: then the address it names is believed for
    letters of that account.
    """
    found = (
        _by_envelope(mail, proofs, now)
        or _by_message_id(mail, proofs, now)
        or _by_unsubscribe(mail, proofs, now)
        or (_by_address(mail, account_id, now) if account_id is not None else None)
    )
    if found is None:
        return Believed(_first(mail.reports))
    recipient, known_by = found
    own = own_report(mail.reports, recipient.address)
    if own is None:
        return Believed(_first(mail.reports))
    return Believed(own, recipient, known_by)


def _first(reports: Sequence[Report]) -> Report:
    worst = ("complaint", "hard", "soft", "policy")
    return next((one for kind in worst for one in reports if one.kind == kind), reports[0])


def own_report(reports: Sequence[Report], address: str) -> Report | None:
    """What is said of our recipient. Of several others' ends nobody can say whether they are
    theirs: somebody has to look."""
    who = address.casefold()
    for one in reports:
        if who in (one.address.casefold(), one.asked_for.casefold()):
            return one
    return reports[0] if len(reports) == 1 else None


def _by_envelope(mail: Mail, proofs: Proofs, now: datetime) -> tuple[Recipient, str] | None:
    for address in mail.returned_to:
        number = read_envelope_sender(address, proofs.envelope_key, at=now)
        if number is not None:
            recipient = Recipient.objects.filter(pk=number).first()
            return (recipient, "envelope") if recipient else None
    return None


def _by_message_id(mail: Mail, proofs: Proofs, now: datetime) -> tuple[Recipient, str] | None:
    """A letter's key is made of run and recipient under a secret: it is made again for those a
    letter went to at the addresses told, and compared."""
    keys = [found[1] for one in mail.message_ids if (found := _KEY.match(one))]
    if not keys:
        return None
    told = {one for report in mail.reports for one in (report.address, report.asked_for) if one}
    for recipient in _letters_to(told, now):
        made = proofs.key_of(recipient.run_id, recipient.pk)
        if any(hmac.compare_digest(made, key) for key in keys):
            return recipient, "message_id"
    return None


def _by_unsubscribe(mail: Mail, proofs: Proofs, now: datetime) -> tuple[Recipient, str] | None:
    for url in mail.unsubscribes:
        token = _UNSUBSCRIBE.search(url)
        link = proofs.read_link(token[1]) if token else None
        kind, _, address = link.identifier.partition(":") if link else ("", "", "")
        if link is None or kind != "email" or link.campaign is None:
            continue
        rows = Recipient.objects.filter(
            run__campaign_id=link.campaign,
            address__iexact=address,
            reserved_at__gt=now - _RECENT,
        )
        recipient = rows.order_by("-pk").first()
        if recipient is not None:
            return recipient, "unsubscribe"
    return None


def _by_address(mail: Mail, account_id: int, now: datetime) -> tuple[Recipient, str] | None:
    told = {one.address for one in mail.reports if one.address}
    rows = [one for one in _letters_to(told, now) if one.run.account_id == account_id]
    return (rows[0], "provider") if rows else None


def _letters_to(addresses: set[str], now: datetime) -> list[Recipient]:
    """The newest letters to these addresses, as they stand and with small letters."""
    spelt = {form for one in addresses for form in _spellings(one)}
    rows = Recipient.objects.filter(address__in=sorted(spelt), reserved_at__gt=now - _RECENT)
    return list(rows.select_related("run").order_by("-reserved_at", "-pk")[:_MOST])


def _spellings(address: str) -> set[str]:
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = domain
    return {
        f"{name}@{at.lower()}" for name in (local, local.lower()) for at in (domain, ascii_domain)
    }
