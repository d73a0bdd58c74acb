"""The owner's first look: five numbers, their course, what sells, who bought last."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from khachquen import store
from khachquen.base import system_clock
from khachquen.understand.metrics import METRICS, Period
from khachquen.understand.query import has_events, latest_orders, top_products
from khachquen.unify.profiles import people_of_nodes
from khachquen.web.components.figures import number
from khachquen.web.measuring import (
    Course,
    as_utc,
    chart_caption,
    chart_values,
    in_language,
    make_tile,
    measure_course,
    step_label,
)
from khachquen.web.periods import choose_period
from khachquen.web.shops import currency_of

TILES = ("visitors", "visits", "sign_ups", "orders", "revenue")


def show_home(request: HttpRequest) -> HttpResponse:
    """The dashboard, or what to do first where nothing has come in yet."""
    if not store.ask(has_events()).rows:
        return render(request, "dashboard/first_steps.html")
    now = system_clock()
    choice = choose_period(request, now)
    currency = currency_of(request)
    tiles = [make_tile(METRICS[key], choice.period, currency) for key in TILES]
    revenue_currency = tiles[-1].amount.currency or currency
    return render(
        request,
        "dashboard/home.html",
        {
            "choice": choice,
            "tiles": tiles,
            "traffic": _traffic_chart(choice.period, now),
            "revenue": _chart("revenue", choice.period, now, revenue_currency),
            "orders_chart": _chart("orders", choice.period, now, ""),
            "sign_ups_chart": _chart("sign_ups", choice.period, now, ""),
            "products": store.ask(top_products(choice.period, 8)).dicts(),
            "orders": list_latest_orders(),
        },
    )


def list_latest_orders(limit: int = 8) -> list[dict[str, Any]]:
    """The orders placed last, with the people they belong to."""
    rows = store.ask(latest_orders(limit)).dicts()
    people = people_of_nodes(row["node_id"] for row in rows)
    return [
        {**row, "placed_at": as_utc(row["placed_at"]), "person": people.get(row["node_id"])}
        for row in rows
    ]


def _traffic_chart(period: Period, now: datetime) -> dict[str, Any]:
    courses = [(METRICS[key], measure_course(METRICS[key], period, now)) for key in TILES[:2]]
    steps = courses[1][1]
    visits = sum(amount.value or 0 for _, amount in steps)
    base = gettext("n = %(count)s lượt truy cập") % {"count": number(visits)}
    spec = {
        "kind": "line",
        "labels": [step_label(bucket, period.grain) for bucket, _ in steps],
        "series": [
            {"name": in_language(metric.name), "values": chart_values(metric, course)}
            for metric, course in courses
        ],
    }
    return {"spec": spec, "caption": chart_caption(period, steps, base)}


def _chart(key: str, period: Period, now: datetime, currency: str) -> dict[str, Any]:
    metric = METRICS[key]
    course = measure_course(metric, period, now, currency)
    return {
        "metric": metric,
        "name": in_language(metric.name),
        "spec": bar_spec(key, course, period, currency),
        "caption": chart_caption(period, course, base_words(course)),
    }


def bar_spec(key: str, course: Course, period: Period, currency: str) -> dict[str, Any]:
    """One metric as bars that start at zero."""
    metric = METRICS[key]
    return {
        "kind": "bar",
        "currency": currency if metric.unit == "money" else "",
        "labels": [step_label(bucket, period.grain) for bucket, _ in course],
        "series": [
            {"name": in_language(metric.name), "values": chart_values(metric, course), "colour": 1}
        ],
    }


def base_words(course: Course) -> str:
    """How many rows a chart rests on."""
    base = sum(amount.base for _, amount in course)
    return gettext("n = %(count)s dòng") % {"count": number(base)}
