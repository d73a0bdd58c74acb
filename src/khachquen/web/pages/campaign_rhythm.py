"""When a campaign goes: the form of its step, and the rhythm that was chosen in it."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from khachquen.web.forms import WordsForm

__all__ = ["ScheduleForm", "rhythm_of"]
_WEEK = [
    (1, _("Thứ Hai")),
    (2, _("Thứ Ba")),
    (3, _("Thứ Tư")),
    (4, _("Thứ Năm")),
    (5, _("Thứ Sáu")),
    (6, _("Thứ Bảy")),
    (7, _("Chủ nhật")),
]


class ScheduleForm(WordsForm):
    """When it goes: once, or again and again by the shop's clock."""

    when = forms.ChoiceField(
        label=_("Gửi"),
        choices=[("once", _("Một lần")), ("repeat", _("Lặp lại, tự gửi"))],
        initial="once",
        widget=forms.RadioSelect,
    )
    start_at = forms.DateTimeField(
        label=_("Dự định gửi lúc"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Hiện trên lịch. Chỉ gửi khi bạn bấm gửi ở bước xem lại."),
    )
    every = forms.ChoiceField(
        label=_("Lặp lại"),
        required=False,
        choices=[("day", _("Mỗi ngày")), ("week", _("Mỗi tuần")), ("month", _("Mỗi tháng"))],
        initial="week",
    )
    weekday = forms.TypedChoiceField(
        label=_("Thứ mấy, nếu mỗi tuần"), required=False, coerce=int, choices=_WEEK, initial=1
    )
    month_day = forms.IntegerField(
        label=_("Ngày mấy, nếu mỗi tháng"),
        required=False,
        min_value=1,
        max_value=31,
        initial=1,
        help_text=_("Tháng ngắn hơn thì gửi ngày cuối tháng."),
    )
    at_time = forms.TimeField(
        label=_("Lúc mấy giờ"),
        required=False,
        initial=time(9),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Theo giờ của cửa hàng."),
    )
    from_day = forms.DateField(
        label=_("Từ ngày"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until_day = forms.DateField(
        label=_("Đến hết ngày"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    again = forms.ChoiceField(
        label=_("Ai đã nhận rồi"),
        required=False,
        choices=[
            ("never", _("không nhận lại nữa")),
            ("after", _("nhận lại sau một số ngày")),
            ("always", _("lần nào cũng nhận")),
        ],
        initial="never",
        widget=forms.RadioSelect,
    )
    again_days = forms.IntegerField(
        label=_("Sau bao nhiêu ngày"), required=False, min_value=1, max_value=3650
    )
    is_paused = forms.BooleanField(label=_("Tạm dừng, chưa tự gửi"), required=False)

    def clean(self) -> dict[str, Any]:
        """A rhythm needs its hour, and its number of days where it speaks of some."""
        told = super().clean() or {}
        if told.get("when") == "repeat":
            if told.get("at_time") is None:
                self.add_error("at_time", _("Chọn giờ gửi."))
            if told.get("again") == "after" and not told.get("again_days"):
                self.add_error("again_days", _("Ghi số ngày."))
        return told


def rhythm_of(told: dict[str, Any], today: date) -> dict[str, Any]:
    """What was chosen, as ``repeating`` keeps it."""
    every = told["every"] or "week"
    days = {"week": told["weekday"] or 1, "month": told["month_day"] or 1}
    again = {"always": None, "after": told["again_days"]}.get(told["again"], 0)
    return {
        "every": every,
        "day": days.get(every, 1),
        "at_time": told["at_time"],
        "from_day": told["from_day"] or today,
        "until_day": told["until_day"],
        "again_days": again,
        "is_paused": told["is_paused"],
    }
