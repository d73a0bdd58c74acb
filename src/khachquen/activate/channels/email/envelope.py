"""Where a letter goes, as SMTP wants to hear it."""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

# Nobody's address looks like this and needs a closer look: no quotes, no odd dots, no other script.
_PLAIN = re.compile(
    r"[A-Za-z0-9_+\-]{1,64}(?:\.[A-Za-z0-9_+\-]{1,32}){0,3}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,40}[A-Za-z0-9])?\.){1,5}[A-Za-z]{2,24}",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """An address a server can be given. ``needs_utf8``: only one that offers SMTPUTF8."""

    address: str
    domain: str
    needs_utf8: bool = False


def read_envelope(address: str) -> Envelope | None:
    """The address with its domain in ASCII; None when mail cannot go there at all.

    What stands before the at sign stays as given: only its own host knows what it means.

    >>> read_envelope("Hoa.Nguyen@Example.VN")
    Envelope(address='Hoa.Nguyen@example.vn', domain='example.vn', needs_utf8=False)
    >>> read_envelope("hoa@bánh.example")
    Envelope(address='hoa@xn--bnh-ela.example', domain='xn--bnh-ela.example', needs_utf8=False)
    >>> read_envelope("hòa@example.vn").needs_utf8, read_envelope("hoa@@example.vn")
    (True, None)
    """
    if _PLAIN.fullmatch(address):
        local, _, domain = address.rpartition("@")
        return Envelope(f"{local}@{domain.lower()}", domain.lower())
    try:
        read = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    domain = read.ascii_domain
    return Envelope(f"{read.local_part}@{domain}", domain, not read.local_part.isascii())
