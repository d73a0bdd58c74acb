"""The owner's first look: five numbers, their course, what sells, who bought last."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from khachquen import store
from khachquen.base import system_clock
from khachquen.understand.metrics import METRICS
from khachquen.understand.timelines import has_events, latest_orders, top_products
from khachquen.unify.profiles import people_of_nodes
from khachquen.web.alarms import silent_sources, stopped_webhooks
from khachquen.web.components.figures import number
from khachquen.web.courses import Courses, Steps
from khachquen.web.measuring import Tile, as_utc
from khachquen.web.periods import choose_period
from khachquen.web.shops import currency_of

TILES = ("visitors", "visits", "sign_ups", "orders", "revenue")


def show_home(request: HttpRequest) -> HttpResponse:
    """The dashboard, or what to do first where nothing has come in yet."""
    if not store.ask(has_events()).rows:
        return render(request, "dashboard/first_steps.html")
    choice = choose_period(request, system_clock())
    view = Courses(choice.period, system_clock(), currency_of(request))
    found = {key: view.read(METRICS[key]) for key in TILES}
    return render(
        request,
        "dashboard/home.html",
        {
            "choice": choice,
            "tiles": [tile for tile, _ in found.values()],
            "traffic": _traffic_chart(view, [found["visitors"], found["visits"]]),
            "charts": [_chart(view, *found[key]) for key in ("revenue", "orders", "sign_ups")],
            "products": store.ask(top_products(choice.period, 8)).dicts(),
            "orders": list_latest_orders(),
            "silent": silent_sources(system_clock()),
            "stopped": stopped_webhooks(),
        },
    )


@require_safe
def show_alarms(request: HttpRequest) -> HttpResponse:
    """What a page that stays open asks for now and then: whether the engine stands still."""
    return render(request, "parts/engine_alarm.html")


def list_latest_orders(limit: int = 8) -> list[dict[str, Any]]:
    """The orders placed last, with the people they belong to."""
    rows = store.ask(latest_orders(limit)).dicts()
    people = people_of_nodes(row["node_id"] for row in rows)
    return [
        {**row, "placed_at": as_utc(row["placed_at"]), "person": people.get(row["node_id"])}
        for row in rows
    ]


def _traffic_chart(view: Courses, found: Sequence[tuple[Tile, Steps]]) -> dict[str, Any]:
    visits = found[1][0].amount.base
    base = gettext("n = %(count)s lượt truy cập") % {"count": number(visits)}
    return {"spec": view.spec("line", found), "caption": view.caption(base)}


def _chart(view: Courses, tile: Tile, steps: Steps) -> dict[str, Any]:
    base = gettext("n = %(count)s dòng") % {"count": number(tile.amount.base)}
    return {
        "name": tile.name,
        "spec": view.spec("bar", [(tile, steps)]),
        "caption": view.caption(base),
    }
