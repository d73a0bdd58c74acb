"""Knows how mail providers tell what became of letters: one file each, and a table of them.

Each checks who speaks (with the bytes as they came, in constant time, never without a secret) and
makes of a call the things it tells, one a letter; what is kept can be read again by itself.
"""

from collections.abc import Mapping

from khachquen.activate.channels.email.reports import Mail
from khachquen.activate.returned.hooks import (
    azure,
    forward_email,
    lettermint,
    mailgun,
    postmark,
    sendgrid,
    ses,
)
from khachquen.activate.returned.hooks.calls import Fetch, HookCall, Provider, ReplyTo, load

__all__ = ["PROVIDERS", "Fetch", "HookCall", "Provider", "ReplyTo", "read_kept"]

PROVIDERS: Mapping[str, Provider] = {
    one.key: one
    for one in (
        ses.PROVIDER,
        sendgrid.PROVIDER,
        postmark.PROVIDER,
        mailgun.PROVIDER,
        azure.PROVIDER,
        forward_email.PROVIDER,
        lettermint.PROVIDER,
    )
}


def read_kept(provider: str, raw: bytes) -> Mail:
    """What one kept thing says; never raises."""
    return PROVIDERS[provider].read(load(raw))
