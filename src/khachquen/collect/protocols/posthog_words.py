"""PostHog's messages in Segment's words.

Its names begin with ``$``: they become types, ids and context here, and what the site itself told
stays in the properties. An id that stands for a group, or was thrown for one event, is nobody's.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from khachquen.collect.event.reasons import Reason
from khachquen.collect.protocols.message import (
    Id,
    Message,
    NotUnderstoodError,
    OfNobody,
    Time,
    put,
)

PATHS: Mapping[str, str] = {
    "$.userId": "$.distinct_id",
    "$.anonymousId": "$.distinct_id",
    "$.previousId": "$.distinct_id",
    "$.messageId": "$.uuid",
    "$.groupId": "$.properties.$group_key",
    "$.traits": "$.properties.$set",
    "$.context": "$.properties",
    "$.originalTimestamp": "$.offset",
    "$.sentAt": "$.offset",
}
"""Where a field of Segment's stands in PostHog's messages."""

_TYPES = {
    "$pageview": "page",
    "$screen": "screen",
    "$identify": "identify",
    "$set": "identify",
    "$create_alias": "alias",
    "$groupidentify": "group",
}
_SOME_TIME_MS = 1_000_000_000_000
_COOKIELESS = "$posthog_cookieless"
_THROWN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class _Sent(msgspec.Struct):
    """A message as PostHog's libraries write it."""

    event: str | None = None
    distinct_id: Id = None
    uuid: Id = None
    timestamp: Time = None
    offset: int | float | None = None
    properties: dict[str, Any] | None = None
    set: dict[str, Any] | None = msgspec.field(name="$set", default=None)
    set_once: dict[str, Any] | None = msgspec.field(name="$set_once", default=None)
    anonymous: Id = msgspec.field(name="$anon_distinct_id", default=None)


_decode = msgspec.json.Decoder(_Sent).decode


def read(raw: bytes) -> Message:
    """What one raw message says.

    Raises:
        msgspec.MsgspecError: it is none of PostHog's.
        NotUnderstoodError: an id in its properties is neither text nor a number.
    """
    sent = _decode(raw)
    told = dict(sent.properties or {})
    kind = _TYPES.get(sent.event or "", "track")
    people = _people(sent, told, kind)
    make = Message if people else OfNobody
    message = make(
        kind,
        event=sent.event if kind == "track" else None,
        message_id=sent.uuid or _id(told, "$insert_id"),
        traits=_traits(sent, told, kind),
        timestamp=sent.timestamp,
    )
    for name, value in (people or {}).items():
        setattr(message, name, value)
    if sent.offset is not None:  # so long ago, on whatever clock
        message.timestamp = None
        message.original, message.sent_at = _SOME_TIME_MS, _SOME_TIME_MS + sent.offset
    if kind == "group":
        message.group_id = _id(told, "$group_key")
    elif kind == "screen":
        message.name = _text(told.pop("$screen_name", None))
    message.context = _context(told, kind, message.event or "")
    if kind == "page":
        page = message.context.get("page", {})
        message.name = page.get("title")
        told = {**page, **told}
    message.properties = told
    return message


def _people(sent: _Sent, told: dict[str, Any], kind: str) -> dict[str, Id] | None:
    """Who it was, as Segment's ids; None: nobody."""
    distinct = sent.distinct_id or _id(told, "distinct_id")
    device = _id(told, "$device_id")
    if _is_nobody(distinct, device, told, kind):
        return None
    if kind == "alias":
        return {"previous_id": distinct, "user_id": _id(told, "alias")}
    if told.get("$is_identified") is False and kind != "identify":
        return {"anonymous_id": distinct}
    if distinct == device:
        return {"anonymous_id": device}
    before = sent.anonymous or _id(told, "$anon_distinct_id") or device
    return {"user_id": distinct, "anonymous_id": before if before != distinct else None}


def _is_nobody(distinct: Id, device: Id, told: Mapping[str, Any], kind: str) -> bool:
    """Whether the id was made up: for a group, for one event of a server, for all of a day."""
    if distinct == _COOKIELESS or told.get("$cookieless_mode") is True:
        return True
    if device or not isinstance(distinct, str):
        return False
    if kind == "group":
        pseudo = f"${told.get('$group_type')}_{told.get('$group_key')}"
        return distinct == pseudo or _THROWN.fullmatch(distinct) is not None
    personless = told.get("$process_person_profile") is False
    return personless and _THROWN.fullmatch(distinct) is not None


def _traits(sent: _Sent, told: dict[str, Any], kind: str) -> dict[str, Any]:
    """What is said of the person, or of the group; what is set once gives way to what is set."""
    if kind == "group":
        return _dict(told.pop("$group_set", None))
    once = _dict(told.pop("$set_once", None)) | (sent.set_once or {})
    now = _dict(told.pop("$set", None)) | (sent.set or {})
    return {name: value for name, value in (once | now).items() if not name.startswith("$")}


_PLACES: Mapping[str, tuple[str, ...]] = {
    "$lib": ("library", "name"),
    "$lib_version": ("library", "version"),
    "$os": ("os", "name"),
    "$os_version": ("os", "version"),
    "$os_name": ("os", "name"),
    "$browser": ("browser", "name"),
    "$browser_version": ("browser", "version"),
    "$device_id": ("device", "id"),
    "$device_type": ("device", "type"),
    "$device_name": ("device", "name"),
    "$device_model": ("device", "model"),
    "$device_manufacturer": ("device", "manufacturer"),
    "$app_name": ("app", "name"),
    "$app_version": ("app", "version"),
    "$app_build": ("app", "build"),
    "$app_namespace": ("app", "namespace"),
    "$screen_width": ("screen", "width"),
    "$screen_height": ("screen", "height"),
    "$viewport_width": ("screen", "innerWidth"),
    "$viewport_height": ("screen", "innerHeight"),
    "$raw_user_agent": ("userAgent",),
    "$useragent": ("userAgent",),
    "$ip": ("ip",),
    "$timezone": ("timezone",),
    "$browser_language": ("locale",),
    "$locale": ("locale",),
    "$session_id": ("sessionId",),
    "$current_url": ("page", "url"),
    "$pathname": ("page", "path"),
    "$referrer": ("page", "referrer"),
    "$groups": ("groups",),
    "utm_source": ("campaign", "source"),
    "utm_medium": ("campaign", "medium"),
    "utm_campaign": ("campaign", "name"),
    "utm_term": ("campaign", "term"),
    "utm_content": ("campaign", "content"),
}
_CLICK_IDS = (
    "gclid", "gad_source", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "twclid",
    "ttclid", "li_fat_id", "mc_cid", "igshid", "rdt_cid", "epik", "qclid", "sccid", "irclid", "_kx",
)  # fmt: skip


def _context(told: dict[str, Any], kind: str, event: str) -> dict[str, Any]:
    """What the library noticed by itself, taken out of the properties.

    Its own names without a word of Segment's stay together under ``posthog``; those of an event
    that is the library's own (``$autocapture``) are its content, and stay where they are.
    """
    context: dict[str, Any] = {}
    if told.get("$referrer") == "$direct":
        del told["$referrer"]
    for name in _spent(told, kind):
        told.pop(name, None)
    for name in [name for name in told if name in _PLACES]:
        put(context, _PLACES[name], told.pop(name))
    for name in [name for name in _CLICK_IDS if name in told]:
        put(context, ("clickIds", name), told.pop(name))
    if kind == "page" and isinstance(title := told.pop("title", None), str):
        put(context, ("page", "title"), title)
    if not event.startswith("$"):
        for name in [name for name in told if name.startswith("$")]:
            put(context, ("posthog", name), told.pop(name))
    if isinstance(groups := context.get("groups"), dict) and groups:
        context["groupId"] = next(iter(groups.values()))
    return context


def _spent(told: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    """The properties that were read already, or that repeat the write key."""
    spent: tuple[str, ...] = ("distinct_id", "$insert_id", "$anon_distinct_id")
    if kind == "alias":
        spent += ("alias",)
    elif kind == "group":
        spent += ("$group_key",)
    return (*spent, "token") if told.get("$lib") in ("web", "js") else spent


def _id(told: Mapping[str, Any], name: str) -> Id:
    value = told.get(name)
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        return value
    raise NotUnderstoodError(Reason.WRONG_TYPE, f"$.properties.{name}")


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
