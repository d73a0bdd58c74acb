"""The traits of a customer: what each is, those the shop adds, what waits to be classified."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from khachquen.base import ConflictError, ForbiddenError, InputError, Text, system_clock
from khachquen.collect import list_sources
from khachquen.unify.traits import Definition, Standing, load_registry, rank_source, standings
from khachquen.unify.traits.declaring import (
    Wish,
    add_attribute,
    change_attribute,
    get_definition,
    set_archived,
)
from khachquen.unify.traits.definition import KINDS, PII, RULES, SENSITIVITIES, SOURCE_CLASSES
from khachquen.unify.traits.stored import classify
from khachquen.web.forms import WordsForm
from khachquen.web.measuring import in_language
from khachquen.web.people import signed_in

Pairs = list[tuple[str, str]]


def _choices(words: Mapping[str, Text], *, but: tuple[str, ...] = ()) -> Callable[[], Pairs]:
    """The words in the reader's language, asked for when the form is made."""
    return lambda: [(key, in_language(text)) for key, text in words.items() if key not in but]


def _rules() -> Pairs:
    return [("", gettext("Như mặc định")), *_choices(RULES)()]


class OwnForm(WordsForm):
    """A trait of the shop's own."""

    label = forms.CharField(
        label=_("Tên thuộc tính"),
        max_length=100,
        help_text=_("Như người trong cửa hàng gọi, ví dụ: Ngày cưới. Tệp nhập có cột tên này "
                    "sẽ được hiểu ngay."),
    )  # fmt: skip
    label_en = forms.CharField(label=_("Tên tiếng Anh"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("Kiểu giá trị"), choices=_choices(KINDS))
    choices = forms.CharField(
        label=_("Các giá trị để chọn"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Mỗi dòng một giá trị; chỉ dùng cho kiểu chọn."),
    )
    pii = forms.ChoiceField(
        label=_("Có chỉ ra một người không"),
        choices=_choices(PII, but=("unclassified",)),
        widget=forms.RadioSelect,
    )
    sensitivity = forms.ChoiceField(
        label=_("Mức nhạy cảm"), choices=_choices(SENSITIVITIES), widget=forms.RadioSelect,
        initial="basic",
    )  # fmt: skip
    sealed = forms.BooleanField(
        label=_("Niêm phong giá trị"),
        required=False,
        help_text=_("Giá trị nhạy cảm được mã hóa, chỉ hiện vài ký tự; ai xem phải có quyền và ghi "
                    "lý do. Chỉ áp dụng cho dữ liệu đến từ bây giờ và không bỏ lại được."),
    )  # fmt: skip
    source_class = forms.ChoiceField(label=_("Thường do đâu mà có"),
                                     choices=_choices(SOURCE_CLASSES))  # fmt: skip
    rule = forms.ChoiceField(
        label=_("Khi các nguồn nói khác nhau, dùng"), choices=_rules, required=False
    )
    valid_days = forms.IntegerField(
        label=_("Còn đúng trong bao nhiêu ngày"),
        required=False,
        min_value=1,
        max_value=36_500,
        help_text=_("Lời cũ hơn nhường chỗ cho lời mới hơn. Để trống nếu không bao giờ cũ."),
    )
    in_list = forms.BooleanField(label=_("Hiện thành cột ở danh sách khách hàng"), required=False)

    def wish(self) -> Wish:
        """What was filled in."""
        told = dict(self.cleaned_data)
        told["choices"] = tuple(told["choices"].splitlines())
        return Wish(**told)


class BuiltInForm(WordsForm):
    """What a shop may change of a built-in trait."""

    label = forms.CharField(label=_("Tên thuộc tính"), max_length=100)
    label_en = forms.CharField(label=_("Tên tiếng Anh"), max_length=100, required=False)
    rule = forms.ChoiceField(
        label=_("Khi các nguồn nói khác nhau, dùng"), choices=_rules, required=False
    )
    in_list = forms.BooleanField(label=_("Hiện thành cột ở danh sách khách hàng"), required=False)

    def wish(self) -> Wish:
        """What was filled in."""
        return Wish(**self.cleaned_data)


class StandingForm(WordsForm):
    """How far a source is trusted."""

    rank = forms.TypedChoiceField(
        label=_("Mức tin cậy"),
        coerce=int,
        choices=lambda: [(rank, _rank_words(rank)) for rank in range(1, 10)],
    )
    source_class = forms.ChoiceField(
        label=_("Lời của nguồn là"),
        required=False,
        choices=lambda: [("", gettext("Tùy từng thuộc tính")), *_choices(SOURCE_CLASSES)()],
    )


@require_safe
def list_traits(request: HttpRequest) -> HttpResponse:
    """Every trait: those waiting first, then the shop's own, then the built-in ones."""
    known = [_line(one) for one in load_registry().definitions.values()]
    open_ = [line for line in known if not line["is_archived"]]
    context = {
        "may_change": signed_in(request).is_admin,
        "waiting": [line for line in open_ if not line["is_classified"]],
        "own": [line for line in open_ if line["origin"] == "custom"],
        "built_in": [line for line in open_ if line["origin"] == "built_in"],
        "archived": [line for line in known if line["is_archived"]],
    }
    return render(request, "traits/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_trait(request: HttpRequest) -> HttpResponse:
    """Add a trait; it is understood everywhere from the next page on."""
    form = OwnForm(request.POST or None)
    if form.is_valid():
        _demand_admin(request)
        try:
            added = add_attribute(form.wish(), actor=signed_in(request).email, at=system_clock())
        except (InputError, ConflictError) as error:
            form.refuse(error)
        else:
            words = gettext("Đã thêm “%(label)s”. Từ giờ nhập tệp và hồ sơ khách đều hiểu tên này.")
            messages.success(request, words % {"label": in_language(added.label)})
            return redirect("traits")
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change_trait(request: HttpRequest) -> HttpResponse:
    """Change a trait, or classify one that arrived unasked."""
    now = get_definition(request.GET.get("key", ""))
    kind: type[OwnForm | BuiltInForm] = BuiltInForm if now.origin == "built_in" else OwnForm
    form = kind(request.POST or None, initial=_filled(now))
    if now.rule == "best_written" and now.origin == "built_in":
        del form.fields["rule"]  # a name is summed up as it comes in, by this rule
    if form.is_valid():
        _demand_admin(request)
        try:
            actor = signed_in(request).email
            changed = change_attribute(now.key, form.wish(), actor=actor, at=system_clock())
        except (InputError, ConflictError) as error:
            form.refuse(error)
        else:
            words = gettext("Đã lưu “%(label)s”.") % {"label": in_language(changed.label)}
            messages.success(request, words)
            return redirect("traits")
    return _form_page(request, form, now)


@require_POST
def archive_trait(request: HttpRequest) -> HttpResponse:
    """Put a trait away, or take it out again."""
    _demand_admin(request)
    key, archived = request.POST.get("key", ""), request.POST.get("archived") == "1"
    set_archived(key, archived, actor=signed_in(request).email, at=system_clock())
    words = (
        gettext("Đã cất thuộc tính. Giá trị vẫn được giữ; khôi phục ở cuối trang này.")
        if archived
        else gettext("Đã khôi phục thuộc tính.")
    )
    messages.success(request, words)
    return redirect("traits")


@require_safe
def show_stored(request: HttpRequest) -> HttpResponse:
    """Everything that is kept of customers, by how far it names a person."""
    report = [
        {
            "words": in_language(PII[pii]),
            "pii": pii,
            "traits": [_line(one) for one in traits],
            "columns": columns,
        }
        for pii, (traits, columns) in classify(load_registry()).items()
    ]
    return render(request, "traits/stored.html", {"report": report})


@require_http_methods(["GET", "HEAD", "POST"])
def rank_sources(request: HttpRequest) -> HttpResponse:
    """How far each source is trusted when they disagree."""
    told = standings()
    asked = request.POST.get("source", "")
    rows = []
    for source in list_sources():
        now = told.get(source.id, Standing())
        data = request.POST if asked == str(source.id) else None
        initial = {"rank": now.rank, "source_class": now.source_class}
        form = StandingForm(data, initial=initial, auto_id=f"id_%s_{source.id}")
        if data is not None and form.is_valid():
            _demand_admin(request)
            actor = signed_in(request).email
            standing = Standing(**form.cleaned_data)
            rank_source(source.id, standing, actor=actor, at=system_clock())
            messages.success(request, gettext("Đã lưu mức tin cậy."))
            return redirect("trait_sources")
        rows.append((source, form))
    return render(request, "traits/sources.html", {"rows": rows})


def _form_page(request: HttpRequest, form: WordsForm, now: Definition | None) -> HttpResponse:
    context = {"form": form, "trait": _line(now) if now else None}
    return render(request, "traits/form.html", context, status=400 if form.errors else 200)


def _line(one: Definition) -> dict[str, Any]:
    """A trait in the words of the reader."""
    return {
        "key": one.key,
        "label": in_language(one.label),
        "kind": in_language(KINDS[one.kind]),
        "pii": one.pii,
        "pii_words": in_language(PII[one.pii]),
        "sensitivity": one.sensitivity,
        "sealed": one.sealed,
        "rule": in_language(RULES[one.rule]),
        "source_class": in_language(SOURCE_CLASSES[one.source_class]),
        "valid_days": one.valid_days,
        "choices": [in_language(choice.label) for choice in one.choices],
        "in_list": one.in_list,
        "origin": one.origin,
        "is_archived": one.is_archived,
        "is_classified": one.is_classified,
    }


def _filled(now: Definition) -> dict[str, Any]:
    return {
        "label": now.label.vi,
        "label_en": now.label.en if now.label.en != now.label.vi else "",
        "kind": now.kind,
        "choices": "\n".join(choice.value for choice in now.choices),
        "pii": now.pii,
        "sensitivity": now.sensitivity,
        "sealed": now.sealed,
        "source_class": now.source_class,
        "rule": now.rule,
        "valid_days": now.valid_days,
        "in_list": now.in_list,
    }


def _rank_words(rank: int) -> str:
    ends = {
        1: gettext("1 (tin nhất)"),
        5: gettext("5 (bình thường)"),
        9: gettext("9 (kém tin nhất)"),
    }
    return ends.get(rank, str(rank))


def _demand_admin(request: HttpRequest) -> None:
    if not signed_in(request).is_admin:
        raise ForbiddenError(
            "traits.admins_only",
            Text(
                vi="Chỉ quản trị viên được đổi thuộc tính.",
                en="Only an administrator may change traits.",
            ),
        )
