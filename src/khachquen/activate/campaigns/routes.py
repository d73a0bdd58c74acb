"""How a channel finds a person: under which kind of identifier, and what of it can be reached."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from khachquen.activate.channels.email import read_envelope
from khachquen.activate.channels.lines import Destination
from khachquen.activate.channels.sms import read_number
from khachquen.activate.channels.webhook import read_place
from khachquen.activate.channels.zalo import read_phone
from khachquen.govern.consent.states import SENT_ON
from khachquen.unify.profiles.reaching import Reached

__all__ = ["Route", "route_of"]


@dataclass(frozen=True, slots=True)
class Route:
    """``kind`` begins the identifier consent is asked for; ``read`` says where that is, or None
    when nothing can go there at all. ``consents`` are the channels everyone of which they must be
    willing on; empty: its own."""

    kind: str
    address_of: Callable[[Reached], str]
    read: Callable[[str], Destination | None]
    consents: tuple[str, ...] = ()

    def key_of(self, person: Reached) -> str:
        """The identifier a message would go to; empty: there is none."""
        address = self.address_of(person)
        return f"{self.kind}:{address.lower()}" if address else ""


_ROUTES: Mapping[str, Route] = {
    "email": Route("email", lambda person: person.email, read_envelope),
    "sms": Route("phone", lambda person: person.phone, read_number),
    "zalo": Route("phone", lambda person: person.phone, read_phone),
    # Which way the other system writes by, we do not know: they agreed to every one, none refused.
    "webhook": Route("profile", lambda person: str(person.id), read_place, ("any", *SENT_ON)),
}


def route_of(channel: str) -> Route:
    """The one way of a channel to people."""
    return _ROUTES[channel]
