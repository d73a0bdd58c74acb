"""Campaigns: made, looked over, started and stopped by programs. Starting needs a scope of its own,
for what was sent cannot be taken back."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from khachquen.activate.campaigns import counting, running
from khachquen.activate.campaigns.making import (
    Campaign,
    add_campaign,
    change_campaign,
    get_campaign,
    list_campaigns,
)
from khachquen.activate.campaigns.trying_out import Wish, ask_try_outs
from khachquen.activate.webhooks import campaigning
from khachquen.api.campaign_asked import only_text, text_told_of, told_of
from khachquen.api.campaign_shapes import (
    CampaignAsked,
    CampaignList,
    CampaignsAsked,
    CampaignShape,
    CountsShape,
    NewCampaignAsked,
    RecipientList,
    RecipientsAsked,
    RecipientShape,
    RehearsalShape,
    RunShape,
    StartAsked,
    TestAnswer,
    TestAsked,
)
from khachquen.api.language import language_of
from khachquen.api.paging import read_page
from khachquen.base import ConflictError, ForbiddenError, InputError, Text, system_clock
from khachquen.flows.rehearsing import rehearse_campaign
from khachquen.govern import User
from khachquen.govern.tokens import demand_scope

router = Router(tags=["campaigns"])
_PATH = "/campaigns/{campaign_id}"
SEND = "campaigns:send"


@router.get(
    "/campaigns", response=CampaignList, operation_id="list_campaigns", summary="Every campaign"
)
def read_all(request: HttpRequest, asked: Query[CampaignsAsked]) -> CampaignList:
    """The newest first, each with its latest sending."""
    shown, following = read_page(
        asked,
        lambda before, limit: list_campaigns(limit=limit, before=before),
        number_of=lambda one: one.pk,
    )
    items = [_shape(request, one, is_whole=False) for one in shown]
    return CampaignList(items=items, next_cursor=following)


@router.post(
    "/campaigns",
    response=CampaignShape,
    operation_id="create_campaign",
    summary="Make a campaign",
)
def create(request: HttpRequest, asked: NewCampaignAsked) -> CampaignShape:
    """Nothing is sent yet: `missing` says what is still to do."""
    by = writer_of(request)
    told = told_of(asked, channel=asked.channel, is_triggered=asked.is_triggered)
    if asked.channel == "sms":
        told |= text_told_of(asked, is_triggered=asked.is_triggered)
    made = add_campaign(
        {"channel": asked.channel, **told, "is_triggered": asked.is_triggered}, **by._asdict()
    )
    return _shape(request, get_campaign(made.pk))


@router.get(_PATH, response=CampaignShape, operation_id="read_campaign", summary="One campaign")
def read(request: HttpRequest, campaign_id: int) -> CampaignShape:
    """What it says to whom, what is missing, and the numbers of its latest sending."""
    return _shape(request, get_campaign(campaign_id))


@router.put(
    _PATH, response=CampaignShape, operation_id="update_campaign", summary="Change a campaign"
)
def update(request: HttpRequest, campaign_id: int, asked: CampaignAsked) -> CampaignShape:
    """What is on its way already stays as it was; whether programs trigger it never changes."""
    by = writer_of(request)
    was = get_campaign(campaign_id)
    told = told_of(asked, channel=was.channel, is_triggered=was.is_triggered)
    if was.channel == "sms":
        told |= {"account": was.account} | only_text(asked)
    change_campaign(campaign_id, told, **by._asdict())
    return read(request, campaign_id)


@router.get(
    _PATH + "/rehearsal",
    response=RehearsalShape,
    operation_id="rehearse_campaign",
    summary="Who would get it now",
)
def rehearse(request: HttpRequest, campaign_id: int) -> RehearsalShape:
    """Counted by every guard a letter passes; nothing is reserved, and it is asked again later."""
    found = rehearse_campaign(settings.CONFIG, get_campaign(campaign_id), now=system_clock())
    counts = {reason: count for reason, count in found.counts.items() if count}
    return RehearsalShape(looked_at=found.looked_at, is_everybody=found.is_everybody, counts=counts)


@router.post(
    _PATH + "/start",
    response=CampaignShape,
    operation_id="start_campaign",
    summary="Send it, now or later",
)
def start(request: HttpRequest, campaign_id: int, asked: StartAsked) -> CampaignShape:
    """Needs `campaigns:send`. What it says is copied, so later changes reach nobody."""
    by = sender_of(request)
    wanted = asked.start_at
    if wanted is not None and wanted.tzinfo is None:
        raise InputError(
            "campaigns.no_time_zone",
            Text(vi="Thời điểm thiếu múi giờ.", en="The time has no time zone."),
            path="body.start_at",
            hint=Text(vi="Ví dụ 2026-12-24T08:00:00+07:00.", en="As 2026-12-24T08:00:00+07:00."),
        )
    running.begin(
        campaign_id,
        start_at=max(wanted, by.at) if wanted else by.at,
        links_open=bool(settings.CONFIG.server.base_url),
        **by._asdict(),
    )
    return read(request, campaign_id)


@router.post(
    _PATH + "/pause", response=CampaignShape, operation_id="pause_campaign", summary="Stop for now"
)
def pause(request: HttpRequest, campaign_id: int) -> CampaignShape:
    """At once: what is on the wire goes, and nothing after it."""
    return _change(request, campaign_id, "pause", writer_of(request))


@router.post(
    _PATH + "/resume", response=CampaignShape, operation_id="resume_campaign", summary="Go on"
)
def resume(request: HttpRequest, campaign_id: int) -> CampaignShape:
    """Needs `campaigns:send`."""
    return _change(request, campaign_id, "resume", sender_of(request))


@router.post(
    _PATH + "/cancel", response=CampaignShape, operation_id="cancel_campaign", summary="Cancel it"
)
def cancel(request: HttpRequest, campaign_id: int) -> CampaignShape:
    """Whoever was not reached is skipped, with the reason `cancelled`."""
    return _change(request, campaign_id, "cancel", writer_of(request))


@router.get(
    _PATH + "/recipients",
    response=RecipientList,
    operation_id="list_recipients",
    summary="The people behind a number",
)
def read_recipients(
    request: HttpRequest, campaign_id: int, asked: Query[RecipientsAsked]
) -> RecipientList:
    """Of the latest sending, by state and reason as they are counted."""
    run, language = _run_of(campaign_id), language_of(request)
    state, reason = asked.state, asked.reason
    shown, following = read_page(
        asked,
        lambda after, limit: counting.list_recipients(
            run.pk, state=state, reason=reason, after=after or 0, limit=limit
        ),
        number_of=lambda one: one.pk,
    )
    return RecipientList(
        items=[
            RecipientShape(
                id=one.pk,
                profile_id=one.person_id,
                state=one.state,
                reason=one.reason,
                reason_text=_words(one.reason, run.channel, language),
                reply=one.reply,
                ended_at=one.ended_at,
            )
            for one in shown
        ],
        next_cursor=following,
    )


@router.post(
    _PATH + "/test", response=TestAnswer, operation_id="test_campaign", summary="Send a test"
)
def test(request: HttpRequest, campaign_id: int, asked: TestAsked) -> TestAnswer:
    """To mailboxes of the shop's own, never to a customer; in no number. Needs `campaigns:send`."""
    by, campaign = sender_of(request), get_campaign(campaign_id)
    if campaign.version_id is None or campaign.account_id is None:
        raise ConflictError(
            "campaigns.nothing_to_try",
            Text(
                vi="Chiến dịch chưa có mẫu thư hoặc tài khoản gửi.",
                en="The campaign has no template or no account yet.",
            ),
        )
    who = "nameless" if asked.profile_id is None else str(asked.profile_id)
    wish = Wish(
        campaign.version_id,
        campaign.account_id,
        who,
        " ".join(one.replace(" ", "") for one in asked.addresses),
        campaign.purpose,
    )
    per_hour = settings.CONFIG.sending.try_outs_per_hour
    return TestAnswer(letters=len(ask_try_outs(wish, per_hour=per_hour, **by._asdict())))


class By(NamedTuple):
    """Who does it, and when."""

    by: str
    at: datetime


def writer_of(request: HttpRequest) -> By:
    """Who changes a campaign, and when.

    Raises:
        ForbiddenError: no administrator (``campaigns.admins_only``).
    """
    user = request.auth  # type: ignore[attr-defined]  # set by the token's check
    assert isinstance(user, User)
    if not user.is_admin:
        raise ForbiddenError(
            "campaigns.admins_only",
            Text(
                vi="Chỉ quản trị viên được sửa và gửi chiến dịch.",
                en="Only an administrator may change and send campaigns.",
            ),
        )
    return By(user.email, system_clock())


def sender_of(request: HttpRequest) -> By:
    """Who has letters sent, and when.

    Raises:
        ForbiddenError: the token may not (``tokens.no_scope``).
    """
    user = request.auth  # type: ignore[attr-defined]  # set by the token's check
    assert isinstance(user, User)
    demand_scope(user, SEND)
    return By(user.email, system_clock())


def _change(request: HttpRequest, campaign_id: int, how: str, by: By) -> CampaignShape:
    running.change(_run_of(campaign_id).pk, how, **by._asdict())
    return read(request, campaign_id)


def _run_of(campaign_id: int) -> running.Run:
    run = running.latest_run(get_campaign(campaign_id).pk)
    if run is None:
        raise ConflictError(
            "campaigns.not_started",
            Text(vi="Chiến dịch này chưa được gửi.", en="This campaign was not started yet."),
        )
    return run


def _shape(request: HttpRequest, one: Campaign, *, is_whole: bool = True) -> CampaignShape:
    missing, run = None, running.latest_run(one.pk)
    if is_whole:
        links_open, language = bool(settings.CONFIG.server.base_url), language_of(request)
        found = running.list_missing(one, links_open=links_open)
        missing = [words.in_language(language) for words in found]
    return CampaignShape(
        id=one.pk,
        name=one.name,
        channel=one.channel,
        is_triggered=one.is_triggered,
        lane="prompt" if one.lane == "prompt" else "bulk",
        purpose=one.purpose,
        segment_id=one.segment_id,
        account_id=one.account_id,
        endpoint_id=campaigning.endpoint_of(one.account_id),
        template_version_id=one.version_id,
        subject=one.subject,
        holdout_percent=one.holdout_percent,
        heeds_channel=one.heeds_channel,
        created_at=one.created_at,
        created_by=one.created_by,
        changed_at=one.changed_at,
        missing=missing,
        run=_run(run, is_whole) if run else None,
    )


def _run(run: running.Run, is_whole: bool) -> RunShape:
    return RunShape.from_orm(
        {
            "id": run.pk,
            "state": run.state,
            "start_at": run.start_at,
            "began_at": run.began_at,
            "ended_at": run.ended_at,
            "counts": _counts(run.pk) if is_whole else None,
        }
    )


def _counts(run_id: int) -> CountsShape:
    found = counting.tally(run_id)
    return CountsShape(
        targeted=found.targeted,
        sent=found.sent,
        skipped=dict(found.skipped),
        failed=dict(found.failed),
        unknown=found.unknown,
        open=found.open,
    )


def _words(reason: str, channel: str, language: str) -> str:
    return counting.reason_words(reason, channel).in_language(language) if reason else ""
