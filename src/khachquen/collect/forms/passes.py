"""The pass a page is sent back with: which words it showed, when, signed by this installation."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

from khachquen.base import from_micros, to_micros

QUICKEST = timedelta(seconds=2)
"""Nobody reads and fills in a form faster; programs do."""
LONGEST = timedelta(hours=24)
"""How long a page may stay open before it has to be sent again."""
_SALT = "khachquen.form"


@dataclass(frozen=True, slots=True)
class Pass:
    """What a page showed: ``versions`` of the words by purpose. ``nonce`` is the page's own."""

    nonce: str
    at: datetime
    versions: Mapping[str, int]


def issue_pass(
    form_id: int,
    versions: Mapping[str, int],
    *,
    at: datetime,
    random: Callable[[int], str] = secrets.token_urlsafe,
) -> str:
    """The pass of one page of a form that is about to be shown."""
    told = [form_id, random(12), to_micros(at), dict(versions)]
    return Signer(salt=_SALT).sign_object(told)


def read_pass(form_id: int, given: str) -> Pass | None:
    """What the page showed; None for a pass that is not ours, or another form's."""
    try:
        told = Signer(salt=_SALT).unsign_object(given[:2_000])
    except (BadSignature, ValueError):
        return None
    of, nonce, at, versions = told
    return Pass(nonce, from_micros(at), versions) if of == form_id else None
