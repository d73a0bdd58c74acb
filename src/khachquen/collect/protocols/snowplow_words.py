"""Snowplow's events in Segment's words.

On the wire every value is text, and what is structured is JSON inside JSON or base64 of it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from khachquen.collect.event.reasons import Reason
from khachquen.collect.protocols.checks import decode_inside
from khachquen.collect.protocols.encoded import from_base64
from khachquen.collect.protocols.message import Id, Message, NotUnderstoodError, put
from khachquen.collect.protocols.snowplow_shop import ACTION, Entities, read_action
from khachquen.collect.protocols.split import MASK

PATHS: Mapping[str, str] = {
    "$.userId": "$.uid",
    "$.anonymousId": "$.duid",
    "$.messageId": "$.eid",
    "$.timestamp": "$.dtm",
    "$.originalTimestamp": "$.dtm",
    "$.sentAt": "$.stm",
    "$.type": "$.e",
    "$.event": "$.e",
    "$.properties.total": "$.tr_tt",
    "$.properties.currency": "$.tr_cu",
    "$.properties": "$.ue_pr.data.data",
    "$.context": "$.co",
}
"""Where a field of Segment's stands in Snowplow's events."""

Value = str | int | float | None


class _Sent(msgspec.Struct):
    """An event as trackers write it; of numbers some write numbers, not text."""

    e: str | None = None
    eid: Value = None
    aid: Value = None
    p: Value = None
    tv: Value = None
    tna: Value = None
    uid: Value = None
    duid: Value = None
    nuid: Value = None
    tnuid: Value = None
    sid: Value = None
    vid: Value = None
    dtm: Value = None
    stm: Value = None
    ttm: Value = None
    url: Value = None
    page: Value = None
    refr: Value = None
    ip: Value = None
    ua: Value = None
    lang: Value = None
    tz: Value = None
    res: Value = None
    vp: Value = None
    ds: Value = None
    cd: Value = None
    cs: Value = None
    co: Value = None
    cx: Value = None
    ue_pr: Value = None
    ue_px: Value = None
    se_ca: Value = None
    se_ac: Value = None
    se_la: Value = None
    se_pr: Value = None
    se_va: Value = None
    pp_mix: Value = None
    pp_max: Value = None
    pp_miy: Value = None
    pp_may: Value = None
    tr_id: Value = None
    tr_tt: Value = None
    tr_af: Value = None
    tr_tx: Value = None
    tr_sh: Value = None
    tr_ci: Value = None
    tr_st: Value = None
    tr_co: Value = None
    tr_cu: Value = None
    ti_id: Value = None
    ti_sk: Value = None
    ti_nm: Value = None
    ti_ca: Value = None
    ti_pr: Value = None
    ti_qu: Value = None
    ti_cu: Value = None


_decode = msgspec.json.Decoder(_Sent).decode


def read(raw: bytes) -> Message:
    """What one raw event says.

    Raises:
        msgspec.MsgspecError: it is none of Snowplow's.
        NotUnderstoodError: what is packed inside it cannot be read.
    """
    sent = _decode(raw)
    entities = _entities(sent)
    session = _first(entities, "client_session")
    message = _KINDS.get(sent.e or "", _unknown)(sent, entities)
    message.message_id = sent.eid
    message.user_id = sent.uid
    message.anonymous_id = sent.duid or _id(session, "userId") or sent.nuid or sent.tnuid
    message.original = _millis(sent.dtm, "$.dtm")
    message.sent_at = _millis(sent.stm, "$.stm")
    message.timestamp = _millis(sent.ttm, "$.ttm")  # the true time: as it is
    message.context = _context(sent, entities, session)
    return message


def _unknown(sent: _Sent, entities: Entities) -> Message:
    raise NotUnderstoodError(Reason.UNKNOWN_TYPE, "$.e")


def _page_view(sent: _Sent, entities: Entities) -> Message:
    page = _told(url=sent.url, title=sent.page, referrer=sent.refr)
    return Message("page", name=_text(sent.page), properties=page)


def _page_ping(sent: _Sent, entities: Entities) -> Message:
    moved = _told(
        min_x=_number(sent.pp_mix),
        max_x=_number(sent.pp_max),
        min_y=_number(sent.pp_miy),
        max_y=_number(sent.pp_may),
    )
    return Message("track", event="Page Ping", properties=moved)


def _structured(sent: _Sent, entities: Entities) -> Message:
    if not sent.se_ac:
        raise NotUnderstoodError(Reason.NO_EVENT_NAME, "$.se_ac")
    told = _told(
        category=sent.se_ca,
        action=sent.se_ac,
        label=sent.se_la,
        property=sent.se_pr,
        value=_number(sent.se_va),
    )
    return Message("track", event=_text(sent.se_ac), properties=told)


def _self_describing(sent: _Sent, entities: Entities) -> Message:
    path, outer = _packed(sent.ue_pr, "$.ue_pr", sent.ue_px, "$.ue_px")
    inner = outer.get("data") if isinstance(outer, dict) else None
    if not isinstance(inner, dict):
        raise NotUnderstoodError(Reason.WRONG_TYPE, path)
    name, told = _name_of(inner.get("schema")), inner.get("data")
    if not name:
        raise NotUnderstoodError(Reason.NO_EVENT_NAME, f"{path}.data.schema")
    if not isinstance(told, dict):
        raise NotUnderstoodError(Reason.WRONG_TYPE, f"{path}.data.data")
    if name == "screen_view":
        return Message("screen", name=_text(told.get("name")), properties=told)
    action = read_action(told, entities) if name == ACTION else None
    return action or Message("track", event=name, properties=told)


def _transaction(sent: _Sent, entities: Entities) -> Message:
    told = _told(
        order_id=sent.tr_id,
        total=sent.tr_tt,
        affiliation=sent.tr_af,
        tax=sent.tr_tx,
        shipping=sent.tr_sh,
        city=sent.tr_ci,
        state=sent.tr_st,
        country=sent.tr_co,
        currency=sent.tr_cu,
    )
    return Message("track", event="Order Completed", properties=told)


def _item(sent: _Sent, entities: Entities) -> Message:
    """A line of an order; it comes by itself, so the order's total is told by ``tr`` alone."""
    told = _told(
        order_id=sent.ti_id,
        sku=sent.ti_sk,
        name=sent.ti_nm,
        category=sent.ti_ca,
        price=_number(sent.ti_pr),
        quantity=_number(sent.ti_qu),
        currency=sent.ti_cu,
    )
    return Message("track", event="Order Item", properties=told)


_KINDS: Mapping[str, Callable[[_Sent, Entities], Message]] = {
    "pv": _page_view,
    "pp": _page_ping,
    "se": _structured,
    "ue": _self_describing,
    "tr": _transaction,
    "ti": _item,
}


def _entities(sent: _Sent) -> dict[str, list[Any]]:
    """The contexts of an event by the name of their schema."""
    if not (sent.co or sent.cx):
        return {}
    path, outer = _packed(sent.co, "$.co", sent.cx, "$.cx")
    listed = outer.get("data") if isinstance(outer, dict) else None
    if not isinstance(listed, list):
        raise NotUnderstoodError(Reason.WRONG_TYPE, path)
    found: dict[str, list[Any]] = {}
    for entity in listed:
        if isinstance(entity, dict) and (name := _name_of(entity.get("schema"))):
            found.setdefault(name, []).append(entity.get("data"))
    return found


def _packed(plain: Value, plain_path: str, packed: Value, packed_path: str) -> tuple[str, Any]:
    """JSON inside the event: as text, or as base64 of it; and where it stood."""
    if plain:
        return plain_path, decode_inside(str(plain).encode(), plain_path)
    try:
        return packed_path, decode_inside(from_base64(str(packed or "")), packed_path)
    except ValueError:
        raise NotUnderstoodError(Reason.NOT_JSON, packed_path) from None


_SCHEMA = re.compile(r"iglu:[^/]+/([^/]{1,200})/[^/]+/[^/]+")


def _name_of(schema: object) -> str | None:
    """ "iglu:vn.nhamay/add_to_cart/jsonschema/1-0-0" → "add_to_cart"."""
    found = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    return found.group(1) if found else None


def _context(
    sent: _Sent, entities: dict[str, list[Any]], session: Mapping[str, Any]
) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for place, value in (
        (("page", "url"), sent.url),
        (("page", "title"), sent.page),
        (("page", "referrer"), sent.refr),
        (("ip",), sent.ip),
        (("userAgent",), sent.ua),
        (("locale",), sent.lang),
        (("timezone",), sent.tz),
        (("sessionId",), sent.sid or session.get("sessionId")),
        (("app", "id"), None if sent.aid == MASK else sent.aid),
        (("app", "platform"), sent.p),
        (("library", "name"), sent.tna and f"snowplow:{sent.tna}"),
        (("library", "version"), sent.tv),
    ):
        put(context, place, value)
    for value, names in ((sent.res, ("width", "height")), (sent.vp, ("innerWidth", "innerHeight"))):
        if size := _size(value):
            for name, pixels in zip(names, size, strict=True):
                put(context, ("screen", name), pixels)
    if entities:
        context["entities"] = entities
    return context


def _first(entities: Mapping[str, list[Any]], name: str) -> Mapping[str, Any]:
    found = entities.get(name, [{}])[0]
    return found if isinstance(found, dict) else {}


def _id(told: Mapping[str, Any], name: str) -> Id:
    value = told.get(name)
    return value if isinstance(value, str) else None


def _millis(told: Value, path: str) -> int | None:
    """Milliseconds, which come as text."""
    if told is None or told == "":
        return None
    try:
        return int(float(told)) or None
    except (ValueError, OverflowError):
        raise NotUnderstoodError(Reason.BAD_TIME, path) from None


def _number(told: Value) -> Value:
    """A number that came as text; what is none stays text."""
    try:
        number = float(told) if isinstance(told, str) and len(told) < 40 else told
    except ValueError:
        return told
    if isinstance(number, float) and abs(number) < 1e15:
        return int(number) if number.is_integer() else number
    return told


def _size(told: Value) -> tuple[int, int] | None:
    """ "1440x900"."""
    found = re.fullmatch(r"(\d{1,6})x(\d{1,6})", told) if isinstance(told, str) else None
    return (int(found[1]), int(found[2])) if found else None


def _text(told: object) -> str | None:
    return str(told) if isinstance(told, str | int | float) and told != "" else None


def _told(**fields: object) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value != ""}
