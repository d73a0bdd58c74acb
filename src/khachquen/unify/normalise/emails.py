"""E-mail addresses: the form two of them are compared in."""

import re
import unicodedata
from functools import lru_cache

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

# Addresses that are surely good and surely plain; all others go to email-validator.
_PLAIN = re.compile(
    r"[a-z0-9_+\-]{1,30}(?:\.[a-z0-9_+\-]{1,30})?"
    r"@(?:[a-z0-9]{1,40}(?:-[a-z0-9]{1,20})?\.){1,3}([a-z]{2,12})",
    re.ASCII,
)
_SLOW_ENDS = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)
_LONGEST = 320
_NOBODY = frozenset(
    {"noreply", "no-reply", "donotreply", "none", "null", "khongco", "khachle", "undefined"}
)


def normalise_email(raw: str) -> str | None:
    """The address in lower case, as it is matched; None when it is no address of a person.

    Syntax only: nothing is asked of any mail server. Dots and ``+tags`` stay, since only the
    address's own host knows what they mean. ``noreply@`` and masked addresses are nobody.

    >>> normalise_email(" Hoa.Nguyen@Example.VN "), normalise_email("hoa@"), normalise_email("")
    ('hoa.nguyen@example.vn', None, None)
    """
    plain = _PLAIN.fullmatch(raw)
    if plain and plain[1] not in _SLOW_ENDS and raw.partition("@")[0] not in _NOBODY:
        return raw
    return _validate(raw) if len(raw) <= _LONGEST else None


@lru_cache(maxsize=16_384)
def _validate(raw: str) -> str | None:
    text = unicodedata.normalize("NFKC", raw).strip("\ufeff\u200b'\"<>;, \t\r\n")
    text = text.replace("\u200b", "").removeprefix("mailto:")
    if "*" in text:
        return None
    try:
        address = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    matched = address.normalized.lower()
    return None if matched.partition("@")[0] in _NOBODY else matched
