"""Snowplow: the paths its trackers call; what the events say is read in ``snowplow_words``.

Trackers send no key: it travels as the application id (``aid``), or in the collector's path
(``/sp/KEY/…``) where the application id is needed for what it was made for.
"""

import msgspec

from khachquen.collect.protocols.route import GIF, Answered, Arrived, Body, EventRoute, Route
from khachquen.collect.protocols.snowplow_words import PATHS, read
from khachquen.collect.protocols.split import mask_key, no_batch, split_array, string_of

__all__ = ["NAME", "PATHS", "ROUTES", "read"]

NAME = "snowplow"
TP2 = "/com.snowplowanalytics.snowplow/tp2"
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _split_payload(arrived: Arrived) -> Body:
    """``payload_data``: the events stand in ``data``."""
    found = split_array(arrived.body, "data")
    if found is None:
        raise no_batch("data")
    items, _ = found
    key = arrived.names.get("key") or next(filter(None, map(_application_of, items)), None)
    return Body(items=mask_key(items, key), write_key=key)


def _split_pixel(arrived: Arrived) -> Body:
    """One event, its fields in the address."""
    key = arrived.names.get("key") or arrived.query.get("aid")
    event = msgspec.json.encode(dict(arrived.query))
    return Body(items=mask_key([event], key), write_key=key)


def _application_of(raw: bytes) -> str | None:
    try:
        return string_of(_decode_object(raw).get("aid", msgspec.Raw()))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


ROUTES: tuple[Route, ...] = tuple(
    route
    for start in ("", "/sp/{key}")
    for route in (
        EventRoute(start + TP2, NAME, _split_payload, may_bring_cookies=True),
        EventRoute(
            f"{start}/i",
            NAME,
            _split_pixel,
            method="GET",
            answer=Answered(GIF, "image/gif"),
            may_bring_cookies=True,
        ),
    )
)
