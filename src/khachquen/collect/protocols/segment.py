"""Segment: the paths its server and browser libraries call, and its messages.

Facts: Segment's public tracking API reference; the corner cases are those of real client libraries.
"""

from functools import partial

import msgspec

from khachquen.collect.protocols.message import Message
from khachquen.collect.protocols.route import Arrived, Body, EventRoute, Route
from khachquen.collect.protocols.split import split_batch, split_single

NAME = "segment"
KINDS = ("identify", "track", "page", "screen", "group", "alias")
BATCHES = ("/v1/batch", "/v1/import")

read = msgspec.json.Decoder(Message).decode
"""What one raw message says; raises msgspec's errors."""


def _split_batch(arrived: Arrived) -> Body:
    return split_batch(arrived.body)


def _split_single(arrived: Arrived, *, kind: str) -> Body:
    message, key = split_single(arrived.body, kind)
    return Body(items=[message], write_key=key)


ROUTES: tuple[Route, ...] = (
    *(EventRoute(path, NAME, _split_batch) for path in BATCHES),
    *(EventRoute(f"/v1/{kind}", NAME, partial(_split_single, kind=kind)) for kind in KINDS),
)
