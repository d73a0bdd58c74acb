"""A run from the moment somebody asks for it to its end: begun, written down, paused, ended."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from khachquen.activate.campaigns import approving
from khachquen.activate.campaigns.making import get_campaign
from khachquen.activate.campaigns.models import Campaign, Recipient, Repeat, Run
from khachquen.activate.campaigns.variants import Seat, list_needs, seats
from khachquen.activate.channels import sms
from khachquen.activate.content import get_version
from khachquen.activate.content.checking import asks_for_data, asks_to_confirm, check_version
from khachquen.activate.content.reading import get_version_view
from khachquen.activate.webhooks import campaigning
from khachquen.activate.zalo.saying import iter_needs
from khachquen.base import ConflictError, InputError, NotFoundError, Text, to_micros
from khachquen.govern import record_audit
from khachquen.govern.consent.purposes import get_purpose
from khachquen.store import db_time, upsert_rows

__all__ = [
    "Run",
    "begin",
    "cancel_some",
    "change",
    "finish_if_over",
    "get_run",
    "has_label",
    "latest_run",
    "list_missing",
    "list_open",
    "start_due",
    "write_down",
]

OPEN = ("scheduled", "freezing", "sending", "paused", "cancelling")
_CHANGES = {
    "pause": (("sending", "freezing"), "paused"),
    "resume": (("paused",), "sending"),
    "cancel": (("scheduled", "freezing", "sending", "paused"), "cancelling"),
}
_COPIED = (
    *("account", "channel", "lane", "purpose", "segment_id", "version_id"),
    *("subject", "html", "text", "holdout_percent", "heeds_channel", "tracks", "adds_utm"),
    "is_triggered",
    "experiment",
)
_COLUMNS = ("run_id", "person_id", "step", "state", "reason", "address", "owner")
_MORE = ("attempt", "due_at", "reply", "variant")


def begin(
    campaign_id: int,
    *,
    start_at: datetime,
    links_open: bool,
    by: str,
    at: datetime,
    occurrence: date | None = None,
) -> Run:
    """Send a campaign from a moment on: what it says is copied, so later edits change nothing.

    ``links_open`` says whether customers can open addresses of this installation: without an
    address to unsubscribe at, nothing that may be refused is sent. ``occurrence`` is the day of a
    recurring campaign it is for; of each there is one.

    Raises:
        NotFoundError: no such campaign (``campaigns.none``).
        InputError: something is missing (``campaigns.not_ready``); the hint names what.
        ConflictError: it is being sent already (``campaigns.is_running``).
        ForbiddenError: nobody else has approved it, where the shop wants that.
    """
    # Checked before the transaction, for it asks the lake; what a version says never changes.
    looked_over = get_campaign(campaign_id)
    _demand_ready(looked_over, links_open=links_open)
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        if campaign.changed_at != looked_over.changed_at:
            raise ConflictError(
                "campaigns.changed",
                Text(
                    vi="Chiến dịch vừa được sửa. Hãy xem lại rồi gửi.",
                    en="The campaign was changed just now. Look it over, then send it.",
                ),
            )
        if campaign.archived_at is not None:
            raise ConflictError(
                "campaigns.archived",
                Text(vi="Chiến dịch này đã cất đi.", en="This campaign was put away."),
            )
        if campaign.runs.filter(state__in=OPEN).exists():
            raise ConflictError(
                "campaigns.is_running",
                Text(vi="Chiến dịch này đang được gửi.", en="This campaign is being sent already."),
            )
        assert campaign.account is not None
        approving.demand_approved(campaign)
        run = Run.objects.create(
            **_copied(campaign), start_at=start_at, by=by, occurrence=occurrence
        )
        approving.use(campaign, run, is_repeated=occurrence is not None)
        record_audit(
            actor=by,
            action="campaign.start",
            subject=f"campaign:{campaign_id}",
            at=at,
            detail={"run": run.pk, "start_at": start_at.isoformat()},
        )
    return run


def _copied(campaign: Campaign) -> dict[str, Any]:
    """What a sending keeps of its campaign as it was when it was begun."""
    again_days = Repeat.objects.filter(campaign=campaign).values_list("again_days", flat=True)
    return {
        "campaign": campaign,
        **{name: getattr(campaign, name) for name in _COPIED},
        "again_days": again_days.first(),
        "segment_mark": approving.segment_mark(campaign.segment_id),
    }


def change(run_id: int, how: str, *, by: str, at: datetime) -> str:
    """Pause, resume or cancel a run; the state it is in then. At once: what is on the wire goes,
    and nothing after it.

    Raises:
        ConflictError: that cannot be done with a run in its state (``campaigns.cannot``).
    """
    was, becomes = _CHANGES[how]
    with transaction.atomic():
        run = get_run(run_id)
        if run.state not in was:
            raise ConflictError(
                "campaigns.cannot",
                Text(
                    vi="Lần gửi này không còn ở trạng thái đó nữa.",
                    en="This sending is not in that state any more.",
                ),
                path=run.state,
            )
        if how == "resume" and not run.is_frozen:
            becomes = "freezing"
        Run.objects.filter(pk=run_id, state=run.state).update(state=becomes)
        record_audit(actor=by, action=f"campaign.{how}", subject=f"run:{run_id}", at=at)
    return becomes


def get_run(run_id: int) -> Run:
    """One run.

    Raises:
        NotFoundError: there is none of this number (``campaigns.no_run``).
    """
    run = Run.objects.select_related("campaign", "account").filter(pk=run_id).first()
    if run is None:
        raise NotFoundError(
            "campaigns.no_run",
            Text(vi=f"Không có lần gửi số {run_id}.", en=f"There is no sending {run_id}."),
        )
    return run


def latest_run(campaign_id: int) -> Run | None:
    """The newest sending of a campaign."""
    return Run.objects.filter(campaign_id=campaign_id).order_by("-pk").first()


def list_open() -> list[Run]:
    """Runs that are not at their end, in the order they are to be sent."""
    rows = Run.objects.filter(state__in=OPEN).select_related("campaign", "account")
    return sorted(rows, key=lambda run: (run.lane != "prompt", run.start_at, run.pk))


def start_due(now: datetime) -> None:
    """Runs whose time has come begin with writing their audience down; one whose segment has
    another rule than was approved ends instead."""
    due = Run.objects.filter(state="scheduled", start_at__lte=now)
    for run in due.exclude(segment_mark="") if approving.is_needed() else ():
        if not approving.is_still_meant(run) and due.filter(pk=run.pk).update(
            state="cancelled", ended_at=now
        ):
            subject, why = f"run:{run.pk}", {"why": "segment_changed"}
            record_audit(actor="", action="campaign.cancel", subject=subject, at=now, detail=why)
    due.update(state="freezing", began_at=now)


def write_down(
    run: Run,
    people: Sequence[int],
    *,
    is_last: bool,
    now: datetime,
    had: Mapping[int, str] | None = None,
) -> None:
    """Some more of the audience, and how far it is, in one transaction: going on after a crash
    writes nobody twice and leaves nobody out. ``had`` is the variant each had in the first run
    this one follows."""
    placed = seats(run, people, now=now) if had is None else _as_they_were(people, had, now)
    rows = [
        (run.pk, seat.person_id, 0, "waiting", seat.reason, "", "", 0, due, "", seat.variant)
        for seat in placed
        for due in (db_time(to_micros(seat.due_at)),)
    ]
    with transaction.atomic():
        open_one = Run.objects.select_for_update().filter(pk=run.pk, state="freezing")
        if not open_one.exists():
            return
        upsert_rows(
            Recipient,
            (*_COLUMNS, *_MORE),
            rows,
            key=("run_id", "person_id", "step"),
            update=("step",),
        )
        place = people[-1] if people else run.frozen_to
        more = {"is_frozen": True, "state": "sending"} if is_last else {}
        open_one.update(frozen_to=place, **more)


def _as_they_were(people: Sequence[int], had: Mapping[int, str], now: datetime) -> list[Seat]:
    return [Seat(person, had.get(person, ""), "", now) for person in people]


def cancel_some(run: Run, *, most: int, now: datetime) -> None:
    """Some of those a cancelled run has not reached; the run ends with the last of them."""
    with transaction.atomic():
        rows = Recipient.objects.filter(run=run, state="waiting").order_by("due_at", "pk")[:most]
        waiting = list(rows.values_list("pk", flat=True))
        Recipient.objects.filter(pk__among=waiting, state="waiting").update(
            state="skipped", reason="cancelled", ended_at=now
        )
        held = Recipient.objects.filter(run=run, state__in=("waiting", "claimed", "wire"))
        if not held.exists():
            Run.objects.filter(pk=run.pk).update(state="cancelled", ended_at=now)


def finish_if_over(run: Run, now: datetime) -> bool:
    """End a run none of whose recipients is open any more; not one that programs add to."""
    if run.is_triggered:
        return False
    held = Recipient.objects.filter(run=run, state__in=("waiting", "claimed", "wire"))
    if held.exists():
        return False
    sending = Run.objects.filter(pk=run.pk, state="sending", is_frozen=True)
    return bool(sending.update(state="done", ended_at=now))


def list_missing(campaign: Campaign, *, links_open: bool) -> list[Text]:
    """What is still to be done before it can be sent; empty when it can."""
    return [words for is_there, words in _needs(campaign, links_open) if not is_there]


def _demand_ready(campaign: Campaign, *, links_open: bool) -> None:
    if missing := list_missing(campaign, links_open=links_open):
        raise InputError(
            "campaigns.not_ready",
            Text(vi="Chiến dịch chưa gửi được.", en="The campaign cannot be sent yet."),
            hint=Text(
                vi=f"Còn phải: {', '.join(one.vi for one in missing)}.",
                en=f"Still to do: {', '.join(one.en for one in missing)}.",
            ),
        )


def _needs(campaign: Campaign, links_open: bool) -> Iterator[tuple[object, Text]]:
    """Whether each thing a campaign needs is there, and what to do when it is not."""
    version = get_version(campaign.version_id) if campaign.version_id else None
    subject = version.subject if version else campaign.subject
    purpose = get_purpose(campaign.purpose)
    yield (
        campaign.segment_id or campaign.is_triggered,
        Text(vi="chọn khách nhận", en="choose who gets it"),
    )
    if campaign.channel == "zalo":
        is_ad, on = purpose.is_advertising, campaign.changed_at.date()
        yield from iter_needs(campaign.text, is_advertising=is_ad, on=on)
        return
    if campaign.channel == campaigning.CHANNEL:
        yield from campaigning.iter_needs(campaign.account)
        return
    if campaign.channel == "sms":
        yield from _text_needs(campaign, is_advertising=purpose.is_advertising)
        return
    yield campaign.account_id, Text(vi="chọn tài khoản gửi", en="choose an account")
    yield subject.strip(), Text(vi="viết tiêu đề", en="write a subject")
    has_words = version or campaign.html.strip() or campaign.text.strip()
    yield has_words, Text(vi="viết nội dung", en="write it")
    yield (
        version or not purpose.is_advertising or has_label(subject),  # a template's is checked
        Text(vi="bắt đầu tiêu đề bằng [QC] hoặc [AD]", en="begin the subject with [QC] or [AD]"),
    )
    yield (
        links_open or purpose.basis == "always",
        Text(
            vi="đặt địa chỉ của hệ thống (server.base_url) để khách hủy nhận được",
            en="set server.base_url, so that people can unsubscribe",
        ),
    )
    if version:
        yield from _said_elsewhere(version.subject + version.html, campaign)
    if campaign.version_id:
        yield from _template_needs(campaign.version_id, is_advertising=purpose.is_advertising)
    yield from list_needs(campaign, is_advertising=purpose.is_advertising)


def _said_elsewhere(said: str, campaign: Campaign) -> Iterator[tuple[object, Text]]:
    """What only other letters have to say."""
    yield (
        campaign.is_triggered or not asks_for_data(said),
        Text(
            vi="bỏ data.… khỏi mẫu thư: chỉ thư do hệ thống khác gọi mới có",
            en="take data.… out of the template: only messages programs ask for have it",
        ),
    )
    yield (
        not asks_to_confirm(said),
        Text(
            vi="bỏ links.confirm khỏi mẫu thư: chỉ thư xác nhận đăng ký mới có",
            en="take links.confirm out of the template: only letters that confirm a sign-up"
            " have it",
        ),
    )


def _text_needs(campaign: Campaign, *, is_advertising: bool) -> Iterator[tuple[object, Text]]:
    """An SMS: a gateway, words, and what the law wants in them (Decree 91/2020)."""
    law, text = sms.rules_on(campaign.changed_at.date()), campaign.text.strip()
    account = campaign.account
    yield (
        account is not None and account.channel == "sms",
        Text(vi="khai báo cổng SMS trong cấu hình ([sms])", en="declare an SMS gateway ([sms])"),
    )
    yield text, Text(vi="viết nội dung", en="write it")
    if is_advertising:
        yield (
            sms.has_label(text, law),
            Text(vi="bắt đầu tin bằng [QC] hoặc [AD]", en="begin the text with [QC] or [AD]"),
        )
        yield (
            sms.has_way_out(text, law),
            Text(
                vi="kết thúc tin bằng cách từ chối, như: Từ chối: soạn TC gửi 1551",
                en='end the text with the way out, as "Tu choi: soan TC gui 1551"',
            ),
        )
    elif promotion := sms.find_promotion(text, law):
        yield (
            False,
            Text(
                vi=f"bỏ “{promotion}”, hoặc chọn mục đích quảng cáo, vì lời mời mua là quảng cáo",
                en=f"take out “{promotion}”, or choose advertising: an offer makes it that",
            ),
        )


def _template_needs(version_id: int, *, is_advertising: bool) -> Iterator[tuple[object, Text]]:
    """The template is sound, and it is checked as what it is sent as."""
    view = get_version_view(version_id)
    yield (
        not is_advertising or view.version.wording.purpose_kind == "advertising",
        Text(
            vi="chọn loại Quảng cáo cho mẫu thư, vì mục đích này là quảng cáo",
            en="make the template Advertising, as this purpose is",
        ),
    )
    for one in check_version(version_id):
        if one.level == "error":
            yield (
                False,
                Text(
                    vi=f"sửa mẫu thư: {_as_part(one.message.vi)}",
                    en=f"mend the template: {_as_part(one.message.en)}",
                ),
            )


def _as_part(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def has_label(subject: str) -> bool:
    """Whether advertising says that it is (Decree 91/2020, Article 15).

    >>> has_label("[QC] Gốm mới về"), has_label("Gốm mới về [QC]")
    (True, False)
    """
    return subject.lstrip().upper().startswith(("[QC]", "[AD]"))
