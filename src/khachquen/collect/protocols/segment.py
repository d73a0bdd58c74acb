"""Segment: the paths its server and browser libraries call, and its messages.

Facts: Segment's public tracking API reference; the corner cases are those of real client libraries.
RudderStack's clients call the same ``/v1`` paths with the same words.
"""

from functools import partial
from urllib.parse import urlsplit

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
from khachquen.collect.protocols.split import split_batch, split_single

NAME = "segment"
KINDS = ("identify", "track", "page", "screen", "group", "alias")
BATCHES = ("/v1/batch", "/v1/import", "/v1/b")

read = msgspec.json.Decoder(Message).decode
"""What one raw message says; raises msgspec's errors."""


def _split_batch(arrived: Arrived) -> Body:
    return split_batch(arrived.body)


def _split_single(arrived: Arrived, *, kind: str) -> Body:
    message, key = split_single(arrived.body, kind)
    return Body(items=[message], write_key=key)


def _tell_settings(asked: Asked) -> Answered:
    """Where the browser library shall send to: back here. Nowhere, when the source is off.

    Unless told not to measure itself, the library reports its own mishaps to Segment.
    """
    here = urlsplit(asked.base_url)
    ours = {"apiKey": asked.key, "apiHost": f"{here.netloc}{here.path}/v1", "protocol": here.scheme}
    everything = {"__default": {"enabled": True}}
    return Answered(
        msgspec.json.encode(
            {
                "integrations": {"Segment.io": ours} if asked.is_enabled else {},
                "plan": {"track": everything, "identify": everything, "group": everything},
                "metrics": {"sampleRate": 0},
            }
        )
    )


ROUTES: tuple[Route, ...] = (
    *(EventRoute(path, NAME, _split_batch) for path in BATCHES),
    *(
        EventRoute(f"/v1/{path}", NAME, partial(_split_single, kind=kind))
        for kind in KINDS
        for path in (kind, kind[0])  # the browser library calls the first letter
    ),
    *(
        EventRoute(
            f"/v1/pixel/{kind}",
            NAME,
            partial(split_pixel, kind=kind),
            method="GET",
            answer=Answered(GIF, "image/gif"),
        )
        for kind in KINDS
    ),
    DocumentRoute("/v1/projects/{key}/settings", NAME, _tell_settings),
)
