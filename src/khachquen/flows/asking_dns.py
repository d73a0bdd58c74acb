"""What the DNS says of a domain letters are sent from, when somebody asks for it."""

from collections.abc import Sequence

import dns.exception
import dns.resolver

from khachquen.activate.campaigns.domains import names_of
from khachquen.activate.campaigns.making import Account
from khachquen.activate.channels.email.records import Told
from khachquen.base import InputError, Text

_LONGEST_S = 5.0
_MOST_RECORDS = 50


def ask_dns(account: Account, *, resolver: dns.resolver.Resolver | None = None) -> Told:
    """The TXT records at the three places that count; a place nobody wrote to is empty.

    DMARC of a subdomain without one is that of the domain above it (RFC 7489, 6.6.3), looked for
    one level at a time, for who may sell names under a level is not known here.

    Raises:
        InputError: the DNS cannot be asked from here (``deliverability.no_dns``).
    """
    asked = resolver or dns.resolver.Resolver()
    names = names_of(account)
    return Told(
        spf=_texts(asked, names.spf),
        dkim=_texts(asked, names.dkim),
        dmarc=_dmarc(asked, names.dmarc),
    )


def _dmarc(resolver: dns.resolver.Resolver, name: str) -> Sequence[str]:
    domain = name.removeprefix("_dmarc.")
    while domain.count("."):
        if found := _texts(resolver, f"_dmarc.{domain}"):
            return found
        domain = domain.partition(".")[2]
    return ()


def _texts(resolver: dns.resolver.Resolver, name: str) -> Sequence[str]:
    try:
        answer = resolver.resolve(name, "TXT", lifetime=_LONGEST_S)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as error:
        raise InputError(
            "deliverability.no_dns",
            Text(
                vi=f"Không hỏi được DNS về {name[:100]}: {type(error).__name__}.",
                en=f"The DNS could not be asked for {name[:100]}: {type(error).__name__}.",
            ),
            hint=Text(
                vi="Hãy dán nội dung các bản ghi vào ô bên dưới.",
                en="Paste the records into the fields below instead.",
            ),
        ) from error
    # A long record comes in pieces, which belong together without a space between them.
    rows = list(answer)[:_MOST_RECORDS]
    return [b"".join(row.strings).decode("utf-8", "replace") for row in rows]
