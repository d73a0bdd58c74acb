"""Sign-up forms as customers see them: on a page of ours, in a frame, or after a plain form."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from khachquen.base import NotFoundError, Text, system_clock
from khachquen.collect.forms import FormView, get_form
from khachquen.flows.signing_up import (
    LONGEST_ANSWER,
    Filled,
    Shown,
    Verdict,
    askable,
    new_pass,
    shown_asks,
    sign_up,
)
from khachquen.govern.consent.standing import CHANNELS
from khachquen.unify.traits import Definition
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.public import answer_with, public_page, take_turn
from khachquen.web.replaying import base_url_of

PASS, TICKS, TRAP = "kq_pass", "kq_agree", "kq_leave_empty"
_BUSY = Text(
    vi="Có quá nhiều lần gửi từ mạng này. Hãy đợi một phút rồi bấm gửi lại; chưa mất gì cả.",
    en="Too many forms came from this network. Wait a minute and send again; nothing is lost.",
)
_SHAPES: dict[str, dict[str, str]] = {
    "name": {"autocomplete": "name"},
    "phone": {"autocomplete": "tel", "inputmode": "tel"},
    "email": {"autocomplete": "email", "inputmode": "email"},
    "birthday": {"autocomplete": "bday", "placeholder": "31/12/1990"},
    "address": {"autocomplete": "street-address"},
}


class AnswerForm(WordsForm):
    """The fields of one form. What an answer means is judged behind this page."""

    def __init__(self, form: FormView, known: dict[str, Definition], data: Any) -> None:
        super().__init__(data)
        for one in form.wish.questions:
            if one.key in known:
                self.fields[one.key] = _field(known[one.key], required=one.required)


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def show_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; sent, it is taken in or shown again with what is to be mended."""
    form = _found(slug)
    if not form.is_open:
        return answer_with(request, "public/closed.html", {"form": form}, status=410)
    now = system_clock()
    if request.method != "POST":
        asks = shown_asks(form)
        verdict = Verdict(False, given_pass=new_pass(form, asks, at=now))
        return _page(request, form, asks, verdict, status=200)
    filled = _filled(request, form)
    if wait_s := take_turn(request):
        verdict = Verdict(False, {"": _BUSY}, filled.given_pass, filled.ticked)
        answer = _page(request, form, shown_asks(form), verdict, status=429)
        answer.headers["Retry-After"] = str(wait_s)
        return answer
    verdict = sign_up(settings.CONFIG, form, filled, now=now)
    if verdict.is_taken:
        return _thanks(request, form, is_asked=verdict.is_asked)
    return _page(request, form, shown_asks(form), verdict, status=400)


@public_page
@require_safe
def show_thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """What is said after sending."""
    form = _found(slug)
    context = {
        "form": form,
        "thanks": in_language(form.wish.thanks),
        "is_asked": request.GET.get("confirm") == "1",
        "is_framed": _is_framed(request),
    }
    return _framable(answer_with(request, "public/thanks.html", context), form)


def _found(slug: str) -> FormView:
    try:
        return get_form(slug)
    except NotFoundError as error:
        raise Http404 from error


def _filled(request: HttpRequest, form: FormView) -> Filled:
    told = request.POST
    ticks = (one.partition(":") for one in told.getlist(TICKS)[:100])
    return Filled(
        answers={
            one.key: told.get(one.key, "").replace("\0", "")[: 4 * LONGEST_ANSWER]
            for one in form.wish.questions
        },
        ticked=frozenset((purpose, channel) for purpose, _, channel in ticks),
        given_pass=told.get(PASS, ""),
        trap=told.get(TRAP, ""),
        ip=request.META.get("REMOTE_ADDR"),
        user_agent=request.headers.get("User-Agent", ""),
        page_url=f"{base_url_of(request)}{request.get_full_path()}",
        language=get_language() or "vi",
    )


def _page(
    request: HttpRequest, form: FormView, asks: list[Shown], verdict: Verdict, *, status: int
) -> HttpResponse:
    answers = AnswerForm(form, askable(), request.POST if request.method == "POST" else None)
    if answers.is_bound:
        answers.full_clean()
        answers.errors.clear()
    for place, words in verdict.problems.items():
        answers.add_error(place if place in answers.fields else None, in_language(words))
    context = {
        "form": form,
        "title": in_language(form.wish.title),
        "intro": in_language(form.wish.intro),
        "answers": answers,
        "asks": [_ask(one, verdict) for one in asks],
        "given_pass": verdict.given_pass,
        "trapped": "trap" in verdict.problems,
        "trap": request.POST.get(TRAP, "")[:200],
        "is_framed": _is_framed(request),
    }
    return _framable(answer_with(request, "public/form.html", context, status=status), form)


def _ask(one: Shown, verdict: Verdict) -> dict[str, Any]:
    purpose, language = one.ask.purpose, get_language() or "vi"
    return {
        "purpose": purpose,
        "name": in_language(one.name),
        "words": in_language(one.words),
        "is_vietnamese": language == "en" and one.words.en == one.words.vi,
        "at_most": one.ask.at_most,
        "per_days": one.ask.per_days,
        "channels": [
            {
                "value": f"{purpose}:{channel}",
                "id": f"agree-{purpose}-{channel}",
                "name": in_language(CHANNELS[channel]),
                "is_ticked": (purpose, channel) in verdict.ticked,
            }
            for channel in one.ask.channels
        ],
    }


def _thanks(request: HttpRequest, form: FormView, *, is_asked: bool) -> HttpResponse:
    address = form.wish.thanks_url
    if not address:
        told = request.GET.copy()
        if is_asked:
            told["confirm"] = "1"
        query = told.urlencode()
        address = reverse("form_thanks", args=[form.slug]) + (f"?{query}" if query else "")
    return _framable(HttpResponseRedirect(address, status=303), form)


def _framable(response: HttpResponse, form: FormView) -> HttpResponse:
    """Only the sites the shop listed may show the form in a frame; and a browser follows the way
    from a sent form to the shop's own page of thanks only when it is named."""
    policy: dict[str, list[str]] = {}
    if form.wish.origins:
        policy["frame-ancestors"] = ["'self'", *form.wish.origins]
        setattr(response, "xframe_options_exempt", True)  # noqa: B010
    if form.wish.thanks_url:
        parts = urlsplit(form.wish.thanks_url)
        policy["form-action"] = ["'self'", f"{parts.scheme}://{parts.netloc}"]
    setattr(response, "_csp_replace", policy)  # noqa: B010 - what its decorator does
    return response


def _is_framed(request: HttpRequest) -> bool:
    return request.GET.get("frame") == "1"


def _field(one: Definition, *, required: bool) -> forms.Field:
    label = in_language(one.label)
    if one.kind in ("choice", "yes_no"):
        listed = [(each.value, in_language(each.label)) for each in one.choices]
        choices = listed if one.kind == "choice" else [("yes", _("Có")), ("no", _("Không"))]
        widget: forms.Widget = forms.Select(choices=[("", _("Chưa chọn")), *choices])
    else:
        shape = _SHAPES.get(one.key, {"placeholder": "31/12/2026"} if one.kind == "date" else {})
        kinds = {"phone": forms.TextInput, "email": forms.EmailInput}
        widget = kinds.get(one.kind, forms.TextInput)(attrs={**shape, "maxlength": LONGEST_ANSWER})
    return forms.CharField(label=label, required=required, widget=widget, strip=False)
