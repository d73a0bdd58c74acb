"""How good the data is: five bars a source, what each check found, and the rows behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from khachquen.base import NotFoundError, system_clock
from khachquen.collect import list_sources
from khachquen.store import ask
from khachquen.unify import quality
from khachquen.unify.profiles import people_of_nodes
from khachquen.unify.quality import AXES, RULES, Snapshot
from khachquen.unify.quality.found import (
    Counted,
    Person,
    Rule,
    events_found,
    list_found,
    orders_by_id,
    people_by_id,
)
from khachquen.web.components.figures import day
from khachquen.web.measuring import as_utc, in_language
from khachquen.web.people import signed_in
from khachquen.web.rows import order_address
from khachquen.web.shops import source_names

EVERYTHING = 0
_SHOWN = 50
_HISTORY = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One axis as drawn: ``share`` of one, None when there was nothing to measure."""

    axis: str
    name: str
    meaning: str
    per_mille: int | None
    failed: int

    @property
    def share(self) -> float | None:
        return None if self.per_mille is None else self.per_mille / 1000


@require_safe
def show_quality(request: HttpRequest) -> HttpResponse:
    """Five bars for everything and for each source; how they were before; what is running."""
    past = quality.list_history(limit=_HISTORY)
    found = past[0] if past else None
    sources = [(one, _bars(found, one.id)) for one in list_sources()] if found else []
    context = {
        "found": found,
        "progress": quality.find_progress(),
        "bars": _bars(found, EVERYTHING),
        "sources": sources,
        "spec": _course(past) if len(past) > 1 else None,
        "axes": [in_language(name) for name in AXES.values()],
    }
    return render(request, "quality/overview.html", context)


@require_POST
def measure_again(request: HttpRequest) -> HttpResponse:
    """Ask for a measurement now; the engine does it while nothing waits."""
    quality.request_measurement(actor=signed_in(request).email, at=system_clock())
    return redirect("quality")


@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Stop the measurement that runs; the last whole one stays."""
    if quality.cancel_measurement(actor=signed_in(request).email, at=system_clock()):
        messages.success(request, gettext("Đã dừng. Số liệu của lần đo trước vẫn còn."))
    return redirect("quality")


@require_safe
def list_checks(request: HttpRequest) -> HttpResponse:
    """Every check of one source or of everything, by axis."""
    found, source_id = quality.latest(), _source(request)
    if found is None:
        return redirect("quality")
    counted = found.of(source_id)
    groups = [
        (bar, [(r, counted[r.key]) for r in RULES if r.axis == bar.axis and r.key in counted])
        for bar in _bars(found, source_id)
    ]
    context = {
        "found": found,
        "groups": groups,
        "source_id": source_id,
        "source": source_names().get(source_id, ""),
        "sources": list_sources(),
    }
    return render(request, "quality/checks.html", context)


@require_safe
def show_check(request: HttpRequest, key: str) -> HttpResponse:
    """One check: what it counts, why, what to do, and the rows it found wrong."""
    rule, found, source_id = _rule(key), quality.latest(), _source(request)
    if found is None:
        return redirect("quality")
    after = _number(request.GET.get("after", ""))
    rows = _ROWS[rule.subject](rule, found, source_id, after)
    context = {
        "rule": rule,
        "axis": in_language(AXES[rule.axis]),
        "found": found,
        "counted": found.of(source_id).get(rule.key, Counted()),
        "source_id": source_id,
        "source": source_names().get(source_id, ""),
        "sources": list_sources(),
        "rows": rows[:_SHOWN],
        "is_later": after > 0,
        "next": rows[_SHOWN - 1]["place"] if len(rows) > _SHOWN else None,
        "mend": _mend(rule, source_id),
        "words_label": gettext("Nguồn đã gửi"),
    }
    return render(request, "quality/check.html", context)


def _people(rule: Rule, found: Snapshot, source_id: int, after: int) -> list[dict[str, Any]]:
    ids = list_found(found, rule.key, source_id, after=after, limit=_SHOWN + 1)
    names = source_names()
    return [
        {"place": one.id, "person": one, "words": _words(rule, one, source_id, names)}
        for one in people_by_id(ids)
    ]


def _words(
    rule: Rule, person: Person, source_id: int, names: dict[int, str]
) -> list[dict[str, Any]]:
    """What the source, or every one, said of the field the check is about."""
    said = [w for w in person.said(rule.field) if source_id in (EVERYTHING, w.source_id)]
    return [
        {
            "text": word.text,
            "source": names.get(word.source_id, ""),
            "at": word.at,
            "meant": (rule.propose(word.text) if rule.propose else "") or "",
        }
        for word in said
    ]


def _orders(rule: Rule, found: Snapshot, source_id: int, after: int) -> list[dict[str, Any]]:
    ids = list_found(found, rule.key, source_id, after=after, limit=_SHOWN + 1)
    names = source_names()
    return [
        {
            "place": key,
            "order": one,
            "href": order_address(one.source_id, one.number),
            "source": names.get(one.source_id, ""),
        }
        for key, one in zip(ids, orders_by_id(ids), strict=False)
    ]


def _events(rule: Rule, found: Snapshot, source_id: int, before: int) -> list[dict[str, Any]]:
    question = events_found(rule.key, source_id, found.at, before=before, limit=_SHOWN + 1)
    rows, names = ask(question).dicts(), source_names()
    people = people_of_nodes(row["node_id"] for row in rows)
    return [
        {
            "place": row["event_id"],
            "event": row,
            "at": as_utc(row["at"]),
            "received_at": as_utc(row["received_at"]),
            "person": people.get(row["node_id"]),
            "source": names.get(row["source_id"], ""),
        }
        for row in rows
    ]


def _messages(rule: Rule, found: Snapshot, source_id: int, after: int) -> list[dict[str, Any]]:
    """They have a page of their own, with the way to mend them."""
    return []


_ROWS = {"person": _people, "order": _orders, "event": _events, "message": _messages}


def _mend(rule: Rule, source_id: int) -> tuple[str, str] | None:
    """Where to put it right: address and words; None where the rows themselves lead there."""
    if rule.mend == "quarantine":
        query = f"?source={source_id}" if source_id else ""
        return reverse("quarantine") + query, gettext("Mở khu cách ly")
    if rule.mend == "plan":
        return reverse("quality_plan"), gettext("Xem kế hoạch thu thập")
    if rule.mend == "source" and source_id:
        return reverse("source", args=[source_id]), gettext("Mở nguồn")
    return None


def _bars(found: Snapshot | None, source_id: int) -> list[Bar]:
    scores = found.scores(source_id) if found else ()
    meanings = _meanings()
    return [
        Bar(s.axis, in_language(AXES[s.axis]), meanings[s.axis], s.per_mille, s.failed)
        for s in scores
    ]


def _meanings() -> dict[str, str]:
    return {
        "complete": gettext("Những gì cần để nhận ra và liên lạc với khách có đủ không."),
        "valid": gettext("Những gì được gửi đến có dùng được không."),
        "unique": gettext("Một số điện thoại hay email có đứng ở nhiều hồ sơ không."),
        "fresh": gettext("Dữ liệu có còn mới không."),
        "consistent": gettext("Các nguồn có nói trái nhau không."),
    }


def _course(past: Sequence[Snapshot]) -> dict[str, Any]:
    """The five axes of everything over the last measurements, as a chart."""
    oldest_first = [(one, {s.axis: s.per_mille for s in one.scores()}) for one in reversed(past)]
    return {
        "kind": "line",
        "labels": [day(one.at) for one, _ in oldest_first],
        "percent": True,
        "series": [
            {
                "name": in_language(name),
                "values": [
                    None if (n := said[axis]) is None else n / 1000 for _, said in oldest_first
                ],
            }
            for axis, name in AXES.items()
        ],
    }


def _rule(key: str) -> Rule:
    try:
        return quality.get_rule(key)
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None


def _source(request: HttpRequest) -> int:
    return _number(request.GET.get("source", ""))


def _number(text: str) -> int:
    """A number of an address; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
