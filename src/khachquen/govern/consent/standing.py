"""The rule: from everything somebody ever said of a purpose to what stands now. Pure.

Law 91/2025/QH15, Articles 9 and 12 (consent is for one purpose, provable, and can be withdrawn);
Decree 91/2020, Article 13 (consent before advertising). Silence is no consent.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from khachquen.base import InputError, Text

Channel = Literal["email", "sms", "zalo", "call", "push", "web", "any"]
Says = Literal["granted", "asked", "refused", "withdrawn"]
State = Literal["granted", "asked", "refused", "withdrawn", "expired", "unknown"]

CHANNELS: Mapping[str, Text] = {
    "email": Text(vi="Email", en="E-mail"),
    "sms": Text(vi="Tin nhắn SMS", en="SMS"),
    "zalo": Text(vi="Zalo", en="Zalo"),
    "call": Text(vi="Gọi điện", en="Phone call"),
    "push": Text(vi="Thông báo đẩy", en="Push notification"),
    "web": Text(vi="Website, ứng dụng", en="Website, app"),
    "any": Text(vi="Mọi kênh", en="Every channel"),
}
SAYS: Mapping[str, Text] = {
    "granted": Text(vi="Đồng ý", en="Agreed"),
    "asked": Text(vi="Chờ xác nhận", en="To be confirmed"),
    "refused": Text(vi="Không đồng ý", en="Refused"),
    "withdrawn": Text(vi="Rút lại sự đồng ý", en="Withdrew consent"),
    "expired": Text(vi="Hết hạn", en="Expired"),
    "unknown": Text(vi="Chưa hỏi", en="Never asked"),
}
METHODS: Mapping[str, Text] = {
    "web_form": Text(vi="Biểu mẫu trên website", en="Form on the website"),
    "app_form": Text(vi="Biểu mẫu trong ứng dụng", en="Form in the app"),
    "paper": Text(vi="Phiếu giấy", en="Paper form"),
    "call": Text(vi="Cuộc gọi có ghi âm", en="Recorded call"),
    "sms": Text(vi="Cú pháp SMS", en="SMS syntax"),
    "email": Text(vi="Trả lời email", en="Reply by e-mail"),
    "chat": Text(vi="Tin nhắn Zalo, Messenger", en="Zalo or Messenger chat"),
    "link": Text(vi="Liên kết trong thư", en="Link in a message"),
    "import": Text(vi="Nhập từ tệp", en="Imported from a file"),
    "api": Text(vi="Hệ thống khác báo qua API", en="Another system, by API"),
    "staff": Text(vi="Nhân viên ghi lại", en="Noted by staff"),
}
"""Forms of consent that can be proved (Decree 356/2025, Article 6)."""
# Of words of one instant the strictest stands; across identifiers of one person a refusal of any of
# them stands, then an agreement, then whatever comes nearest to one.
_STRICTNESS = ("granted", "asked", "refused", "withdrawn")
_ACROSS = ("withdrawn", "refused", "granted", "asked", "expired", "unknown")


@dataclass(frozen=True, slots=True)
class Word:
    """One thing one identifier said: ``seq`` is its place in the ledger."""

    seq: int
    subject: str
    purpose: str
    channel: str
    says: Says
    at: datetime
    expires_at: datetime | None = None
    at_most: int | None = None
    per_days: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for one purpose and channel, and the word that decides; none if nobody asked.

    ``changes_at`` is when it changes by itself: an agreement that was for some time only.
    ``limits`` are (messages, days) as agreed; all of them hold, whichever identifier said them.
    """

    state: State
    word: Word | None = None
    changes_at: datetime | None = None
    limits: tuple[tuple[int, int], ...] = ()

    @property
    def is_granted(self) -> bool:
        return self.state == "granted"

    @property
    def is_refused(self) -> bool:
        return self.state in ("refused", "withdrawn")


def stand(words: Iterable[Word], *, purpose: str, channel: str, now: datetime) -> Standing:
    """What stands of all that the identifiers of one person said, in whatever order it came.

    Of each identifier the newest word stands, a word for every channel being one for this channel
    too. Asking again for a confirmation takes nothing from an agreement that stands. Where the
    identifiers differ the stricter side holds.

    >>> from datetime import UTC
    >>> yes = Word(1, "email:hoa@example.vn", "ads", "email", "granted", datetime(2026, 1, 1, tzinfo=UTC))
    >>> no = Word(2, "user:KH7", "ads", "any", "withdrawn", datetime(2025, 1, 1, tzinfo=UTC))
    >>> now = datetime(2026, 2, 1, tzinfo=UTC)
    >>> stand([yes], purpose="ads", channel="email", now=now).state
    'granted'
    >>> stand([yes, no], purpose="ads", channel="email", now=now).state
    'withdrawn'
    """  # noqa: E501
    said: dict[str, list[Word]] = defaultdict(list)
    for word in words:
        if word.purpose == purpose and word.channel in (channel, "any"):
            said[word.subject].append(word)
    found = [_of_one(told, now) for told in said.values()]
    if not found:
        return Standing("unknown")
    return replace(min(found, key=_across), limits=_limits(found))


def demand_known(path: str, given: str, known: Collection[str]) -> None:
    """Refuse a word nobody knows here.

    Raises:
        InputError: with the words there are (code ``consent.unknown_word``).
    """
    if given not in known:
        right = ", ".join(known)
        raise InputError(
            "consent.unknown_word",
            Text(vi=f"Không hiểu {given[:40]!r}.", en=f"{given[:40]!r} is not known here."),
            path=path,
            hint=Text(vi=f"Có thể dùng: {right}.", en=f"Use one of: {right}."),
        )


def _of_one(words: Iterable[Word], now: datetime) -> Standing:
    standing = Standing("unknown")
    for word in sorted(words, key=lambda one: (one.at, _STRICTNESS.index(one.says), one.seq)):
        if word.says == "asked" and standing.is_granted:
            continue
        standing = _of_word(word, now)
    return standing


def _of_word(word: Word, now: datetime) -> Standing:
    if word.says == "granted" and word.expires_at is not None:
        if word.expires_at <= now:
            return Standing("expired", word)
        return Standing("granted", word, word.expires_at)
    return Standing(word.says, word)


def _limits(found: Iterable[Standing]) -> tuple[tuple[int, int], ...]:
    granted = [one.word for one in found if one.is_granted and one.word]
    agreed = {(one.at_most, one.per_days or 1) for one in granted if one.at_most is not None}
    return tuple(sorted(agreed))


def _across(standing: Standing) -> tuple[int, float, int]:
    """The stricter first; of equals the newest, then the last in the ledger."""
    word = standing.word
    assert word is not None
    return (_ACROSS.index(standing.state), -word.at.timestamp(), -word.seq)
