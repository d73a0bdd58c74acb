"""What letters say to each person: the addresses that are theirs alone, and a template's words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from khachquen.activate.campaigns import accounts
from khachquen.activate.campaigns.making import Account
from khachquen.activate.channels.email import Sender
from khachquen.activate.content import Rendered, get_version, read_readers, render_batch
from khachquen.activate.content.sampling import data_for
from khachquen.activate.content.trying import AWKWARD
from khachquen.flows.writing import Template
from khachquen.govern.consent.links import Links
from khachquen.govern.consent.purposes import get_purpose

Addresses = Mapping[str, str]


def addresses_for(
    links: Links, purpose: str, emails: Mapping[int, str], campaign_id: int | None
) -> dict[int, Addresses]:
    """Whoever → ``unsubscribe``, the address of RFC 8058, and ``preferences``, where they see
    everything they agreed to. None that nobody could open; no ``unsubscribe`` where there is
    nothing to unsubscribe from."""
    if not links.are_open:
        return {one: {} for one in emails}
    keys = {one: f"email:{email.lower()}" for one, email in emails.items()}
    chosen = links.preferences_urls(keys.values())
    if not purpose or get_purpose(purpose).basis == "always":
        return {one: {"preferences": chosen[key]} for one, key in keys.items()}
    out = links.unsubscribe_urls(keys.values(), purpose, campaign_id)
    return {one: {"unsubscribe": out[key], "preferences": chosen[key]} for one, key in keys.items()}


def frame_of(account: Account) -> Template:
    """What every letter of an account has: who it is from, and the keys it is signed with."""
    sender = Sender(account.from_address, account.from_name, account.reply_to)
    return Template("", "", "", sender=sender, keys=accounts.keys_of(account))


def say_as(
    version_id: int, who: str, links: Addresses, *, is_trial: bool = False, now: datetime
) -> Rendered | None:
    """What it would say to one person (a number) or to somebody invented (``AWKWARD``), with the
    addresses of whoever reads it instead; None when there is nobody of that number. On trial it has
    the template's sample data."""
    version = get_version(version_id)
    if who in AWKWARD:
        invented = AWKWARD[who][1]
        reader = replace(invented, links=links)
    else:
        number = int(who) if who.isascii() and who.isdecimal() and len(who) < 19 else 0
        found = read_readers(version, [number], now=now, links={number: links})
        if not found:
            return None
        reader = found[0]
    told = {**reader.data, **data_for(version)} if is_trial else {}  # never to a customer
    reader = replace(reader, data=told)
    today = now.astimezone(ZoneInfo(version.timezone)).date()
    return render_batch(version, [reader], today=today)[0]
