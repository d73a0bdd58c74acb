"""Campaigns that go again by themselves: every day, week or month at a time of the shop's clock.

An occurrence is a day, and a run of it is a row that is unique: whoever dies between making it and
working out the next, or works it out twice, makes no second one. While the program was down at
most the last occurrence is made up for, and only within some hours; nobody wants last week's
morning letters all at once.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction

from khachquen.activate.campaigns import approving, running
from khachquen.activate.campaigns.models import Campaign, Repeat, Run
from khachquen.base import InputError, KhachQuenError, Text
from khachquen.govern import record_audit

__all__ = [
    "Rhythm",
    "begin_due",
    "days_of",
    "moments",
    "repeat_of",
    "rhythm_of",
    "save_repeat",
    "stop_repeat",
]

_DAY = timedelta(days=1)
_MOST_DAYS = 366 * 3
_TOLD = ("every", "day", "at_time", "from_day", "until_day", "again_days", "is_paused")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When it goes: see ``Repeat``."""

    every: str
    day: int
    at_time: time
    from_day: date
    until_day: date | None = None


def days_of(rhythm: Rhythm, first: date) -> Iterator[date]:
    """Its days from one on, without end unless it has one; of a short month the last.

    >>> month = Rhythm("month", 31, time(9), date(2026, 1, 1))
    >>> [str(day) for day in islice(days_of(month, date(2026, 1, 31)), 3)]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    """
    day = max(first, rhythm.from_day)
    for _ in range(_MOST_DAYS):
        if rhythm.until_day is not None and day > rhythm.until_day:
            return
        if _is_on(rhythm, day):
            yield day
        if day == date.max:
            return
        day += _DAY


def moments(rhythm: Rhythm, zone: tzinfo, *, after: datetime) -> Iterator[tuple[date, datetime]]:
    """Its days and moments after one. A time the clock leaps over in spring is an hour later that
    day; one it shows twice in autumn is the first of the two."""
    for day in days_of(rhythm, after.astimezone(zone).date()):
        at = datetime.combine(day, rhythm.at_time, zone).astimezone(UTC)
        if at > after:
            yield day, at


def repeat_of(campaign_id: int) -> Repeat | None:
    """How a campaign repeats, when it does."""
    return Repeat.objects.filter(campaign_id=campaign_id).first()


def save_repeat(
    campaign_id: int, told: Mapping[str, Any], *, zone: tzinfo, by: str, at: datetime
) -> Repeat:
    """Have a campaign go again and again from now on; ``told`` names columns of ``Repeat``.

    Raises:
        InputError: no such rhythm, or an end before its beginning (``campaigns.repeat_*``).
    """
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        row = repeat_of(campaign_id) or Repeat(campaign=campaign)
        for name in _TOLD:
            if name in told:
                setattr(row, name, told[name])
        _check(row)
        row.by, row.trouble = by[:200], {}
        row.next_at = None if row.is_paused else _next(row, zone, at)
        row.save()
        record_audit(
            actor=by,
            action="campaign.repeat",
            subject=f"campaign:{campaign_id}",
            at=at,
            detail={name: str(getattr(row, name)) for name in _TOLD},
        )
        approving.withdraw_if_changed(campaign, by=by, at=at)
    return row


def stop_repeat(campaign_id: int, *, by: str, at: datetime) -> None:
    """It goes only when somebody begins it."""
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        if Repeat.objects.filter(campaign=campaign).delete()[0]:
            subject = f"campaign:{campaign_id}"
            record_audit(actor=by, action="campaign.repeat_stop", subject=subject, at=at)
            approving.withdraw_if_changed(campaign, by=by, at=at)


def begin_due(now: datetime, *, zone: tzinfo, late: timedelta, links_open: bool) -> list[Run]:
    """Begin the campaigns whose moment has come, each once for each of its days.

    Of several days missed only the last is made up for, and not when it is later than ``late``;
    what did not go, and why, is kept to be shown. What is paused or put away does not go.
    """
    due = Repeat.objects.filter(next_at__lte=now, is_paused=False, campaign__archived_at=None)
    begun = [_begin(row, now, zone, late, links_open) for row in due.order_by("next_at", "pk")]
    return [run for run in begun if run is not None]


def _begin(
    row: Repeat, now: datetime, zone: tzinfo, late: timedelta, links_open: bool
) -> Run | None:
    assert row.next_at is not None
    due = row.next_at
    # A day further back, for the shop may have moved to another zone since the moment was noted.
    passed = list(_passed(row, zone, due - _DAY, now))
    run, trouble = None, None
    if passed:
        day, at = passed[-1]
        if now - at > late:
            trouble = Text(vi="chương trình không chạy lúc đó.", en="the program was down then.")
        elif not _has_run(row, day):
            run, trouble = _try(row, day, at, now, links_open)
        missed = sum(at >= due for _, at in passed) - 1
        if trouble is None and missed > 0:
            trouble = _missed_before(missed)
        trouble = trouble and _on(day, trouble)
    _note(row, trouble, _next(row, zone, now), now)
    return run


def _passed(
    row: Repeat, zone: tzinfo, after: datetime, now: datetime
) -> Iterator[tuple[date, datetime]]:
    for day, at in moments(rhythm_of(row), zone, after=after):
        if at > now:
            return
        yield day, at


def _try(
    row: Repeat, day: date, at: datetime, now: datetime, links_open: bool
) -> tuple[Run | None, Text | None]:
    try:
        run = running.begin(
            row.campaign_id,
            start_at=at,
            links_open=links_open,
            by=row.by,
            at=now,
            occurrence=day,
        )
    except IntegrityError:  # another has begun it meanwhile
        return None, None
    except KhachQuenError as error:
        return None, Text(vi=error.in_language("vi"), en=error.in_language("en"))
    return run, None


def _note(row: Repeat, trouble: Text | None, next_at: datetime | None, now: datetime) -> None:
    """Written after the run: dying before it, the same moment is found due again, and its run."""
    words = {"vi": trouble.vi[:500], "en": trouble.en[:500]} if trouble else {}
    with transaction.atomic():
        mine = Repeat.objects.filter(pk=row.pk, next_at=row.next_at)
        if mine.update(next_at=next_at, trouble=words) and trouble:
            subject, detail = f"campaign:{row.campaign_id}", {"why": words["en"]}
            record_audit(actor="", action="campaign.missed", subject=subject, at=now, detail=detail)


def _next(row: Repeat, zone: tzinfo, now: datetime) -> datetime | None:
    """The first moment after now whose day has no run yet: moving the hour makes no second one."""
    upcoming = moments(rhythm_of(row), zone, after=now)
    return next((at for day, at in islice(upcoming, 3) if not _has_run(row, day)), None)


def _has_run(row: Repeat, day: date) -> bool:
    return Run.objects.filter(campaign_id=row.campaign_id, occurrence=day).exists()


def rhythm_of(row: Repeat) -> Rhythm:
    """When it goes."""
    return Rhythm(row.every, row.day, row.at_time, row.from_day, row.until_day)


def _is_on(rhythm: Rhythm, day: date) -> bool:
    if rhythm.every == "week":
        return day.isoweekday() == rhythm.day
    if rhythm.every == "month":
        return day.day == min(rhythm.day, monthrange(day.year, day.month)[1])
    return True


def _check(row: Repeat) -> None:
    most = {"day": 31, "week": 7, "month": 31}.get(row.every)
    if most is None or not 1 <= row.day <= most:
        raise InputError(
            "campaigns.repeat_day",
            Text(vi="Không có ngày này.", en="There is no such day."),
            path="day",
            hint=Text(
                vi="Mỗi tuần: 1 (thứ Hai) tới 7 (Chủ nhật). Mỗi tháng: 1 tới 31.",
                en="Of a week 1 (Monday) to 7 (Sunday), of a month 1 to 31.",
            ),
        )
    if row.until_day is not None and row.until_day < row.from_day:
        raise InputError(
            "campaigns.repeat_end",
            Text(vi="Ngày kết thúc trước ngày bắt đầu.", en="It ends before it begins."),
            path="until_day",
        )
    if row.again_days is not None and not 0 <= row.again_days <= 3650:
        raise InputError(
            "campaigns.repeat_again",
            Text(vi="Số ngày từ 0 đến 3650.", en="Between 0 and 3650 days."),
            path="again_days",
        )


def _on(day: date, words: Text) -> Text:
    return Text(
        vi=f"Ngày {day:%d/%m/%Y}: {words.vi}",
        en=f"{day:%d/%m/%Y}: {words.en}",
    )


def _missed_before(count: int) -> Text:
    return Text(
        vi=f"đã gửi; {count} lần trước đó chương trình không chạy nên bỏ qua.",
        en=f"sent; {count} before it were left out, the program being down.",
    )
