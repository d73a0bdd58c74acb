"""What became of a run, in numbers that always add up."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from khachquen.activate.campaigns import channel_words
from khachquen.activate.campaigns.models import Recipient
from khachquen.base import Text
from khachquen.govern.consent.standing import SAYS
from khachquen.govern.consent.suppressing import REASONS as SUPPRESSED

__all__ = ["Tally", "list_recipients", "reason_words", "tally"]

_OPEN = ("waiting", "claimed", "wire")


@dataclass(frozen=True, slots=True)
class Tally:
    """``targeted = sent + skipped + failed + unknown + open``; skipped and failed by reason."""

    sent: int
    skipped: Mapping[str, int]
    failed: Mapping[str, int]
    unknown: int
    open: int

    @property
    def targeted(self) -> int:
        """Everybody the audience held when it was written down."""
        gone = sum(self.skipped.values()) + sum(self.failed.values())
        return self.sent + gone + self.unknown + self.open


def tally(run_id: int) -> Tally:
    """Counted from the rows themselves: there is no second number that could differ."""
    rows = Recipient.objects.filter(run_id=run_id).values_list("state", "reason")
    sums: dict[str, dict[str, int]] = {}
    for state, reason, count in rows.annotate(count=Count("pk")).order_by("state", "reason"):
        sums.setdefault(state, {})[reason] = count
    return Tally(
        sent=sum(sums.get("sent", {}).values()),
        skipped=sums.get("skipped", {}),
        failed=sums.get("failed", {}),
        unknown=sum(sums.get("unknown", {}).values()),
        open=sum(sum(sums.get(state, {}).values()) for state in _OPEN),
    )


_REASONS: Mapping[str, Text] = {
    "gone": Text(vi="Hồ sơ không còn", en="The record is gone"),
    "prefers_other": Text(
        vi="Thích nhận tin qua kênh khác", en="Prefers another channel, as they said"
    ),
    "holdout": Text(vi="Nhóm đối chứng, không gửi", en="Held out, to compare with"),
    "had_it": Text(vi="Đã nhận chiến dịch này rồi", en="Had this campaign already"),
    "cancelled": Text(vi="Lần gửi đã bị hủy", en="The sending was cancelled"),
    "tried_enough": Text(vi="Thử nhiều lần không được", en="Tried often enough"),
    "no_value": Text(
        vi="Chưa có thông tin để điền vào mẫu tin", en="Nothing is known to fill the template with"
    ),
    "bad_value": Text(
        vi="Thông tin không vừa chỗ trống của mẫu tin (quá dài, sai kiểu)",
        en="What is known does not fit the template (too long, of another kind)",
    ),
    "endpoint_gone": Text(vi="Webhook đã bị xóa", en="The webhook was removed"),
    "sender_died": Text(vi="Máy gửi dừng đột ngột", en="The sender died"),
    "line_broke": Text(vi="Mất kết nối trước khi có trả lời", en="The line broke"),
    "broken": Text(vi="Lỗi của chương trình", en="A mistake of ours"),
    "quota": Text(
        vi="Đợi hết hạn mức hôm nay của Zalo", en="Waiting: Zalo's quota of the day is used up"
    ),
    "held": Text(
        vi="Zalo tạm giữ mẫu tin này, đợi gửi tiếp", en="Waiting: Zalo holds this template for now"
    ),
    "quiet_hours": Text(vi="Đợi hết giờ không gửi", en="Waiting for the quiet hours to end"),
    "testing": Text(vi="Đợi kết quả thử", en="Waiting for the test to be decided"),
    "account": Text(vi="Máy chủ gửi chưa nhận", en="Our server would not take it"),
    "too_late": Text(vi="Đợi quá lâu, hãy gửi lại", en="Waited too long: send it again"),
}
"""Why a recipient stands where they stand; what depends on the channel is in ``channel_words``,
and reasons of consent have words of their own."""


def reason_words(reason: str, channel: str) -> Text:
    """The reason for people, as it is said of a channel."""
    if reason in channel_words.REASONS:
        return channel_words.say(reason, channel)
    if reason in _REASONS:
        return _REASONS[reason]
    if reason in SUPPRESSED:
        return SUPPRESSED[reason].name
    return SAYS.get(reason, Text(vi=reason, en=reason))


def list_recipients(
    run_id: int, *, state: str, reason: str = "", after: int = 0, limit: int = 50
) -> list[Recipient]:
    """The people behind a number, in the order they were written down."""
    rows = Recipient.objects.filter(run_id=run_id, pk__gt=after)
    rows = rows.filter(state__in=_OPEN) if state == "open" else rows.filter(state=state)
    if reason:
        rows = rows.filter(reason=reason)
    return list(rows.order_by("pk")[:limit])
