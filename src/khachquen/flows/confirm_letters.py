"""Letters that ask a mailbox to confirm a sign-up, on their way (``flows.aside``).

Looked over a moment before they leave: whoever is to be left alone is not asked either, and whoever
agreed meanwhile need not be. No word of the form's answers is in them (``flows.confirming``).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from khachquen.activate.campaigns.accounts import get_account, left_today
from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.campaigns.locking import derived_key
from khachquen.activate.campaigns.making import Account
from khachquen.activate.channels.email import Connection, Login, read_envelope
from khachquen.activate.confirmations import (
    Confirmation,
    claim_letters,
    exchange_letters,
    forget_expired,
    recover_letters,
)
from khachquen.activate.confirmations.counting import count_letters_since
from khachquen.activate.content.identity import read_identity
from khachquen.activate.content.reading import get_template
from khachquen.activate.returned.boxes import bounce_addresses
from khachquen.activate.returned.envelopes import envelope_sender
from khachquen.base import Clock, Config, Text
from khachquen.flows.aside import Aside
from khachquen.flows.choosing import every_key_of
from khachquen.flows.posting import Written
from khachquen.flows.saying import frame_of, say_as
from khachquen.flows.writing import Personal, write_one
from khachquen.govern import get_shop
from khachquen.govern.consent import Addressee, may_send
from khachquen.govern.consent.links import Links
from khachquen.govern.consent.suppressing import REASONS, list_suppressed

ENVELOPES = "confirm envelopes"
"""The use of the key of their envelope senders: another than recipients', so that the number of a
sign-up is never taken for that of a recipient."""
_SWEEP = timedelta(minutes=1)
_SUBJECT = Text(
    vi="Xác nhận đăng ký nhận tin từ {shop}", en="Confirm that you want to hear from {shop}"
)
_WORDS = Text(
    vi="Chào quý khách,\n\n"
    "Địa chỉ này vừa được điền vào biểu mẫu “{form}” của {shop}. Nếu đúng là quý khách, hãy mở "
    "trang dưới đây và bấm Xác nhận.\n\n{link}\n\n"
    "Liên kết dùng được đến hết ngày {until}. Nếu không phải quý khách, cứ bỏ qua thư này: "
    "chúng tôi không gửi thêm thư nào nữa.\n\n{sender}",
    en="Hello,\n\n"
    "This address was just entered into the form “{form}” of {shop}. If it was you, open the page "
    "below and press Confirm.\n\n{link}\n\n"
    "The link works until the end of {until}. If it was not you, do nothing: we will not write "
    "again.\n\n{sender}",
)
_PRESS = Text(vi="Mở trang xác nhận", en="Open the page to confirm")


class _Mailboxes:
    """The desk of these letters."""

    def __init__(self, config: Config):
        self._links = Links(config)
        self._zone = config.shop.timezone
        self._swept_at: datetime | None = None
        self._envelope_key = derived_key(ENVELOPES)
        self._back: dict[int, str] = {}

    def claim(self, owner: str, now: datetime) -> list[tuple[Confirmation, Account]]:
        if self._swept_at is None or not self._swept_at <= now < self._swept_at + _SWEEP:
            self._swept_at = now
            forget_expired(now=now)
        if not self._links.are_open:
            return []
        rows = claim_letters(owner=owner, room_of=_room_at(now), why_not=_why_not_at(now), now=now)
        self._back = bounce_addresses([row.account_id for row in rows]) if rows else {}
        return [(row, get_account(row.account_id)) for row in rows]

    def exchange(
        self, ended: Sequence[Ended], marked: Collection[int], owner: str, now: datetime
    ) -> set[int]:
        return exchange_letters(ended, marked, owner=owner, now=now)

    def recover(self, now: datetime, dead: str) -> None:
        recover_letters(now=now, dead=dead)

    def number_of(self, row: Confirmation) -> int:
        return row.pk

    def write(self, row: Confirmation, account: Account, now: datetime) -> Written | Ended:
        envelope = read_envelope(row.address)
        said = self._said(row, account, now)
        if envelope is None or isinstance(said, str):
            return Ended(row.pk, "failed", "not_written", said if isinstance(said, str) else "")
        letter = Personal(
            recipient_id=row.pk,
            key=f"xac-nhan-{row.pk}-{int(row.asked_at.timestamp())}",
            to=envelope.address,
            said=said,
        )
        frame = replace(frame_of(account), is_automatic=True)
        back = self._back.get(account.pk, "")
        sender = envelope_sender(back, row.pk, self._envelope_key, at=now)
        return Written(row.pk, 0, row.attempt, envelope, write_one(frame, letter, now), sender)

    def _said(
        self, row: Confirmation, account: Account, now: datetime
    ) -> tuple[str, str, str] | str:
        link = self._links.confirm_url(row.pk) + ("?lang=en" if row.language == "en" else "")
        if row.template_id is None:
            return self._ready_words(row, account.from_name, link)
        version_id = get_template(row.template_id).version.id
        made = say_as(version_id, "nameless", {"confirm": link}, now=now)
        if made is None or made.problems:
            return made.problems[0].code if made else "gone"
        return made.subject, made.html, made.text

    def _ready_words(self, row: Confirmation, sender: str, link: str) -> tuple[str, str, str]:
        identity, shop = read_identity(), get_shop()
        zone = ZoneInfo(shop.timezone if shop else self._zone)
        by = identity.name or identity.sender or sender
        told = {
            "shop": by,
            "form": row.form_name,
            "until": f"{row.expires_at.astimezone(zone):%d/%m/%Y}",
            "sender": "\n".join(one for one in (identity.sender or by, identity.address) if one),
        }
        words = _WORDS.in_language(row.language)
        button = f'<a href="{escape(link)}">{_PRESS.in_language(row.language)}</a>'
        safe = {name: escape(value) for name, value in told.items()}
        parts = words.format(link=button, **safe).split("\n\n")
        html = "".join(f"<p>{one.replace(chr(10), '<br>')}</p>" for one in parts)
        subject = _SUBJECT.in_language(row.language).format(shop=told["shop"])
        return subject, html, words.format(link=link, **told) + "\n"


class ConfirmLetters(Aside[Confirmation]):
    """The one who sends them."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        owner: str,
        connect: Callable[[Login], Connection] | None = None,
    ):
        super().__init__(_Mailboxes(config), config, clock, owner=owner, connect=connect)


def _room_at(now: datetime) -> Callable[[Collection[int]], dict[int, int]]:
    """What is left of each account's day, what a broadcast must leave too: somebody waits."""

    def room_of(wanted: Collection[int]) -> dict[int, int]:
        found = [get_account(one) for one in sorted(wanted)]
        return {
            one.pk: left_today(one, now, beside=count_letters_since)
            for one in found
            if not one.is_paused
        }

    return room_of


def _why_not_at(now: datetime) -> Callable[[Sequence[Confirmation]], dict[int, str]]:
    def why_not(rows: Sequence[Confirmation]) -> dict[int, str]:
        return {row.pk: why for row in rows if (why := _why_not(row, now))}

    return why_not


def _why_not(row: Confirmation, now: datetime) -> str:
    """Whoever is to be left alone is not asked either (Article 7 says so of the register); whoever
    agreed already need not be."""
    keys = every_key_of(row.identifier)
    for one in list_suppressed(keys):
        is_theirs = one.key == row.identifier or REASONS[one.reason].is_of_person
        if is_theirs and one.channel in ("email", "any"):
            return one.reason
    to = Addressee(row.identifier, keys)
    answers = [may_send(one["purpose"], "email", to, now=now) for one in row.told]
    return "agreed_before" if all(one.may for one in answers) else ""
