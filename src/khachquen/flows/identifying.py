"""What another system is told of who somebody is: only what they agreed to have told."""

from datetime import datetime
from typing import Any

from khachquen.base import NotFoundError
from khachquen.govern.consent import Addressee, may_send
from khachquen.unify.profiles import get_profile
from khachquen.unify.traits.vault import is_token

_CHANNELS = {"email": ("email",), "phone": ("call", "sms", "zalo"), "user": ("any",)}
"""Kind of identifier → the channels it reaches somebody on; one agreed to is enough."""


def give_identifiers(profile_id: int, purpose: str, *, now: datetime) -> dict[str, Any]:
    """Phones, e-mails and the shop's own numbers of somebody who agreed to this purpose, by kind.

    Asked at the moment of the call, so that whoever withdrew since is not told of any more; of a
    record that was merged away, who took it in is told. Sealed values are never given.
    """
    try:
        person = get_profile(profile_id)
    except NotFoundError:
        return {}
    keys = [f"{one.kind}:{one.value}" for one in person.identifiers]
    found: dict[str, list[str]] = {}
    for one in person.identifiers:
        addressee = Addressee(f"{one.kind}:{one.value}", keys)
        if one.kind not in _CHANNELS or is_token(one.value):
            continue
        channels = _CHANNELS[one.kind]
        if any(may_send(purpose, channel, addressee, now=now).may for channel in channels):
            found.setdefault(one.kind, []).append(one.value)
    return found
