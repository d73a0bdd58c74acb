"""What a sign-up form asks, and what a form must have before anybody may be shown it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from khachquen.base import ConflictError, InputError, NotFoundError, Text
from khachquen.collect.forms.models import SignUpForm
from khachquen.collect.importing.values import fold
from khachquen.collect.sources import find_or_create_source
from khachquen.govern import record_audit
from khachquen.govern.consent.purposes import get_purpose, list_texts

ADDRESS_OF: Mapping[str, str] = {
    "email": "email", "sms": "phone", "zalo": "phone", "call": "phone",
}  # fmt: skip
"""Channel → the field that has the address messages on it go to."""
_NOTHING = Text(vi="", en="")
IDENTIFIERS = ("phone", "email")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,59}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
_LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Question:
    """One field: the key of a trait, and whether the form may be sent without it."""

    key: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One purpose on some channels; ``at_most`` messages in ``per_days`` days are promised."""

    purpose: str
    channels: tuple[str, ...]
    at_most: int | None = None
    per_days: int | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """A yes to messages by e-mail counts when the mailbox says so too: who writes to it, in the
    words of which template (none: ready ones)."""

    account_id: int
    template_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What people of the shop decide about a form.

    ``thanks_url`` is where somebody goes after sending, instead of the words. Only pages of
    ``origins`` (``https://nhamay.vn``) may show the form in a frame. Without ``confirm`` a tick
    counts at once.
    """

    title: Text
    questions: tuple[Question, ...]
    intro: Text = _NOTHING
    thanks: Text = _NOTHING
    thanks_url: str = ""
    asks: tuple[Ask, ...] = ()
    origins: tuple[str, ...] = ()
    confirm: Confirm | None = None


@dataclass(frozen=True, slots=True)
class FormView:
    """One form as it is now; its events come from the source ``source_id``."""

    id: int
    slug: str
    source_id: int
    wish: Wish
    created_at: datetime
    is_open: bool


def list_forms() -> list[FormView]:
    """Every form, the newest first."""
    return [_view(row) for row in SignUpForm.objects.order_by("-created_at", "-pk")]


def get_form(slug: str) -> FormView:
    """The form at that address, open or closed.

    Raises:
        NotFoundError: there is none (``forms.unknown``).
    """
    row = SignUpForm.objects.filter(slug=slug).first()
    if row is None:
        words = Text(vi="Không có biểu mẫu này.", en="There is no such form.")
        raise NotFoundError("forms.unknown", words, path="slug")
    return _view(row)


def add_form(
    wish: Wish, *, slug: str = "", traits: Collection[str], by: str, at: datetime
) -> FormView:
    """A new form, open at once, with a source of its own. Its address never changes.

    ``traits`` are those a customer may be asked for. Without a ``slug`` the title gives one.

    Raises:
        InputError: something of it is missing or unusable, with its field.
        ConflictError: there is a form at that address.
    """
    slug = slug.strip() or _slug_of(wish.title.vi)
    if not _SLUG.fullmatch(slug) or slug == "new":
        words = Text(vi="Địa chỉ này không dùng được.", en="This address cannot be used.")
        hint = Text(
            vi="Chữ thường không dấu, số và gạch nối, ví dụ nhan-tin.",
            en="Small letters, digits and hyphens, as newsletter.",
        )
        raise InputError("forms.bad_slug", words, path="slug", hint=hint)
    _check(wish, traits)
    with transaction.atomic():
        if SignUpForm.objects.filter(slug=slug).exists():
            words = Text(vi="Đã có biểu mẫu ở địa chỉ này.", en="There is a form there already.")
            raise ConflictError("forms.taken", words, path="slug")
        source = find_or_create_source(name=f"Biểu mẫu {slug}", kind="form", at=at)
        row = SignUpForm(slug=slug, source_id=source.pk, created_at=at, created_by=by[:200])
        _save(row, wish, at)
        record_audit(actor=by, action="form.add", subject=f"form:{slug}", at=at)
    return _view(row)


def change_form(
    slug: str, wish: Wish, *, traits: Collection[str], by: str, at: datetime
) -> FormView:
    """The form as wished from now on; a page that is open somewhere may still be sent.

    Raises:
        NotFoundError: no such form.
        InputError: as ``add_form``; nothing changed.
    """
    _check(wish, traits)
    with transaction.atomic():
        row = SignUpForm.objects.get(pk=get_form(slug).id)
        _save(row, wish, at)
        record_audit(actor=by, action="form.change", subject=f"form:{slug}", at=at)
    return _view(row)


def open_form(slug: str, *, is_open: bool, by: str, at: datetime) -> None:
    """Take submissions again, or no more; the address says so to whoever comes.

    Raises:
        NotFoundError: no such form.
    """
    found = get_form(slug)
    with transaction.atomic():
        SignUpForm.objects.filter(pk=found.id).update(closed_at=None if is_open else at)
        action = "form.open" if is_open else "form.close"
        record_audit(actor=by, action=action, subject=f"form:{slug}", at=at)


def _check(wish: Wish, traits: Collection[str]) -> None:
    if not wish.title.vi.strip():
        raise _bad("no_title", "title", "Biểu mẫu cần một tiêu đề.", "The form needs a title.")
    texts = [one for pair in (wish.title, wish.intro, wish.thanks) for one in (pair.vi, pair.en)]
    if max(map(len, texts)) > _LONGEST or max(len(wish.title.vi), len(wish.title.en)) > 200:
        raise _bad("too_long", "title", "Lời quá dài.", "These words are too long.")
    keys = [one.key for one in wish.questions]
    if not set(keys) & set(IDENTIFIERS):
        raise _bad(
            "nobody", "phone",
            "Hãy hỏi số điện thoại hoặc email, để biết ai đã đồng ý.",
            "Ask for the phone or the e-mail, or nobody knows who agreed.",
        )  # fmt: skip
    if strange := [key for key in keys if key not in traits]:
        raise _bad(
            "bad_field", "traits",
            f"Không hỏi khách được: {', '.join(strange)[:200]}.",
            f"Customers cannot be asked for: {', '.join(strange)[:200]}.",
        )  # fmt: skip
    for ask in wish.asks:
        _check_ask(ask, keys)
    _check_addresses(wish)


def _check_ask(ask: Ask, keys: Sequence[str]) -> None:
    view, place = get_purpose(ask.purpose), f"ask_{ask.purpose}"
    if view.is_archived or view.basis == "always":
        raise _bad(
            "not_asked", place, "Mục đích này không cần xin.", "This purpose is not asked for."
        )
    if not list_texts(ask.purpose):
        raise _bad(
            "no_text", place,
            "Chưa viết nội dung khách đọc cho mục đích này.",
            "There are no words yet that people would agree to.",
        )  # fmt: skip
    missing = [one for one in ask.channels if ADDRESS_OF.get(one) not in keys]
    if missing or not ask.channels:
        raise _bad(
            "no_address", place,
            "Biểu mẫu chưa hỏi số điện thoại hoặc email mà kênh này cần.",
            "The form does not ask for the phone or e-mail this channel needs.",
        )  # fmt: skip
    if (ask.at_most is None) != (ask.per_days is None) or (ask.at_most or 1) < 1:
        raise _bad("bad_count", place, "Số tin chưa đúng.", "That is no number of messages.")


def _check_addresses(wish: Wish) -> None:
    if wish.thanks_url:
        parts = _split(wish.thanks_url)
        if parts is None or parts[0] not in ("https", "http") or any(map(_is_odd, wish.thanks_url)):
            raise _bad(
                "bad_url", "thanks_url",
                "Địa chỉ cần dạng https://nhamay.vn/cam-on.",
                "Write the address as https://nhamay.vn/thanks.",
            )  # fmt: skip
    for origin in wish.origins:
        parts = _split(origin)
        if parts is None or parts[0] not in ("https", "http") or origin != "://".join(parts):
            raise _bad(
                "bad_origin", "origins",
                f"{origin[:80]!r} không phải tên trang; ghi như https://nhamay.vn.",
                f"{origin[:80]!r} is no site; write https://nhamay.vn.",
            )  # fmt: skip


def _split(url: str) -> tuple[str, str] | None:
    """Scheme and host of an address; None where there is no plain host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return (parts.scheme, parts.netloc) if _HOST.fullmatch(parts.netloc) else None


def _is_odd(letter: str) -> bool:
    return letter <= " " or letter in "\x7f\\\"'<>;,"


def _slug_of(title: str) -> str:
    """
    >>> _slug_of("Đăng ký nhận tin  2026!")
    'dang-ky-nhan-tin-2026'
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:60].strip("-")


def _save(row: SignUpForm, wish: Wish, at: datetime) -> None:
    for name in ("title", "intro", "thanks"):
        words: Text = getattr(wish, name)
        setattr(row, f"{name}_vi", words.vi.strip())
        setattr(row, f"{name}_en", "" if words.en == words.vi else words.en.strip())
    row.thanks_url, row.origins = wish.thanks_url, list(wish.origins)
    row.fields = [asdict(one) for one in wish.questions]
    row.asks = [asdict(one) for one in wish.asks]
    row.confirm = asdict(wish.confirm) if wish.confirm else {}
    row.changed_at = at
    row.save()


def _view(row: SignUpForm) -> FormView:
    def words(name: str) -> Text:
        vi, en = getattr(row, f"{name}_vi"), getattr(row, f"{name}_en")
        return Text(vi=vi, en=en or vi)

    wish = Wish(
        title=words("title"),
        questions=tuple(Question(**one) for one in row.fields),
        intro=words("intro"),
        thanks=words("thanks"),
        thanks_url=row.thanks_url,
        asks=tuple(Ask(**{**one, "channels": tuple(one["channels"])}) for one in row.asks),
        origins=tuple(row.origins),
        confirm=Confirm(**row.confirm) if row.confirm else None,
    )
    return FormView(row.pk, row.slug, row.source_id, wish, row.created_at, row.closed_at is None)


def _bad(code: str, path: str, vi: str, en: str) -> InputError:
    return InputError(f"forms.{code}", Text(vi=vi, en=en), path=path)
