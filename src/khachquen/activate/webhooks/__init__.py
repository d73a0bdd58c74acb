"""Knows which other systems are told what, and each message they are owed until it is taken.

Hides the tables, the secrets and the signature. Does not call anybody (``egress`` does) and does
not know what happened (``flows.calling`` brings it). Doors of their own: ``owed`` (messages owed,
claimed, settled: for whoever sends through an endpoint) and ``signing``, pure.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.activate.webhooks.reading import (
        EndpointView,
        get_endpoint,
        list_endpoints,
    )
    from khachquen.activate.webhooks.registering import (
        Wish,
        add_endpoint,
        change_endpoint,
        pause,
        remove_endpoint,
        resume,
        rotate_secret,
    )

_NAMES = {
    **dict.fromkeys(("EndpointView", "get_endpoint", "list_endpoints"), "reading"),
    **dict.fromkeys(("Wish", "add_endpoint", "change_endpoint", "pause"), "registering"),
    **dict.fromkeys(("remove_endpoint", "resume", "rotate_secret"), "registering"),
}
__all__ = [
    "EndpointView",
    "Wish",
    "add_endpoint",
    "change_endpoint",
    "get_endpoint",
    "list_endpoints",
    "pause",
    "remove_endpoint",
    "resume",
    "rotate_secret",
]
__getattr__ = door(__name__, _NAMES)
