"""RudderStack: what its clients ask and send beside the paths they share with Segment.

Its ``/v1/*`` calls are Segment's, and are read as those. The ``AnonymousId`` header is a hint for
load balancers and is not read; the anonymous id stands in each message.
"""

from functools import partial

import msgspec

from khachquen.collect.protocols.encoded import split_pixel
from khachquen.collect.protocols.message import Message
from khachquen.collect.protocols.route import (
    GIF,
    Answered,
    Arrived,
    Asked,
    Body,
    DocumentRoute,
    EventRoute,
    Route,
)
from khachquen.collect.protocols.split import split_batch

NAME = "rudderstack"
PIXELS = ("page", "track")

read = msgspec.json.Decoder(Message).decode
"""What one raw message says: Segment's words. Raises msgspec's errors."""


def _split_batch(arrived: Arrived) -> Body:
    return split_batch(arrived.body)


def _tell_source(asked: Asked) -> Answered:
    """What the browser library must know before it sends: that nothing stands behind us."""
    quiet = {"enabled": False}
    source = {
        "id": str(asked.source_id),
        "name": "KhachQuen",
        "writeKey": asked.key,
        "enabled": asked.is_enabled,
        "workspaceId": "khachquen",
        "destinations": [],
        "connections": [],
        "dataplanes": {},
        "config": {"statsCollection": {"errors": quiet, "metrics": quiet}},
    }
    return Answered(
        msgspec.json.encode({"source": source, "updatedAt": "2026-01-01T00:00:00.000Z"})
    )


ROUTES: tuple[Route, ...] = (
    DocumentRoute("/sourceConfig", NAME, _tell_source),
    EventRoute("/beacon/v1/batch", NAME, _split_batch),
    *(
        EventRoute(
            f"/pixel/v1/{kind}",
            NAME,
            partial(split_pixel, kind=kind),
            method="GET",
            answer=Answered(GIF, "image/gif"),
        )
        for kind in PIXELS
    ),
)
