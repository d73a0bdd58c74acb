"""A sign-up that counts when the mailbox says so too: the letter asking, and its answer.

    form sent ┆ pending word to the log + letter owed, one transaction → letter, once → yes or no by
    POST ┆ row answered + ledger + log, one transaction

The letter says nothing anybody typed into the form: else a stranger could have the shop deliver
words of theirs to any mailbox. What is owed and counted is ``activate.confirmations``; it leaves
beside the mailer (``flows.confirm_letters``).
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from django.db import transaction

from khachquen.activate.campaigns.accounts import get_account
from khachquen.activate.channels.email import read_envelope
from khachquen.activate.confirmations import (
    Asking,
    Confirmation,
    Limits,
    answer,
    find_confirmation,
    owe_letter,
)
from khachquen.activate.content.reading import get_template
from khachquen.base import Clock, Config, InputError, Text
from khachquen.collect.forms import FormView, Wish
from khachquen.flows.choosing import Seen, every_key_of, proof_of
from khachquen.flows.speaking import speaking
from khachquen.govern.consent import Told, record
from khachquen.govern.consent.links import Links
from khachquen.govern.consent.purposes import get_purpose, list_texts
from khachquen.govern.consent.standing import Says
from khachquen.unify.normalise import normalise_email

LETTERS: Mapping[str, Text] = {
    "yes": Text(vi="Đã xác nhận", en="Confirmed"),
    "open": Text(vi="Đã gửi thư, chưa trả lời", en="Asked, not answered"),
    "waiting": Text(vi="Thư đang chờ gửi", en="The letter is waiting"),
    "no": Text(vi="Nói không phải mình", en="Said it was not them"),
    "asked_before": Text(vi="Đã được hỏi trước đó", en="Had been asked before"),
    "agreed_before": Text(vi="Đã đồng ý từ trước", en="Had agreed before"),
    "said_no": Text(vi="Từng trả lời không", en="Had said no"),
    "too_many_here": Text(vi="Quá nhiều lượt từ một mạng", en="Too many from one network"),
    "too_many_form": Text(vi="Quá nhiều lượt trong một giờ", en="Too many in an hour"),
}
"""What became of sign-ups that were to be confirmed (``confirmations.count_letters``)."""


@dataclass(frozen=True, slots=True)
class SignedUp:
    """A submission whose ticks for e-mail wait: ``told`` is what the pending words say."""

    mark: str
    email: str
    told: Sequence[Mapping[str, Any]]
    language: str
    sent_from: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: the purpose, the exact words that were read, how often at most."""

    name: Text
    words: Text
    at_most: int | None
    per_days: int | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What the letter's link leads to. ``answer`` is "" while nothing was said; ``is_over`` when
    nothing can be said any more."""

    number: int
    identifier: str
    form_name: str
    waiting: Sequence[Waiting]
    answer: str
    is_over: bool


def demand_confirmable(config: Config, wish: Wish) -> None:
    """Refuse a form whose letters could not be sent, or could not be answered.

    Raises:
        InputError: no address of this installation, or a template that has no link to confirm by
            (``forms.cannot_confirm``).
        NotFoundError: no such account or template.
    """
    if wish.confirm is None:
        return
    get_account(wish.confirm.account_id)
    if not Links(config).are_open:
        raise _cannot(
            "confirm",
            "Chưa đặt địa chỉ của hệ thống, nên không ai mở được liên kết xác nhận.",
            "The address of this installation is not set, so nobody could open the link.",
            Text(vi="Đặt server.base_url.", en="Set server.base_url."),
        )
    number = wish.confirm.template_id
    if number is not None:
        version = get_template(number).version
        if "links.confirm" not in version.wording.mjml or (
            version.wording.purpose_kind == "advertising"
        ):
            raise _cannot(
                "confirm_template",
                "Mẫu thư này chưa có liên kết xác nhận, hoặc là thư quảng cáo.",
                "This template has no link to confirm by, or is advertising.",
                Text(
                    vi="Bắt đầu từ mẫu có sẵn «Xác nhận đăng ký».",
                    en="Begin with the starter “Confirm a sign-up”.",
                ),
            )


def ask_mailbox(
    config: Config,
    form: FormView,
    signed: SignedUp,
    *,
    evidence: Mapping[str, Any],
    now: datetime,
) -> None:
    """Owe the mailbox one letter, if it may get one. Call it in the transaction that takes the
    submission in."""
    assert form.wish.confirm is not None
    email = normalise_email(signed.email)
    envelope = read_envelope(signed.email.strip())
    if email is None or envelope is None:
        return
    asking = Asking(
        mark=signed.mark,
        form=form.slug,
        form_name=form.wish.title.in_language(signed.language),
        source_id=form.source_id,
        identifier=f"email:{email}",
        address=envelope.address,
        told=signed.told,
        evidence=evidence,
        language=signed.language,
        account_id=form.wish.confirm.account_id,
        template_id=form.wish.confirm.template_id,
        sent_from=_line_of(signed.sent_from),
    )
    owe_letter(asking, _limits(config), at=now)


def open_confirmation(config: Config, token: str, *, now: datetime) -> Opened | None:
    """What a link of a letter leads to; None for what we did not sign or have forgotten."""
    number = Links(config).read_confirm(token)
    row = None if number is None else find_confirmation(number)
    if row is None:
        return None
    waiting = [
        Waiting(get_purpose(one["purpose"]).name, _read(one), one.get("at_most"),
                one.get("per_days"))
        for one in row.told
    ]  # fmt: skip
    is_over = not row.answer and row.expires_at <= now
    return Opened(row.pk, row.identifier, row.form_name, waiting, row.answer, is_over)


def answer_confirmation(
    config: Config,
    opened: Opened,
    *,
    yes: bool,
    seen: Seen,
    clock: Clock,
    random: Callable[[int], str] = secrets.token_hex,
) -> str:
    """Keep what the mailbox says, and what it says in the end: the first answer stands. "" when
    its time was over.

    Raises:
        UnavailableError: the disk cannot take it; nothing is kept.
    """
    now, row = clock(), find_confirmation(opened.number)
    if row is None or row.answer or row.expires_at <= now:
        return row.answer if row else ""
    said = "yes" if yes else "no"
    told, messages = _words_of(config, row, yes, seen, now)
    stream = f"confirm-{row.pk}-{random(6)}"
    with speaking(config, row.source_id, stream, *messages, at=now) as speak, transaction.atomic():
        fresh = find_confirmation(opened.number, lock=True)
        if fresh is None or not answer(fresh, said, at=now):
            return fresh.answer if fresh else ""
        record(told, now=now)
        speak()
    return said


def _words_of(
    config: Config, row: Confirmation, yes: bool, seen: Seen, now: datetime
) -> tuple[list[Told], list[dict[str, Any]]]:
    """For the ledger and for the log, under one id each, so that both are one word."""
    says: Says = "granted" if yes else "refused"
    asked = {f"asked_{name}": value for name, value in row.evidence.items()}
    form = {"form_id": row.form, "form_name": row.form_name}
    evidence = {**form, **asked, "asked_at": row.asked_at.isoformat(), "confirmation": row.pk,
                **proof_of(config, "confirm", seen)}  # fmt: skip
    kind, _, value = row.identifier.partition(":")
    keys = every_key_of(row.identifier) if yes else [row.identifier]
    told, messages = [], []
    for n, one in enumerate(row.told):
        name = f"confirm-{row.pk}-{'yes' if yes else 'no'}-{n}"
        extra = {"text_digest": one["text_digest"]}
        told.append(
            Told(
                subjects=keys,
                purpose=one["purpose"],
                says=says,
                channels=one["channels"],
                method="link",
                at=now,
                text_version=one["text_version"],
                at_most=one.get("at_most"),
                per_days=one.get("per_days"),
                source_id=row.source_id,
                language=row.language,
                message_id=f"{row.source_id}:{name}",
                evidence={**evidence, **extra},
            )
        )
        event = "Consent Granted" if yes else "Consent Refused"
        about = {kind: value, **one, "method": "link", **evidence}
        messages.append({"messageId": name, "event": event, "properties": about})
    return told, messages


def _read(one: Mapping[str, Any]) -> Text:
    """The words of the version that was read."""
    texts = list_texts(one["purpose"])
    return next(text.words for text in texts if text.version == one["text_version"])


def _limits(config: Config) -> Limits:
    told = config.forms
    return Limits(
        per_address=told.letters_per_address,
        per_origin=told.letters_per_origin,
        per_form=told.letters_per_form,
        valid=timedelta(days=told.confirm_days),
    )


def _line_of(address: str) -> str:
    """What one line is given: an IPv4 address, or a whole /64."""
    try:
        return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
    except ValueError:
        return address


def _cannot(path: str, vi: str, en: str, hint: Text) -> InputError:
    return InputError("forms.cannot_confirm", Text(vi=vi, en=en), path=path, hint=hint)
