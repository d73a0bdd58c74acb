"""Jitsu: one call a message, in Segment's words, on paths of its own.

Its browser library masks the key in the body (``k:***``) and sends the real one, ``id:secret``, in
``X-Write-Key``: a header is always looked at first, so the mask is never tried.
"""

from functools import partial

import msgspec

from khachquen.collect.protocols.encoded import split_pixel
from khachquen.collect.protocols.message import Message
from khachquen.collect.protocols.route import GIF, Answered, Arrived, Body, EventRoute, Route
from khachquen.collect.protocols.split import split_batch, split_single

NAME = "jitsu"
KINDS = ("identify", "track", "page", "screen", "group", "alias")

read = msgspec.json.Decoder(Message).decode
"""What one raw message says: Segment's words. Raises msgspec's errors."""


def _split_single(arrived: Arrived, *, kind: str) -> Body:
    message, key = split_single(arrived.body, kind)
    return Body(items=[message], write_key=key)


def _split_batch(arrived: Arrived) -> Body:
    return split_batch(arrived.body)


ROUTES: tuple[Route, ...] = (
    *(
        EventRoute(f"{start}/{kind}", NAME, partial(_split_single, kind=kind))
        for start in ("/api/s", "/api/s/s2s")
        for kind in KINDS
    ),
    EventRoute("/api/s/batch", NAME, _split_batch),
    EventRoute("/api/s/s2s/batch", NAME, _split_batch),
    *(
        EventRoute(
            f"/api/px/{kind}",
            NAME,
            partial(split_pixel, kind=kind),
            method="GET",
            answer=Answered(GIF, "image/gif"),
        )
        for kind in KINDS
    ),
)
