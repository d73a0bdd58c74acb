"""What large mail services ask their customers to put into SPF, and domains nobody can sign for.

Facts as of 2026-11, from the services' own pages; they change rarely, and a wrong one only words a
suggestion: nothing is refused because of this list.
"""

from ipaddress import ip_address

_SPF_OF = {
    "gmail.com": "include:_spf.google.com",
    "google.com": "include:_spf.google.com",
    "office365.com": "include:spf.protection.outlook.com",
    "outlook.com": "include:spf.protection.outlook.com",
    "amazonaws.com": "include:amazonses.com",
    "sendgrid.net": "include:sendgrid.net",
    "mailgun.org": "include:mailgun.org",
    "postmarkapp.com": "include:spf.mtasv.net",
    "zoho.com": "include:zoho.com",
    "brevo.com": "include:spf.brevo.com",
    "sparkpostmail.com": "include:sparkpostmail.com",
}
_FREE = frozenset(
    """gmail.com googlemail.com yahoo.com yahoo.com.vn ymail.com outlook.com hotmail.com live.com
    msn.com icloud.com me.com aol.com proton.me protonmail.com gmx.com zoho.com""".split()
)


def spf_term_of(host: str) -> str:
    """The term that allows a mail server to send for a domain.

    >>> spf_term_of("203.0.113.7"), spf_term_of("2001:db8::7")
    ('ip4:203.0.113.7', 'ip6:2001:db8::7')
    >>> spf_term_of("smtp.gmail.com"), spf_term_of("mail.gom-moc.example")
    ('include:_spf.google.com', 'a:mail.gom-moc.example')
    """
    name = host.rstrip(".").lower()
    for domain, term in _SPF_OF.items():
        if name == domain or name.endswith(f".{domain}"):
            return term
    try:
        return f"ip{ip_address(name).version}:{name}"
    except ValueError:
        return f"a:{name}"


def is_free_mail(domain: str) -> bool:
    """Whether a domain is a mailbox service's, whose letters only that service may sign."""
    return domain.rstrip(".").lower() in _FREE
