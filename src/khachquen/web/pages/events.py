"""What is coming in: each message with its fate, and one event opened up."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from khachquen import store
from khachquen.base import InputError, Text, system_clock
from khachquen.collect import list_sources
from khachquen.collect.enrichment import CHANNELS, ROBOT_KINDS
from khachquen.understand.timelines import event_by_id
from khachquen.unify.profiles import people_of_nodes
from khachquen.web.fates import OUTCOME_WORDS
from khachquen.web.live.app import grant
from khachquen.web.live.channel import View
from khachquen.web.live.hub import Viewer
from khachquen.web.live.rows import (
    find_newest,
    list_rows,
    read_cursor,
    read_filter,
    write_cursor,
)
from khachquen.web.measuring import as_utc, in_language
from khachquen.web.opened import differences, find_sent, hide_secrets
from khachquen.web.people import signed_in
from khachquen.web.receipts import read_receipt
from khachquen.web.replaying import base_url_of, curl_of
from khachquen.web.shops import source_names

_JSON_COLUMNS = ("properties", "traits", "context")


@require_safe
def list_events(request: HttpRequest) -> HttpResponse:
    """The messages that came in last, kept and refused alike; a stream brings those to come."""
    shown = read_filter(request.GET)
    place = find_newest(system_clock())
    query = request.GET.copy()
    query.pop("paused", None)
    return render(
        request,
        "events/list.html",
        {
            "rows": list_rows(shown.wanted()),
            "sources": list_sources(),
            "shown": shown,
            "outcomes": OUTCOME_WORDS,
            "is_paused": request.GET.get("paused") == "1",
            "stream": f"{reverse('events_stream')}?{query.urlencode()}",
            "cursor": write_cursor(place),
        },
    )


@never_cache
@require_safe
def stream_events(request: HttpRequest) -> HttpResponse:
    """What comes in from now on, or from where the browser left off, as server-sent events."""
    last_seen = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    viewer = Viewer(
        user_id=signed_in(request).pk,
        session_key=request.session.session_key or "",
        view=View(read_filter(request.GET), get_language() or "vi", get_current_timezone()),
        place=read_cursor(last_seen) or find_newest(system_clock()),
    )
    if request.method == "GET":
        grant(request, viewer)
    response = HttpResponse("retry: 2000\n\n", content_type="text/event-stream; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def show_event(request: HttpRequest, event_id: int) -> HttpResponse:
    """One stored event: as it was kept, and as it was understood."""
    try:
        rows = store.ask(event_by_id(event_id)).dicts() if event_id < 2**63 else []
    except InputError:
        rows = []
    if not rows:
        raise Http404
    (row,) = rows
    row = {**row, "at": as_utc(row["at"]), "received_at": as_utc(row["received_at"])}
    sent = find_sent(settings.CONFIG.data, row["place"] or "")
    return render(
        request,
        "events/event.html",
        {
            "event": row,
            "source": source_names().get(row["source_id"], ""),
            "person": people_of_nodes([row["node_id"]]).get(row["node_id"]),
            "raw": as_kept(row),
            "fates": read_receipt(row["message_id"]),
            "sent": sent,
            "curl": curl_of(sent, base_url_of(request)) if sent else "",
            "differences": differences(sent, row),
            "file": store.find_files([event_id]).get(event_id, ""),
            "log": settings.CONFIG.ingest,
            "channel": _word(CHANNELS, row["channel"]),
            "robot": _word(ROBOT_KINDS, row["robot_kind"]),
        },
    )


def as_kept(row: dict[str, Any]) -> str:
    """The event in the words of the wire, from what the lake keeps of it."""
    wire: dict[str, Any] = {
        "type": row["type"],
        "event" if row["type"] == "track" else "name": row["name"],
        "messageId": row["message_id"],
        "timestamp": row["at"].isoformat(),
        "anonymousId": row["anonymous_id"],
        "userId": row["user_id"],
    }
    wire.update({name: _read(row[name]) for name in _JSON_COLUMNS})
    kept = {name: value for name, value in wire.items() if value not in (None, "", {})}
    return hide_secrets(json.dumps(kept, ensure_ascii=False, indent=2))


def _word(words: Mapping[str, Text], key: str | None) -> str:
    """What a key of a closed list is called; "" without one."""
    return in_language(words[key]) if key and key in words else ""


def _read(text: str | None) -> Any:
    """JSON where it is JSON; otherwise the text itself, for a refused message may be anything."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text
