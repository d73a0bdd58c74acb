"""PostHog: the paths its libraries call, the questions they ask first, and how bodies are packed.

What its messages say is read in ``posthog_words``.
"""

from datetime import UTC, datetime
from functools import partial
from urllib.parse import parse_qs

import msgspec

from khachquen.collect.protocols.encoded import from_base64
from khachquen.collect.protocols.posthog_words import PATHS, read
from khachquen.collect.protocols.route import (
    Answered,
    Arrived,
    Asked,
    Body,
    DocumentRoute,
    EventRoute,
    Route,
)
from khachquen.collect.protocols.split import (
    mask_key,
    no_batch,
    not_json,
    split_array,
    split_bare_array,
    string_of,
)

__all__ = ["NAME", "PATHS", "ROUTES", "read"]

NAME = "posthog"
EVENTS = ("/batch", "/e", "/i/v0/e", "/capture", "/i/v0/ai/batch")
KEY_FIELDS = ("api_key", "token")
_KEPT = Answered(b'{"status":1}')
_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _split(arrived: Arrived) -> Body:
    """One event, an array of them, or ``{"batch": [...]}``; as JSON, or base64 in a form."""
    body = arrived.body.lstrip()
    if body[:5] == b"data=":
        body = _unpack_form(body)
    beside: dict[str, msgspec.Raw] = {}
    if body[:1] == b"[":
        items = split_bare_array(body)
    elif found := split_array(body, "batch"):
        items, beside = found
    else:
        items, beside = [body], _read_object(body)
        if "event" not in beside:
            raise no_batch("batch")
    key = _key_in(beside) or next(filter(None, map(_key_of_event, items)), None)
    return Body(
        items=mask_key(items, key),
        sent_at=string_of(beside.get("sent_at", msgspec.Raw())) or _sent_at(arrived),
        write_key=key or arrived.query.get("api_key") or arrived.query.get("token"),
    )


def _unpack_form(body: bytes) -> bytes:
    try:
        told = parse_qs(body.decode(), max_num_fields=10)["data"][0].strip()
        return told.encode() if told[:1] in "{[" else from_base64(told).lstrip()
    except (ValueError, KeyError) as error:
        raise not_json(error) from None


def _read_object(body: bytes) -> dict[str, msgspec.Raw]:
    try:
        return _decode_object(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise not_json(error) from None


def _key_in(fields: dict[str, msgspec.Raw]) -> str | None:
    """The first key among these fields."""
    found = (string_of(fields[name]) for name in KEY_FIELDS if name in fields)
    return next(filter(None, found), None)


def _key_of_event(raw: bytes) -> str | None:
    """The key an event carries: beside its name, or in its properties as browsers send it."""
    try:
        fields = _decode_object(raw)
        inside = _decode_object(fields["properties"]) if "properties" in fields else {}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return _key_in(fields) or _key_in(inside)


def _sent_at(arrived: Arrived) -> str | None:
    """Older browser libraries tell the time of sending in the address, in milliseconds."""
    told = arrived.query.get("sent_at") or arrived.query.get("_") or ""
    if not (told.isascii() and told.isdecimal() and len(told) == 13):
        return None
    return datetime.fromtimestamp(int(told) / 1000, UTC).isoformat()


_CONFIG = {
    "supportedCompression": [],
    "hasFeatureFlags": False,
    "autocapture_opt_out": False,
    "capturePerformance": False,
    "autocaptureExceptions": False,
    "captureDeadClicks": False,
    "heatmaps": False,
    "sessionRecording": False,
    "productTours": False,
    "conversations": False,
    "logs": {"captureConsoleLogs": False},
    "defaultIdentifiedOnly": True,
    "isAuthenticated": False,
    "toolbarParams": {},
    "siteApps": [],
    "editorParams": {},
    "analytics": {"endpoint": "/e/"},
    "elementsChainAsString": True,
}
"""What the browser library may do here: send events, and nothing that would come from elsewhere.

Of surveys nothing is said: for yes and no alike it fetches a script we do not have.
"""

_FLAGS = {
    **_CONFIG,
    "flags": {},
    "featureFlags": {},
    "featureFlagPayloads": {},
    "errorsWhileComputingFlags": False,
    "quotaLimited": [],
    "requestId": None,
}


def _tell_flags(asked: Asked) -> Answered:
    """There are no feature flags."""
    return Answered(msgspec.json.encode(_FLAGS))


def _tell_config(asked: Asked, *, as_script: bool) -> Answered:
    config = msgspec.json.encode({"token": asked.key, **_CONFIG})
    if not as_script:
        return Answered(config)
    key = msgspec.json.encode(asked.key)
    script = (
        b"(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{})["
        + key + b"]={config:" + config + b",siteApps:[]};"
    )  # fmt: skip
    return Answered(script, "text/javascript; charset=utf-8")


ROUTES: tuple[Route, ...] = (
    *(EventRoute(path, NAME, _split, answer=_KEPT) for path in EVENTS),
    *(
        DocumentRoute(path, NAME, _tell_flags, method, needs_key=False)
        for path in ("/flags", "/decide")
        for method in ("POST", "GET")
    ),
    DocumentRoute("/array/{key}/config", NAME, partial(_tell_config, as_script=False)),
    DocumentRoute("/array/{key}/config.js", NAME, partial(_tell_config, as_script=True)),
)
