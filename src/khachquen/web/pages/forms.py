"""Sign-up forms as the shop makes them: what each asks, where it stands, what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.activate.campaigns.counting import reason_words
from khachquen.activate.campaigns.making import list_accounts
from khachquen.activate.confirmations.counting import count_letters
from khachquen.activate.content import list_sendable
from khachquen.base import (
    ForbiddenError,
    KhachQuenError,
    NotFoundError,
    Text,
    UnavailableError,
    system_clock,
)
from khachquen.collect.forms import (
    ADDRESS_OF,
    Ask,
    Confirm,
    FormView,
    Question,
    Wish,
    change_form,
    get_form,
    list_forms,
    open_form,
)
from khachquen.collect.forms.counting import REASONS, Result, results
from khachquen.flows.confirming import LETTERS, demand_confirmable
from khachquen.flows.signing_up import askable, make_form
from khachquen.govern.consent.links import Links
from khachquen.govern.consent.purposes import PurposeView, list_purposes, list_texts
from khachquen.govern.consent.standing import CHANNELS
from khachquen.govern.consent.suppressing import REASONS as SUPPRESSED
from khachquen.understand.segments import add_segment
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in
from khachquen.web.replaying import base_url_of

_FIRST = ("name", "phone", "email", "birthday")
_NOT, _MAY, _MUST = "", "may", "must"
_PER_DAYS = 30


class MakeForm(WordsForm):
    """Everything about one form; the purposes and traits of the shop become fields of it."""

    title = forms.CharField(label=_("Tiêu đề khách thấy"), max_length=200)
    title_en = forms.CharField(label=_("Tiêu đề tiếng Anh"), max_length=200, required=False)
    slug = forms.CharField(
        label=_("Địa chỉ"), max_length=60, required=False,
        help_text=_("Phần cuối của liên kết, ví dụ nhan-tin. Để trống thì lấy theo tiêu đề; "
                    "sau này không đổi được."),
    )  # fmt: skip
    intro = forms.CharField(
        label=_("Lời giới thiệu"), required=False, max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    intro_en = forms.CharField(
        label=_("Lời giới thiệu tiếng Anh"), required=False, max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    thanks = forms.CharField(
        label=_("Lời cảm ơn"), required=False, max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    thanks_en = forms.CharField(
        label=_("Lời cảm ơn tiếng Anh"), required=False, max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    thanks_url = forms.CharField(
        label=_("Hoặc chuyển khách tới trang"), required=False, max_length=1_000,
        help_text=_("Ví dụ https://nhamay.vn/cam-on. Để trống thì hiện lời cảm ơn."),
    )  # fmt: skip
    origins = forms.CharField(
        label=_("Trang được nhúng biểu mẫu"), required=False, max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "https://nhamay.vn"}),
        help_text=_("Mỗi dòng một trang. Trang khác không đặt được biểu mẫu này trong khung."),
    )  # fmt: skip

    confirm = forms.BooleanField(
        label=_("Xác nhận qua email"), required=False,
        help_text=_("Đồng ý nhận email chỉ có hiệu lực sau khi khách bấm xác nhận trong thư gửi "
                    "tới địa chỉ đã điền. Người khác điền hộ thì không đăng ký được."),
    )  # fmt: skip
    confirm_account = forms.ChoiceField(label=_("Gửi thư xác nhận qua"), required=False)
    confirm_template = forms.ChoiceField(label=_("Lời thư xác nhận"), required=False)

    def __init__(self, *args: Any, form: FormView | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if form is not None:
            del self.fields["slug"]
        self._offer_letters()
        self.known = askable()
        asked = [(_NOT, _("Không hỏi")), (_MAY, _("Hỏi, không bắt buộc")), (_MUST, _("Bắt buộc"))]
        for key in _FIRST:
            label = in_language(self.known[key].label)
            self.fields[key] = forms.ChoiceField(label=label, choices=asked, required=False)
        own = [(key, in_language(one.label)) for key, one in self.known.items()
               if key not in _FIRST]  # fmt: skip
        self.fields["traits"] = forms.MultipleChoiceField(
            label=gettext("Hỏi thêm"), choices=own, required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        told = [(one, list_texts(one.key)) for one in list_purposes() if one.basis != "always"]
        self.purposes = [one for one, texts in told if texts]
        for one, texts in told:
            if texts:
                self._add_purpose(one, in_language(texts[0].words)[:300])

    def _offer_letters(self) -> None:
        accounts, templates = self.fields["confirm_account"], self.fields["confirm_template"]
        assert isinstance(accounts, forms.ChoiceField)
        assert isinstance(templates, forms.ChoiceField)
        accounts.choices = [(str(one.pk), one.name) for one in list_accounts()]
        if not accounts.choices:
            self.fields["confirm"].disabled = True
            self.fields["confirm"].help_text = gettext("Cần một tài khoản gửi thư trước đã.")
        templates.choices = [("", gettext("Lời có sẵn"))] + [
            (str(one.template_id), one.name)
            for one in list_sendable()
            if one.purpose_kind == "transactional"
        ]

    def _confirm(self) -> Confirm | None:
        told = self.cleaned_data
        if not told["confirm"] or not told["confirm_account"]:
            return None
        template = told["confirm_template"]
        return Confirm(int(told["confirm_account"]), int(template) if template else None)

    def _add_purpose(self, one: PurposeView, words: str) -> None:
        self.fields[f"ask_{one.key}"] = forms.MultipleChoiceField(
            label=in_language(one.name), required=False, widget=forms.CheckboxSelectMultiple,
            choices=[(key, in_language(CHANNELS[key])) for key in ADDRESS_OF],
            help_text=words,
        )  # fmt: skip
        self.fields[f"most_{one.key}"] = forms.IntegerField(
            label=gettext("Nhiều nhất mấy tin trong 30 ngày"), required=False,
            min_value=1, max_value=1_000,
        )  # fmt: skip

    def asks(self) -> list[tuple[Any, Any]]:
        """For the page: the fields of each purpose together."""
        return [(self[f"ask_{one.key}"], self[f"most_{one.key}"]) for one in self.purposes]

    def first(self) -> list[Any]:
        """For the page: the fields nearly every form has."""
        return [self[key] for key in _FIRST]

    def wish(self) -> Wish:
        """What was filled in."""
        told = self.cleaned_data
        asked = [Question(key, told[key] == _MUST) for key in _FIRST if told[key]]
        return Wish(
            title=_words(told, "title"),
            questions=(*asked, *map(Question, told["traits"])),
            intro=_words(told, "intro"),
            thanks=_words(told, "thanks"),
            thanks_url=told["thanks_url"].strip(),
            asks=tuple(
                Ask(one.key, tuple(told[f"ask_{one.key}"]), most, most and _PER_DAYS)
                for one in self.purposes
                for most in (told[f"most_{one.key}"],)
                if told[f"ask_{one.key}"]
            ),
            origins=tuple(dict.fromkeys(told["origins"].replace(",", " ").split())),
            confirm=self._confirm(),
        )


@require_safe
def list_all(request: HttpRequest) -> HttpResponse:
    """Every form with how often it was sent."""
    found = list_forms()
    counted = results([one.id for one in found])
    lines = [(one, in_language(one.wish.title), counted[one.id]) for one in found]
    may_change = signed_in(request).is_admin
    return render(request, "forms/list.html", {"lines": lines, "may_change": may_change})


@require_http_methods(["GET", "HEAD", "POST"])
def new_form(request: HttpRequest) -> HttpResponse:
    """Make a form."""
    form = MakeForm(request.POST or None, initial=_fresh())
    if form.is_valid():
        _demand_admin(request)
        by, slug = signed_in(request).email, form.cleaned_data["slug"]
        try:
            demand_confirmable(settings.CONFIG, form.wish())
            made = make_form(form.wish(), slug=slug, by=by, at=system_clock())
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã tạo biểu mẫu. Khách mở được ngay."))
            return redirect("form", made.slug)
    return _edit(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_form(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a form; what was sent before stays as it was."""
    found = _found(slug)
    form = MakeForm(request.POST or None, initial=_initial(found.wish), form=found)
    if form.is_valid():
        _demand_admin(request)
        by = signed_in(request).email
        try:
            demand_confirmable(settings.CONFIG, form.wish())
            change_form(slug, form.wish(), traits=form.known, by=by, at=system_clock())
        except KhachQuenError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Đã lưu biểu mẫu."))
            return redirect("form", slug)
    return _edit(request, form, found)


@require_safe
def show_form(request: HttpRequest, slug: str) -> HttpResponse:
    """What came of a form, and how it gets onto a website."""
    form = _found(slug)
    known, address = askable(), f"{base_url_of(request)}{reverse('public_form', args=[slug])}"
    result = results([form.id])[form.id]
    context = {
        "form": form,
        "title": in_language(form.wish.title),
        "address": address,
        "source_id": str(form.source_id),
        "frame": _frame(address, in_language(form.wish.title)),
        "plain": _plain(form, address),
        "result": result,
        "stopped": _stopped(result),
        "letters": _letters(form),
        "questions": [
            (in_language(known[one.key].label), one.required)
            for one in form.wish.questions
            if one.key in known
        ],
        "asks": _asks(form),
        "may_change": signed_in(request).is_admin,
    }
    return render(request, "forms/form.html", context)


@require_POST
def switch(request: HttpRequest, slug: str) -> HttpResponse:
    """Take submissions no longer, or again."""
    _demand_admin(request)
    _found(slug)
    is_open, by = request.POST.get("open") == "1", signed_in(request).email
    open_form(slug, is_open=is_open, by=by, at=system_clock())
    said = gettext("Biểu mẫu đã mở lại.") if is_open else gettext("Biểu mẫu đã đóng.")
    messages.success(request, said)
    return redirect("form", slug)


@require_POST
def make_segment(request: HttpRequest, slug: str) -> HttpResponse:
    """A live segment of everybody who sent this form."""
    form = _found(slug)
    where = {"property": "form_id", "is": "is", "value": slug}
    rule = {"kind": "did", "event": "Form Submitted", "where": [where]}
    name = gettext("Đã đăng ký: %(title)s") % {"title": form.wish.title.vi}
    try:
        made = add_segment(name[:100], rule, actor=signed_in(request).email, at=system_clock())
    except UnavailableError:
        raise
    except KhachQuenError as error:
        messages.error(request, in_language(error.message))
        return redirect("form", slug)
    return redirect("segment", made.id)


def _edit(request: HttpRequest, form: MakeForm, found: FormView | None) -> HttpResponse:
    context = {"form": form, "found": found}
    return render(request, "forms/edit.html", context, status=400 if form.errors else 200)


def _found(slug: str) -> FormView:
    try:
        return get_form(slug)
    except NotFoundError as error:
        raise Http404(error.in_language("vi")) from None


def _fresh() -> dict[str, Any]:
    """A new form asks the mailbox too, as soon as there is a way to: an e-mail typed into a page
    anybody can open proves nothing."""
    is_able = bool(list_accounts()) and Links(settings.CONFIG).are_open
    return {"phone": _MAY, "email": _MUST, "name": _MAY, "confirm": is_able}


def _initial(wish: Wish) -> dict[str, Any]:
    told: dict[str, Any] = {"thanks_url": wish.thanks_url, "origins": "\n".join(wish.origins)}
    for name, words in (("title", wish.title), ("intro", wish.intro), ("thanks", wish.thanks)):
        told |= {name: words.vi, f"{name}_en": words.en if words.en != words.vi else ""}
    told |= {one.key: _MUST if one.required else _MAY for one in wish.questions}
    told["traits"] = [one.key for one in wish.questions if one.key not in _FIRST]
    if wish.confirm:
        told |= {"confirm": True, "confirm_account": str(wish.confirm.account_id)}
        told["confirm_template"] = str(wish.confirm.template_id or "")
    for ask in wish.asks:
        told |= {f"ask_{ask.purpose}": list(ask.channels), f"most_{ask.purpose}": ask.at_most}
    return told


def _words(told: Mapping[str, str], name: str) -> Text:
    return Text(vi=told[name], en=told[f"{name}_en"] or told[name])


def _stopped(result: Result) -> list[tuple[str, int]]:
    return [(in_language(REASONS[key]), result.stopped[key])
            for key in REASONS if result.stopped.get(key)]  # fmt: skip


def _letters(form: FormView) -> list[tuple[str, int]]:
    counted = count_letters(form.slug)
    told = {**LETTERS, **{key: one.name for key, one in SUPPRESSED.items()}}
    return [
        (in_language(told.get(key) or reason_words(key, "email")), counted[key])
        for key in sorted(counted, key=lambda key: list(told).index(key) if key in told else 99)
    ]


def _asks(form: FormView) -> list[dict[str, Any]]:
    names = {one.key: in_language(one.name) for one in list_purposes(with_archived=True)}
    return [
        {
            "key": ask.purpose,
            "name": names.get(ask.purpose, ask.purpose),
            "channels": ", ".join(in_language(CHANNELS[one]) for one in ask.channels),
            "at_most": ask.at_most,
            "per_days": ask.per_days,
        }
        for ask in form.wish.asks
    ]


def _frame(address: str, title: str) -> str:
    return (
        f'<iframe src="{escape(address)}?frame=1" title="{escape(title)}"\n'
        '  style="width:100%;min-height:720px;border:0" loading="lazy"></iframe>'
    )


def _plain(form: FormView, address: str) -> str:
    """A form for a page of the shop's own. What people agree to is not in it: that is asked under
    our words, on the page it leads to."""
    known, lines = askable(), [f'<form method="post" action="{escape(address)}">']
    kinds: Sequence[tuple[str, str]] = (("phone", "tel"), ("email", "email"))
    for one in form.wish.questions:
        if one.key in known:
            label, kind = (
                escape(in_language(known[one.key].label)),
                dict(kinds).get(one.key, "text"),
            )
            must = " required" if one.required else ""
            name = escape(one.key)
            lines.append(f'  <label>{label} <input type="{kind}" name="{name}"{must}></label>')
    button = escape(gettext("Tiếp tục"))
    return "\n".join([*lines, f"  <button>{button}</button>", "</form>"])


def _demand_admin(request: HttpRequest) -> None:
    if not signed_in(request).is_admin:
        raise ForbiddenError(
            "forms.admins_only",
            Text(
                vi="Chỉ quản trị viên được tạo và sửa biểu mẫu.",
                en="Only an administrator may make and change forms.",
            ),
        )
