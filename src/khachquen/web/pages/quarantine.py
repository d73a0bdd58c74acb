"""What was not understood: why, how many, and the way to mend it and take it in after all."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.base import InputError, UnavailableError, from_micros, system_clock, to_micros
from khachquen.collect import list_sources
from khachquen.collect.event import Event, Reason, Refusal
from khachquen.flows.redrive import (
    MOST,
    Handed,
    Refused,
    check_again,
    find_redrive,
    find_refused,
    list_refused,
    redrive,
)
from khachquen.store import ask
from khachquen.understand.quarantine import At, Filter, quarantined, reasons, taken_in
from khachquen.web.fates import fate_of, reason_words
from khachquen.web.forms import WordsForm
from khachquen.web.jsonlines import lay_out
from khachquen.web.measuring import as_utc, in_language
from khachquen.web.people import signed_in
from khachquen.web.receipts import show_payload
from khachquen.web.shops import source_names

_SHOWN = 50
_LONGEST_EDITED = 256 << 10


class MendForm(WordsForm):
    """The message as it should have been."""

    payload = forms.CharField(
        label=_("Nội dung sửa lại"),
        strip=False,
        max_length=_LONGEST_EDITED,
        widget=forms.Textarea(
            attrs={"rows": 18, "spellcheck": "false", "autocomplete": "off", "wrap": "off"}
        ),
        help_text=_("JSON. Nguồn, thời điểm nhận và khóa đã dùng giữ nguyên như lúc gửi."),
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """What a message would become: understood as ``event``, or refused once more."""

    event: Event | None
    refusal: Refusal | None

    @property
    def reason(self) -> str:
        """Why it would be refused, in a sentence."""
        return reason_words(self.refusal.reason) if self.refusal else ""

    @property
    def at(self) -> Any:
        """When it happened."""
        return from_micros(self.event.at) if self.event else None


@require_safe
def list_quarantine(request: HttpRequest) -> HttpResponse:
    """The messages in quarantine, the newest first, with how many there are of each reason."""
    which = _filter(request.GET)
    before = _before(request.GET.get("cursor", ""))
    rows = ask(quarantined(which, before=before, limit=_SHOWN + 1)).dicts()
    counts = _count_reasons(Filter(source_id=which.source_id))
    names = source_names()
    shown = [
        {**row, "received_at": as_utc(row["received_at"]), "source": names.get(row["source_id"])}
        | {"fate": fate_of("quarantined", row["reason"])}
        for row in rows[:_SHOWN]
    ]
    context = {
        "rows": shown,
        "counts": [(code, reason_words(code), n) for code, n in counts.most_common()],
        "everything": counts.total(),
        "total": counts[which.reason] if which.reason else counts.total(),
        "most": MOST,
        "which": which,
        "sources": list_sources(),
        "is_filtered": bool(which.reason or which.source_id is not None),
        "is_later": before is not None,
        "next": _cursor(shown[-1]) if len(rows) > _SHOWN else "",
    }
    return render(request, "quarantine/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def show_refused(request: HttpRequest) -> HttpResponse:
    """One refused message: what was wrong with it and where; checked and handed over from here."""
    refused = _find(request.GET.get("place", ""))
    form = MendForm(request.POST or None, initial={"payload": lay_out(refused.payload)})
    checked = None
    if request.method == "POST" and form.is_valid():
        payload = form.cleaned_data["payload"].encode("utf-8", "surrogatepass")
        checked = _check(refused, payload)
        if checked.event and request.POST.get("act") == "redrive":
            try:
                handed = _hand_over(request, [refused], {refused.place: payload})
                return redirect("redrive", handed.stream)
            except (InputError, UnavailableError) as error:
                form.refuse(error)
    context = {
        "refused": refused,
        "received_at": from_micros(refused.request.received_at),
        "source": source_names().get(refused.request.source_id, ""),
        "fate": fate_of("quarantined", refused.reason),
        "lines": show_payload(refused.payload, refused.path),
        "form": form if len(refused.payload) <= _LONGEST_EDITED else None,
        "checked": checked,
    }
    return render(request, "quarantine/refused.html", context, status=400 if form.errors else 200)


@require_POST
def redrive_many(request: HttpRequest) -> HttpResponse:
    """Take in again, as they are, the messages the filter shows, as many as go at once."""
    try:
        handed = _hand_over(request, list_refused(_filter(request.POST)), {})
    except (InputError, UnavailableError) as error:
        words = [error.message, error.hint] if error.hint else [error.message]
        messages.error(request, " ".join(in_language(text) for text in words))
        return redirect("quarantine")
    if handed.damaged:
        told = ngettext(
            "%(n)s tin có chỗ không phải chữ hợp lệ nên phải sửa tay.",
            "%(n)s tin có chỗ không phải chữ hợp lệ nên phải sửa tay.",
            handed.damaged,
        )
        messages.warning(request, told % {"n": handed.damaged})
    return redirect("redrive", handed.stream)


@require_safe
def show_redrive(request: HttpRequest, stream: str) -> HttpResponse:
    """How far the messages of one request have come, and what became of them."""
    found = find_redrive(stream, settings.CONFIG)
    if found is None:
        raise Http404
    ends = [
        (fate_of(name, ""), getattr(found.redrive, name))
        for name in ("stored", "duplicate", "dropped")
    ]
    became = ask(taken_in(stream)).dicts()
    context = {"found": found, "redrive": found.redrive, "ends": ends, "became": became}
    return render(request, "quarantine/redrive.html", context)


def _hand_over(request: HttpRequest, wanted: list[Refused], corrected: dict[str, bytes]) -> Handed:
    actor = signed_in(request).email
    return redrive(settings.CONFIG, wanted, corrected=corrected, actor=actor, clock=system_clock)


def _check(refused: Refused, payload: bytes) -> Checked:
    result = check_again(refused, payload, settings.CONFIG)
    return Checked(result, None) if isinstance(result, Event) else Checked(None, result)


def _find(place: str) -> Refused:
    found = find_refused([place]) if place else []
    if not found:
        raise Http404(gettext("Tin này không còn trong khu cách ly."))
    return found[0]


def _count_reasons(which: Filter) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in ask(reasons(which)).dicts():
        counts[row["reason"]] += row["n"]
    return counts


def _filter(asked: Any) -> Filter:
    source, reason = asked.get("source", ""), asked.get("reason", "")
    is_number = source.isascii() and source.isdecimal() and len(source) < 18
    known = frozenset(Reason)
    return Filter(
        reason=reason if reason in known else "", source_id=int(source) if is_number else None
    )


def _cursor(row: dict[str, Any]) -> str:
    return f"{to_micros(row['received_at'])}~{row['place']}"


def _before(cursor: str) -> At | None:
    micros, _, place = cursor[:300].partition("~")
    is_number = micros.isascii() and micros.isdecimal() and len(micros) < 17
    return At(from_micros(int(micros)), place) if is_number else None
