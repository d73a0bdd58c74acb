"""What stood in the DNS of an account's domain when it was last looked at, and what that means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from khachquen.activate.campaigns.accounts import keys_of
from khachquen.activate.campaigns.models import Account, DomainCheck
from khachquen.activate.channels.email.records import Judgement, Told, judge_records

__all__ = ["Looked", "Names", "domain_of", "keep_check", "look_at", "names_of"]


@dataclass(frozen=True, slots=True)
class Names:
    """Where the records stand."""

    spf: str
    dkim: str
    dmarc: str


@dataclass(frozen=True, slots=True)
class Looked:
    """The last look: when, whether the records were pasted, what stood there, what it means."""

    at: datetime
    is_pasted: bool
    told: Told
    judgement: Judgement


def domain_of(account: Account) -> str:
    """The domain its letters are from."""
    return account.from_address.rpartition("@")[2].lower()


def names_of(account: Account) -> Names:
    """The names to look under."""
    domain = domain_of(account)
    return Names(domain, f"{account.selector}._domainkey.{domain}", f"_dmarc.{domain}")


def keep_check(account: Account, told: Told, *, is_pasted: bool, at: datetime) -> Looked:
    """Keep what stood there; the look before is forgotten."""
    DomainCheck.objects.update_or_create(
        account=account,
        defaults={
            "at": at,
            "is_pasted": is_pasted,
            "spf": _lines(told.spf),
            "dkim": _lines(told.dkim),
            "dmarc": _lines(told.dmarc),
        },
    )
    return Looked(at, is_pasted, told, _judge(account, told))


def look_at(account: Account) -> Looked | None:
    """The last look, judged by today's rules and today's key; None before the first."""
    row = DomainCheck.objects.filter(account=account).first()
    if row is None:
        return None
    told = Told(row.spf.splitlines(), row.dkim.splitlines(), row.dmarc.splitlines())
    return Looked(row.at, row.is_pasted, told, _judge(account, told))


def _judge(account: Account, told: Told) -> Judgement:
    key = next(iter(keys_of(account)), None)
    return judge_records(
        told, domain=domain_of(account), host=account.host, dkim=key.record if key else ""
    )


def _lines(records: Sequence[str]) -> str:
    return "\n".join(" ".join(one.split()) for one in records)[:20_000]
