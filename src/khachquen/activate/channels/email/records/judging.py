"""The three records judged together: may this domain's letters be believed?"""

from collections.abc import Sequence
from dataclasses import dataclass

from khachquen.activate.channels.email.records.dkim import judge_dkim
from khachquen.activate.channels.email.records.dmarc import judge_dmarc
from khachquen.activate.channels.email.records.found import Found, Record, bad
from khachquen.activate.channels.email.records.providers import is_free_mail, spf_term_of
from khachquen.activate.channels.email.records.spf import judge_spf
from khachquen.base import Text


@dataclass(frozen=True, slots=True)
class Told:
    """What stands in the DNS: TXT records at the domain, at the selector and at ``_dmarc``."""

    spf: Sequence[str] = ()
    dkim: Sequence[str] = ()
    dmarc: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything found, the worst of each record first."""

    found: Sequence[Found]

    @property
    def is_good(self) -> bool:
        """Whether mailboxes that ask much of senders would believe the letters: nothing is bad."""
        return all(one.level != "bad" for one in self.found)

    def of(self, record: Record) -> list[Found]:
        """What was found about one of them."""
        return [one for one in self.found if one.record == record]


def judge_records(told: Told, *, domain: str, host: str, dkim: str) -> Judgement:
    """What stands against what should: ``host`` is our mail server, ``dkim`` our key's record.

    >>> bare = judge_records(Told(), domain="gom-moc.example", host="smtp.gmail.com", dkim="p=AAAA")
    >>> [one.code for one in bare.found], bare.is_good
    (['spf.none', 'dkim.none', 'dmarc.none'], False)
    """
    found = [
        *judge_spf(told.spf, term=spf_term_of(host)),
        *judge_dkim(told.dkim, expected=dkim),
        *judge_dmarc(told.dmarc, address=f"dmarc@{domain}"),
    ]
    if is_free_mail(domain):
        words = Text(
            vi=f"Không ai ngoài {domain} ký được thư của {domain}. Hãy dùng tên miền của cửa hàng.",
            en=f"Only {domain} can sign letters of {domain}. Use a domain of the shop's own.",
        )
        found = [bad("domain", "domain.free_mail", words)]
    return Judgement(tuple(sorted(found, key=lambda one: _ORDER.index(one.record))))


_ORDER: tuple[Record, ...] = ("domain", "spf", "dkim", "dmarc")
