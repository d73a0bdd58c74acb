"""Why a campaign is made, what it should bring, what it may cost, and when it stands in the
calendar. Nothing is sent, held back or refused by any of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import combinations
from typing import Any

from django.db import transaction

from khachquen.activate.campaigns.making import get_campaign
from khachquen.activate.campaigns.models import Campaign, Plan, Repeat, Run
from khachquen.activate.campaigns.repeating import moments, rhythm_of
from khachquen.activate.campaigns.running import OPEN
from khachquen.base import ConflictError, InputError, Text
from khachquen.govern import record_audit
from khachquen.unify.catalogue import read_products

__all__ = [
    "GOALS",
    "Entry",
    "archive",
    "copy_campaign",
    "entries",
    "find_plan",
    "list_conflicts",
    "list_meetings",
    "list_unsaid",
    "planned_cost",
    "save_plan",
]

GOALS: Mapping[str, Text] = {
    "orders": Text(vi="Số đơn hàng", en="Orders"),
    "revenue": Text(vi="Doanh thu (đồng)", en="Revenue"),
    "buyers": Text(vi="Số khách mua", en="Customers who buy"),
    "clicks": Text(vi="Số khách bấm liên kết", en="Customers who click"),
    "visits": Text(vi="Số khách ghé website", en="Customers who visit"),
    "sign_ups": Text(vi="Số lượt đăng ký nhận tin", en="Sign-ups"),
}
_TOLD = ("start_at", "goal", "goal_number", "goal_by", "budget", "cost_each")
_WORDS = ("brief", "market", "rivals", "products")
_MOST_AHEAD = 400
_COPIED = (
    *("channel", "lane", "purpose", "segment_id", "account", "version_id"),
    *(
        "subject",
        "html",
        "text",
        "holdout_percent",
        "heeds_channel",
        "experiment",
        "tracks",
        "adds_utm",
        "is_triggered",
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One sending in the calendar. ``state`` is a run's, ``ahead`` (of a recurring campaign) or
    ``meant`` (a time was chosen, nothing is begun)."""

    campaign: Campaign
    at: datetime
    state: str
    run: Run | None = None

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "cancelled")


def find_plan(campaign_id: int) -> Plan:
    """The plan of a campaign; an empty one where none was made."""
    return Plan.objects.filter(campaign_id=campaign_id).first() or Plan(campaign_id=campaign_id)


def save_plan(campaign_id: int, told: Mapping[str, Any], *, by: str, at: datetime) -> Plan:
    """Keep what was told of it; ``told`` names columns of ``Plan``.

    Raises:
        InputError: a goal nobody knows or without its number, money below nothing, or a product
            the shop does not have (``campaigns.plan_*``).
    """
    with transaction.atomic():
        campaign = get_campaign(campaign_id)
        plan = find_plan(campaign.pk)
        for name in (*_TOLD, *_WORDS):
            if name in told:
                setattr(plan, name, told[name])
        plan.products = _read_products(plan.products)
        _check(plan)
        plan.save()
        record_audit(actor=by, action="campaign.plan", subject=f"campaign:{campaign_id}", at=at)
    return plan


def list_unsaid(campaign: Campaign, plan: Plan) -> list[Text]:
    """What a plan should rest on and says nothing of: customers, products, market, rivals."""
    asked = (
        (campaign.segment_id, Text(vi="khách nào", en="which customers")),
        (plan.products, Text(vi="sản phẩm nào", en="which products")),
        (plan.market.strip(), Text(vi="thị trường ra sao", en="what the market is like")),
        (plan.rivals.strip(), Text(vi="đối thủ đang làm gì", en="what rivals do")),
    )
    return [words for is_there, words in asked if not is_there]


def planned_cost(plan: Plan, letters: int) -> int | None:
    """What so many letters would cost; None where nobody said what one costs."""
    return None if plan.cost_each is None else plan.cost_each * letters


def copy_campaign(campaign_id: int, *, by: str, at: datetime) -> Campaign:
    """The same once more, as a draft of its own: without approval, rhythm, times or sendings."""
    with transaction.atomic():
        source = get_campaign(campaign_id)
        made = Campaign.objects.create(
            name=_copy_name(source.name),
            created_at=at,
            created_by=by[:200],
            changed_at=at,
            **{name: getattr(source, name) for name in _COPIED},
        )
        if plan := Plan.objects.filter(campaign=source).first():
            kept = {name: getattr(plan, name) for name in (*_TOLD, *_WORDS)}
            Plan.objects.create(campaign=made, **kept | {"start_at": None, "goal_by": None})
        subject, detail = f"campaign:{made.pk}", {"of": campaign_id}
        record_audit(actor=by, action="campaign.copy", subject=subject, at=at, detail=detail)
    return made


def archive(campaign_id: int, is_archived: bool, *, by: str, at: datetime) -> None:
    """Put a campaign away, or bring it back. Its numbers stay; it repeats no more meanwhile.

    Raises:
        ConflictError: it is on its way (``campaigns.is_running``).
    """
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=get_campaign(campaign_id).pk)
        if is_archived and campaign.runs.filter(state__in=OPEN).exists():
            raise ConflictError(
                "campaigns.is_running",
                Text(vi="Chiến dịch này đang được gửi.", en="This campaign is being sent already."),
                hint=Text(vi="Đợi gửi xong hoặc hủy.", en="Wait for its end, or cancel it."),
            )
        campaign.archived_at = at if is_archived else None
        campaign.save(update_fields=["archived_at"])
        Repeat.objects.filter(campaign=campaign).update(is_paused=True, next_at=None)
        action = "campaign.archive" if is_archived else "campaign.unarchive"
        record_audit(actor=by, action=action, subject=f"campaign:{campaign_id}", at=at)


def entries(first: date, last: date, *, zone: tzinfo, now: datetime) -> list[Entry]:
    """Everything between two days of the shop's, both included, in the order of time."""
    since = datetime.combine(first, time(0), zone)
    until = datetime.combine(last + timedelta(days=1), time(0), zone)
    runs = Run.objects.filter(start_at__gte=since, start_at__lt=until).select_related("campaign")
    found = [Entry(run.campaign, run.start_at, run.state, run) for run in runs]
    begun = {entry.campaign.pk for entry in found if not entry.is_over}
    drafts = Plan.objects.filter(start_at__gte=max(since, now), start_at__lt=until)
    for plan in drafts.filter(campaign__archived_at=None).select_related("campaign"):
        if plan.start_at is not None and plan.campaign_id not in begun:
            found.append(Entry(plan.campaign, plan.start_at, "meant"))
    repeats = Repeat.objects.filter(next_at__isnull=False, is_paused=False)
    for row in repeats.select_related("campaign"):
        found += _ahead(row, max(since, now), until, zone)
    return sorted(found, key=lambda entry: (entry.at, entry.campaign.pk))


def list_conflicts(found: Sequence[Entry], *, zone: tzinfo) -> set[tuple[date, int]]:
    """(day, segment) of those that would be written to more than once that day."""
    counted = Counter(
        (entry.at.astimezone(zone).date(), entry.campaign.segment_id)
        for entry in found
        if entry.state != "cancelled" and entry.campaign.segment_id is not None
    )
    return {(day, segment) for (day, segment), count in counted.items() if segment and count > 1}


def list_meetings(found: Sequence[Entry], *, zone: tzinfo) -> list[tuple[date, int, int]]:
    """(day, segment, other segment) of those written to on the same day, in the order of days: the
    same people may be in both."""
    of_day: dict[date, set[int]] = {}
    for entry in found:
        if entry.state != "cancelled" and entry.campaign.segment_id is not None:
            day = entry.at.astimezone(zone).date()
            of_day.setdefault(day, set()).add(entry.campaign.segment_id)
    pairs = ((day, combinations(sorted(them), 2)) for day, them in sorted(of_day.items()))
    return [(day, one, other) for day, both in pairs for one, other in both]


def _ahead(row: Repeat, since: datetime, until: datetime, zone: tzinfo) -> list[Entry]:
    found: list[Entry] = []
    for _, at in moments(rhythm_of(row), zone, after=since.astimezone(UTC)):
        if at >= until or len(found) >= _MOST_AHEAD:
            break
        found.append(Entry(row.campaign, at, "ahead"))
    return found


def _copy_name(name: str) -> str:
    return f"{name[:180]} (bản sao)"


def _read_products(told: str) -> str:
    codes = list(dict.fromkeys(code.strip() for code in told.split(",") if code.strip()))
    known = read_products(codes)
    if unknown := [code for code in codes if code not in known]:
        raise InputError(
            "campaigns.plan_products",
            Text(
                vi=f"Không có sản phẩm mã {unknown[0][:60]!r}.",
                en=f"There is no product {unknown[0][:60]!r}.",
            ),
            path="products",
            hint=Text(vi="Ghi mã, cách nhau bằng dấu phẩy.", en="Give codes, by comma."),
        )
    return ", ".join(codes)


def _check(plan: Plan) -> None:
    if plan.goal and plan.goal not in GOALS:
        right = ", ".join(GOALS)
        raise _wrong(
            "goal", "Không có mục tiêu này.", "There is no such goal.", f"Một trong: {right}."
        )
    if bool(plan.goal) != (plan.goal_number is not None):
        raise _wrong(
            "goal_number" if plan.goal else "goal",
            "Mục tiêu cần cả điều muốn đo và con số.",
            "A goal needs both what is measured and a number.",
        )
    for name in ("goal_number", "budget", "cost_each"):
        if (getattr(plan, name) or 0) < 0:
            raise _wrong(name, "Số này không thể âm.", "This cannot be below nothing.")


def _wrong(path: str, vi: str, en: str, hint: str = "") -> InputError:
    words = Text(vi=hint, en=hint.replace("Một trong", "One of")) if hint else None
    return InputError("campaigns.plan_goal", Text(vi=vi, en=en), path=path, hint=words)
