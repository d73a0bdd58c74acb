"""One event, enriched in place."""

from typing import Any

from khachquen.collect.enrichment.addresses import KEYS, shorten_address
from khachquen.collect.enrichment.arrivals import find_arrival
from khachquen.collect.enrichment.clients import find_client
from khachquen.collect.event.event import Event, Page

_NO_PAGE = Page()
_LONGEST = 2000


def enrich(event: Event, *, truncate_ip: bool = False) -> None:
    """Find out the page, the client and the way somebody came; shorten addresses if so wished.

    Never fails, whatever the event says. The same event gives the same answer each time.
    """
    page = event.page = _page(event)
    context = event.context
    event.client = find_client(context, event.user_agent, trusted=event.trusted)
    event.robot = event.client.robot if not event.client.counts else None
    event.arrival = find_arrival(page, context, event.client.in_app)
    if truncate_ip:
        event.ip = shorten_address(event.ip) or None if event.ip else None
        event.context = _without_address(context)
        event.properties = _without_address(event.properties)
        event.traits = _without_address(event.traits)


def _without_address(told: dict[str, Any]) -> dict[str, Any]:
    for key in KEYS:
        if isinstance(told.get(key), str):
            told = {**told, key: shorten_address(told[key])}
    return told


def _page(event: Event) -> Page:
    """Where it happened: the context's page, or a page call's own properties."""
    told = event.context.get("page")
    page = told if isinstance(told, dict) else {}
    own = event.properties if event.type == "page" else {}
    if not page and not own:
        return _NO_PAGE
    return Page(
        _text(page.get("url") or own.get("url")),
        _text(page.get("path") or own.get("path")),
        _text(page.get("title") or own.get("title")),
        _text(page.get("referrer") or own.get("referrer")),
    )


def _text(value: object) -> str | None:
    return value[:_LONGEST] if isinstance(value, str) and value else None
