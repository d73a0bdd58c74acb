"""What is coming in: each message with its fate, and one event opened up."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from khachquen import store
from khachquen.base import InputError
from khachquen.collect import list_sources
from khachquen.understand.query import OUTCOMES, event_by_id, live_events, receipts
from khachquen.unify.profiles import people_of_nodes
from khachquen.web.fates import OUTCOME_WORDS, fate_of
from khachquen.web.measuring import as_utc
from khachquen.web.pages.customers import source_names

_SHOWN = 60
_JSON_COLUMNS = ("properties", "traits", "context")


def list_events(request: HttpRequest) -> HttpResponse:
    """The messages that came in last, kept and refused alike."""
    source = request.GET.get("source", "")
    source_id = (
        int(source) if source.isascii() and source.isdecimal() and len(source) < 18 else None
    )
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    name = request.GET.get("name", "").strip()[:200]
    question = live_events(source_id=source_id, outcome=outcome, name=name, limit=_SHOWN)
    return render(
        request,
        "events/list.html",
        {
            "rows": _with_people(store.ask(question).dicts()),
            "sources": list_sources(),
            "source_id": source_id,
            "outcome": outcome,
            "outcomes": OUTCOME_WORDS,
            "name": name,
            "is_paused": request.GET.get("paused") == "1",
            "is_filtered": bool(outcome or name or source_id is not None),
        },
    )


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
    return render(
        request,
        "events/event.html",
        {
            "event": row,
            "source": source_names().get(row["source_id"], ""),
            "person": people_of_nodes([row["node_id"]]).get(row["node_id"]),
            "raw": as_kept(row),
            "fates": _fates(row["message_id"]),
        },
    )


def show_message(request: HttpRequest) -> HttpResponse:
    """Every fate of one message id, with what was sent where it was refused."""
    message_id = request.GET.get("id", "")[:300]
    fates = _fates(message_id)
    if not fates:
        raise Http404
    names = source_names()
    return render(
        request,
        "events/message.html",
        {"message_id": message_id, "fates": fates, "sources": names},
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
    return json.dumps(kept, ensure_ascii=False, indent=2)


def _fates(message_id: str) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "received_at": as_utc(row["received_at"]),
            "fate": fate_of(row["outcome"], row["reason"]),
            "payload": _pretty(row["payload"]),
        }
        for row in store.ask(receipts(message_id)).dicts()
    ]


def _with_people(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    people = people_of_nodes(row["node_id"] for row in rows)
    names = source_names()
    return [
        {
            **row,
            "received_at": as_utc(row["received_at"]),
            "fate": fate_of(row["outcome"], row["reason"]),
            "person": people.get(row["node_id"]),
            "source": names.get(row["source_id"], ""),
        }
        for row in rows
    ]


def _pretty(payload: str | None) -> str:
    found = _read(payload)
    if isinstance(found, str):
        return found
    return json.dumps(found, ensure_ascii=False, indent=2) if found is not None else ""


def _read(text: str | None) -> Any:
    """JSON where it is JSON; otherwise the text itself, for a refused message may be anything."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text
