"""A sign-up form: shown, judged, and taken in by the front door as the events it stands for.

What they agreed to goes into the ledger with the version and digest of the words the page showed.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from khachquen.base import Config, Text, to_micros
from khachquen.collect.enrichment import shorten_address
from khachquen.collect.event import Accepted
from khachquen.collect.forms import ADDRESS_OF, Ask, FormView, Wish, add_form
from khachquen.collect.forms.counting import is_known, note_sent, note_stopped
from khachquen.collect.forms.passes import LONGEST, QUICKEST, Pass, issue_pass, read_pass
from khachquen.flows.confirming import SignedUp, ask_mailbox
from khachquen.flows.speaking import writing
from khachquen.flows.telling import may_be_told
from khachquen.govern.consent.purposes import get_purpose, list_texts
from khachquen.unify.traits import Definition, Standing, load_registry, rank_source, read_value

LONGEST_ANSWER = 500
_RANK = 7  # of 1, trusted most, to 9; sources nobody ranked stand in the middle
_BUILT_IN = (
    "name", "phone", "email", "birthday", "gender", "address", "ward", "province", "occupation",
    "company", "needs",
)  # fmt: skip
_SAID_YES, _ASKED = "Consent Granted", "Consent Requested"
_KINDS = ("text", "number", "money", "date", "choice", "yes_no", "phone", "email", "address")
Tick = tuple[str, str]
"""A purpose and a channel somebody ticked."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One purpose as a page asks for it: the exact words, and which version they are."""

    ask: Ask
    name: Text
    words: Text
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A page as it was sent back. ``trap`` is what stood in the field only programs see."""

    answers: Mapping[str, str]
    ticked: frozenset[Tick] = frozenset()
    given_pass: str = ""
    trap: str = ""
    ip: str | None = None
    user_agent: str = ""
    page_url: str = ""
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it was taken; if not, what to mend by field ("" is the whole form).

    ``given_pass`` and ``ticked`` are what the page is shown again with: nothing typed is lost, but
    a tick stays only under the words it was set under. ``is_asked`` when the mailbox is to confirm.
    """

    is_taken: bool
    problems: Mapping[str, Text] = field(default_factory=dict)
    given_pass: str = ""
    ticked: frozenset[Tick] = frozenset()
    is_asked: bool = False


def askable() -> dict[str, Definition]:
    """What a customer may be asked for on a public page, by key: a few built-in traits and the
    shop's own. Nothing sealed, and nothing but phone and e-mail that names them to the system."""
    known = load_registry().definitions
    own = {key: one for key, one in known.items() if one.origin == "custom" and _may_be_asked(one)}
    return {key: known[key] for key in _BUILT_IN if not known[key].is_archived} | own


def make_form(wish: Wish, *, slug: str, by: str, at: datetime) -> FormView:
    """A new form, whose answers weigh less than those of the shop's own till and staff.

    Raises:
        InputError, ConflictError, NotFoundError: as ``collect.forms.add_form``; nothing is made.
    """
    with transaction.atomic():
        form = add_form(wish, slug=slug, traits=askable(), by=by, at=at)
        rank_source(form.source_id, Standing(_RANK), actor=by, at=at)
    return form


def shown_asks(form: FormView) -> list[Shown]:
    """What the form asks for just now; a purpose that was put away is asked for no longer."""
    found = []
    for ask in form.wish.asks:
        view = get_purpose(ask.purpose)
        if texts := list_texts(ask.purpose):
            text = texts[0]
            if not view.is_archived:
                found.append(Shown(ask, view.name, text.words, text.version, text.digest))
    return found


def new_pass(form: FormView, asks: Sequence[Shown], *, at: datetime) -> str:
    """The pass of a page that is about to be shown."""
    return issue_pass(form.id, {one.ask.purpose: one.version for one in asks}, at=at)


def sign_up(
    config: Config,
    form: FormView,
    filled: Filled,
    *,
    now: datetime,
    random: Callable[[int], str] = secrets.token_hex,
) -> Verdict:
    """Take a submission in, or say what is to be mended; it is on the disk when this returns.

    Sent again it is one: the same words of the same page have the same message ids. A page sent
    without a pass, as a plain form on another site does, is shown again, filled in: what people
    agree to, they agree to under our words.

    Raises:
        UnavailableError: the disk cannot take it; nothing was kept.
    """
    filled = replace(filled, answers={k: _clean(text) for k, text in filled.answers.items()})
    asks = shown_asks(form)
    page = read_pass(form.id, filled.given_pass)
    if reason := _why_not(filled, page, now):
        return _again(form, filled, asks, page, reason, now)
    assert page is not None
    traits, problems = _read(form, filled, now)
    if problems:
        note_stopped(form.id, "mend", on=now.date())
        return Verdict(False, problems, filled.given_pass, filled.ticked)
    said = _agreed(form, [_as_read(one, page) for one in asks], filled.ticked)
    pending = [words for event, words in said if event == _ASKED]
    mark = _mark(page, filled)
    if not is_known(mark):
        context = _context(config, filled)
        record = _record(form, traits, said, context, mark, now)
        stream = f"form-{to_micros(now)}-{random(4)}"
        with writing(config, stream, record) as write, transaction.atomic():
            note_sent(form.id, mark, at=now)
            if pending:
                signed = SignedUp(mark, traits["email"], pending, filled.language, filled.ip or "")
                ask_mailbox(config, form, signed, evidence=_evidence(context), now=now)
            write()
    return Verdict(True, is_asked=bool(pending))


def _as_read(one: Shown, page: Pass) -> Shown:
    """The ask with the words that stood on the page, should there be newer ones by now."""
    version = page.versions.get(one.ask.purpose, one.version)
    text = next(text for text in list_texts(one.ask.purpose) if text.version == version)
    return replace(one, words=text.words, version=version, digest=text.digest)


def _may_be_asked(one: Definition) -> bool:
    is_open = not one.sealed and one.sensitivity == "basic"
    return may_be_told(one) and is_open and one.kind in _KINDS and one.source_class == "given"


def _why_not(filled: Filled, page: Pass | None, now: datetime) -> str:
    if filled.trap:
        return "trap"
    if page is None or now - page.at > LONGEST:
        return "old"
    return "fast" if now - page.at < QUICKEST else ""


_SAID = {
    "trap": Text(
        vi="Có một ô phải để trống; hãy xóa chữ trong ô đó rồi gửi lại.",
        en="One field has to stay empty: clear it and send the form again.",
    ),
    "fast": Text(
        vi="Biểu mẫu được gửi quá nhanh. Hãy xem lại rồi bấm gửi lần nữa.",
        en="That was too fast. Look it over and send it once more.",
    ),
    "old": Text(
        vi="Trang đã mở quá lâu. Những gì đã điền vẫn còn đây; hãy xem lại rồi gửi.",
        en="The page was open too long. What you filled in is still here: look it over and send.",
    ),
    "check": Text(
        vi="Chưa gửi. Hãy xem lại và đọc phần đồng ý bên dưới rồi bấm gửi.",
        en="Not sent yet. Look it over, read what you agree to below, and send.",
    ),
}


def _again(
    form: FormView,
    filled: Filled,
    asks: Sequence[Shown],
    page: Pass | None,
    reason: str,
    now: datetime,
) -> Verdict:
    """The page once more, with everything typed; a pass that is no use any more is replaced."""
    is_first = reason == "old" and not filled.given_pass
    if not is_first:
        note_stopped(form.id, reason, on=now.date())
    versions = page.versions if page else {}
    kept = {one.ask.purpose for one in asks if versions.get(one.ask.purpose) == one.version}
    return Verdict(
        False,
        {"trap" if reason == "trap" else "": _SAID["check" if is_first else reason]},
        filled.given_pass if page and reason != "old" else new_pass(form, asks, at=now),
        frozenset(tick for tick in filled.ticked if tick[0] in kept),
    )


def _read(form: FormView, filled: Filled, now: datetime) -> tuple[dict[str, Any], dict[str, Text]]:
    """The answers as traits, and what is wrong with others. A phone or e-mail stays as typed."""
    known, traits, problems = askable(), {}, {}
    asked = {one.key: one for one in form.wish.questions if one.key in known}
    for key, question in asked.items():
        raw = filled.answers.get(key, "").strip()
        if not raw:
            if question.required:
                problems[key] = Text(vi="Hãy điền ô này.", en="Please fill this in.")
            continue
        reading = read_value(known[key], raw, on=now.date())
        if len(raw) > LONGEST_ANSWER:
            problems[key] = Text(
                vi=f"Nhiều nhất {LONGEST_ANSWER} ký tự.",
                en=f"At most {LONGEST_ANSWER} characters.",
            )
        elif reading.problem:
            problems[key] = reading.problem
        else:
            traits[key] = raw
    for place, words in _without_address(form, filled, asked, traits).items():
        problems.setdefault(place, words)
    return traits, problems


def _without_address(
    form: FormView, filled: Filled, asked: Mapping[str, Any], traits: Mapping[str, Any]
) -> dict[str, Text]:
    """Nobody can be written to without an address, and nobody has agreed who is nobody."""
    offered = {(ask.purpose, channel) for ask in form.wish.asks for channel in ask.channels}
    missing = {ADDRESS_OF[channel] for _, channel in filled.ticked & offered} - traits.keys()
    words = {
        "email": Text(
            vi="Để nhận qua email, hãy điền địa chỉ email.",
            en="To hear by e-mail, fill in the address.",
        ),
        "phone": Text(
            vi="Để nhận qua kênh đã chọn, hãy điền số điện thoại.",
            en="To hear on the channel you chose, fill in the phone number.",
        ),
    }
    if missing:
        return {key: words[key] for key in missing}
    if traits.keys().isdisjoint(("phone", "email")):
        first = next(key for key in ("phone", "email") if key in asked)
        return {
            first: Text(
                vi="Hãy điền số điện thoại hoặc email.", en="Fill in a phone number or an e-mail."
            )
        }
    return {}


def _clean(text: str) -> str:
    """What can be written down: half a letter, which a program may send, becomes a "?"."""
    return text.encode("utf-8", "replace").decode()


def _mark(page: Pass, filled: Filled) -> str:
    told = msgspec.json.encode([dict(filled.answers), sorted(filled.ticked)], order="sorted")
    return hashlib.sha256(page.nonce.encode() + b"\0" + told).hexdigest()[:32]


def _record(
    form: FormView,
    traits: Mapping[str, Any],
    agreed: Sequence[tuple[str, Mapping[str, Any]]],
    context: Mapping[str, Any],
    mark: str,
    now: datetime,
) -> Accepted:
    """One request of the shop's own: who it is, that they sent the form, what they agreed to."""
    who = {key: traits[key] for key in ("email", "phone") if key in traits}
    about = {**who, "form_id": form.slug, "form_name": form.wish.title.vi}
    messages: list[dict[str, Any]] = [
        {"type": "identify", "traits": dict(traits)},
        {"type": "track", "event": "Form Submitted", "properties": {**about, "method": "post"}},
    ]
    messages += [
        {"type": "track", "event": event, "properties": {**about, **said}} for event, said in agreed
    ]
    items = [
        msgspec.json.encode({"messageId": f"form-{mark}-{n}", "context": context, **one})
        for n, one in enumerate(messages)
    ]
    return Accepted(to_micros(now), form.source_id, True, "segment", None, None, None, None, items)


def _context(config: Config, filled: Filled) -> dict[str, Any]:
    address = filled.ip or ""
    if config.privacy.truncate_ip:
        address = shorten_address(address)
    told = {"locale": filled.language, "userAgent": filled.user_agent[:1_000], "ip": address}
    page = {"page": {"url": filled.page_url[:2_000]}}
    return {**{name: value for name, value in told.items() if value}, **page}


def _evidence(context: Mapping[str, Any]) -> dict[str, Any]:
    told = {"ip": context.get("ip"), "page": context["page"]["url"]}
    return {name: value for name, value in told.items() if value}


def _agreed(
    form: FormView, asks: Sequence[Shown], ticked: frozenset[Tick]
) -> list[tuple[str, dict[str, Any]]]:
    """What was ticked, as events; by e-mail it waits for the mailbox's word where the form asks."""
    found = []
    for one in asks:
        channels = [each for each in one.ask.channels if (one.ask.purpose, each) in ticked]
        waiting = [each for each in channels if each == "email" and form.wish.confirm]
        at_once = [each for each in channels if each not in waiting]
        for event, chosen in ((_SAID_YES, at_once), (_ASKED, waiting)):
            if chosen:
                found.append((event, _said(one, chosen)))
    return found


def _said(one: Shown, channels: Sequence[str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "purpose": one.ask.purpose,
        "channels": list(channels),
        "method": "web_form",
        "text_version": one.version,
        "text_digest": one.digest,
    }
    if one.ask.at_most is not None:
        said |= {"at_most": one.ask.at_most, "per_days": one.ask.per_days}
    return said
