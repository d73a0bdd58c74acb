"""The dictionary of numbers: what each means, its course, and the rows it is made of."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from khachquen import store
from khachquen.base import NotFoundError, system_clock
from khachquen.understand.metrics import (
    METRICS,
    Amount,
    Metric,
    Period,
    compile_rows,
    compile_total,
    get_metric,
)
from khachquen.web.components.figures import number
from khachquen.web.courses import Courses
from khachquen.web.measuring import in_language, main_amount, measure, written
from khachquen.web.periods import choose_period
from khachquen.web.rows import Shown, show_parts, show_rows
from khachquen.web.shops import currency_of

PAGE_ROWS = 50
_PREVIEW_ROWS = 10


def list_metrics(request: HttpRequest) -> HttpResponse:
    """Every number there is, with its one definition and its value in the period."""
    choice = choose_period(request, system_clock())
    currency = currency_of(request)
    found = [_entry(metric, choice.period, currency) for metric in METRICS.values()]
    return render(request, "metrics/list.html", {"choice": choice, "metrics": found})


def show_metric(request: HttpRequest, key: str) -> HttpResponse:
    """One number: definition, value, course, the newest of its rows."""
    metric = _find(key)
    choice = choose_period(request, system_clock())
    view = Courses(choice.period, system_clock(), currency_of(request))
    tile, steps = view.read(metric)
    base = gettext("n = %(count)s dòng") % {"count": number(tile.amount.base)}
    return render(
        request,
        "metrics/metric.html",
        {
            "choice": choice,
            "metric": metric,
            "tile": tile,
            "definition": in_language(metric.definition),
            "denominator": in_language(metric.denominator) if metric.denominator else "",
            "spec": view.spec("bar", [(tile, steps)]),
            "caption": view.caption(base),
            "split": in_language(metric.split.label) if metric.split else "",
            "parts": _parts(metric, choice.period),
            "rows": _rows(metric, choice.period, view.currency, limit=_PREVIEW_ROWS),
            "sql": compile_total(metric, choice.period).sql,
        },
    )


def show_metric_rows(request: HttpRequest, key: str) -> HttpResponse:
    """The rows behind a number, page by page; all of them make it."""
    metric = _find(key)
    choice = choose_period(request, system_clock())
    amounts = measure(metric, choice.period)
    total = row_count(metric, amounts)
    offset = _offset(request, total)
    currency = currency_of(request)
    return render(
        request,
        "metrics/rows.html",
        {
            "choice": choice,
            "metric": metric,
            "name": in_language(metric.name),
            "definition": in_language(metric.definition),
            "value": written(metric, main_amount(amounts, currency), currency),
            "totals": [written(metric, amount, currency) for amount in amounts],
            "rows": _rows(metric, choice.period, currency, limit=PAGE_ROWS, offset=offset),
            "total": total,
            "first": offset + 1,
            "last": min(offset + PAGE_ROWS, total),
            "previous_offset": offset - PAGE_ROWS if offset else None,
            "next_offset": offset + PAGE_ROWS if offset + PAGE_ROWS < total else None,
        },
    )


def row_count(metric: Metric, amounts: Sequence[Amount]) -> int:
    """How many rows there are behind a number: of a distinct count, as many as it counts."""
    if metric.how == "distinct":
        return amounts[0].value or 0
    return sum(amount.base for amount in amounts)


def _entry(metric: Metric, period: Period, currency: str) -> dict[str, str]:
    amount = main_amount(measure(metric, period), currency)
    return {
        "key": metric.key,
        "name": in_language(metric.name),
        "definition": in_language(metric.definition),
        "value": written(metric, amount, currency),
    }


def _parts(metric: Metric, period: Period) -> list[tuple[str, str]]:
    if metric.split is None:
        return []
    question = compile_total(metric, period, is_split=True)
    return show_parts(metric.split, store.ask(question).dicts())


def _rows(
    metric: Metric, period: Period, currency: str, *, limit: int, offset: int = 0
) -> list[list[Shown]]:
    question = compile_rows(metric, period, limit=limit, offset=offset)
    return show_rows(metric.columns, store.ask(question).dicts(), currency)


def _offset(request: HttpRequest, total: int) -> int:
    text = request.GET.get("offset", "0")
    wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
    last_page = max(0, total - 1) // PAGE_ROWS * PAGE_ROWS
    return min(wanted // PAGE_ROWS * PAGE_ROWS, last_page)


def _find(key: str) -> Metric:
    try:
        return get_metric(key)
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None
