"""E-mail addresses: the form two of them are compared in."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

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
# Where people here have their mail, commonest first; a domain that is nearly one of these is
# probably that one mistyped. Those of the second list are near too, but real.
_COMMON = (
    "gmail.com yahoo.com yahoo.com.vn hotmail.com outlook.com icloud.com live.com outlook.com.vn "
    "ymail.com msn.com me.com protonmail.com vnn.vn fpt.vn hcm.vnn.vn hn.vnn.vn zoho.com"
).split()
_REAL = frozenset(
    "mail.com email.com gmx.com gmx.net ymail.com hotmail.fr yahoo.fr yahoo.co.uk yahoo.co.jp "
    "live.fr live.vn mac.com aol.com mail.ru fpt.com.vn fpt.com vnpt.vn viettel.vn zohomail.com "
    "inbox.com rocketmail.com googlemail.com proton.me pm.me qq.com naver.com hotmail.co.uk".split()
)
_NEAR = 0.84  # gmial.com is 0.89 of gmail.com, gmai.com 0.94
_SHORTEST_NEAR = 7
_CUT_ENDS = {"gmail": "gmail.com", "yahoo": "yahoo.com", "hotmail": "hotmail.com"}


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


Reason = Literal["", "empty", "masked", "nobody", "no_address"]


@dataclass(frozen=True, slots=True)
class Email:
    """What was written, the address as its owner gives it, and the form it is matched in.

    ``address`` keeps the case before the at sign; ``matched`` is in lower case. ``suggestion`` is
    what was probably meant when the domain looks mistyped: shown, never applied.
    """

    raw: str
    address: str | None
    matched: str | None
    suggestion: str = ""
    reason: Reason = ""


def read_email(raw: str) -> Email:
    """The address with what its text tells, and with the reason when it is none.

    ``matched`` is exactly what ``normalise_email`` answers.

    >>> read_email("Hoa.Nguyen@Gmial.com")  # doctest: +NORMALIZE_WHITESPACE
    Email(raw='Hoa.Nguyen@Gmial.com', address='Hoa.Nguyen@gmial.com',
          matched='hoa.nguyen@gmial.com', suggestion='Hoa.Nguyen@gmail.com', reason='')
    >>> read_email("hoa@gmail,com").suggestion, read_email("h***@gmail.com").reason
    ('hoa@gmail.com', 'masked')
    """
    matched = normalise_email(raw)
    text = _plain(raw[:_LONGEST])
    name, _, domain = text.rpartition("@")
    meant = _meant(domain.lower())
    suggestion = f"{name}@{meant}" if name and meant and "*" not in name else ""
    if matched is None:
        if suggestion and normalise_email(suggestion) is None:
            suggestion = ""
        return Email(raw, None, None, suggestion, _why_not(text))
    return Email(raw, name + "@" + matched.rpartition("@")[2], matched, suggestion)


@lru_cache(maxsize=4_096)
def _meant(domain: str) -> str:
    """The common domain this one is nearly, or "" when it is one, or like none."""
    tidy = re.sub(r"[,;\s]+", ".", domain.strip(".,; "))
    tidy = _CUT_ENDS.get(tidy, tidy)
    if tidy != domain and tidy in _COMMON:
        return tidy
    if tidy in _COMMON or tidy in _REAL or len(tidy) < _SHORTEST_NEAR:
        return ""
    return next(iter(get_close_matches(tidy, _COMMON, n=1, cutoff=_NEAR)), "")


def _why_not(text: str) -> Reason:
    if not text:
        return "empty"
    if "*" in text:
        return "masked"
    return "nobody" if text.partition("@")[0].lower() in _NOBODY else "no_address"


def _plain(raw: str) -> str:
    text = unicodedata.normalize("NFKC", raw).strip("\ufeff\u200b'\"<>;, \t\r\n")
    return text.replace("\u200b", "").removeprefix("mailto:")


@lru_cache(maxsize=16_384)
def _validate(raw: str) -> str | None:
    text = _plain(raw)
    if "*" in text:
        return None
    try:
        address = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    matched = address.normalized.lower()
    return None if matched.partition("@")[0] in _NOBODY else matched
