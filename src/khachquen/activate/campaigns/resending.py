"""A second letter to those of a run of whom nothing was heard. Once a run, and not of a second.

That nobody was seen to open does not say that nobody did: pictures may be switched off, and some
do not want to be followed. So who is certainly silent and who is merely not known are told apart,
and the shop chooses; whoever opened or clicked is never asked again.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from khachquen.activate.campaigns import approving
from khachquen.activate.campaigns.approving import Again
from khachquen.activate.campaigns.models import Approval, Campaign, Outcome, Recipient, Run
from khachquen.activate.campaigns.running import OPEN, list_missing
from khachquen.activate.campaigns.variants import Plan, check_words, plan_of
from khachquen.base import ConflictError, InputError, Text
from khachquen.govern import User, record_audit
from khachquen.govern.consent.purposes import get_purpose

__all__ = ["WHO", "Silent", "ask_again", "begin_again", "count_silent", "list_silent", "why_not"]

WHO = ("silent", "unknown_too")


class Silent(msgspec.Struct, frozen=True):
    """``silent``: a letter that could be seen, and nothing was, not even of a machine. ``unknown``:
    only machines were seen, or the letter could not be followed."""

    silent: int
    unknown: int


def count_silent(run_id: int) -> Silent:
    """How many a second letter would be for; each is asked again before it leaves."""
    every = _silent(run_id, "unknown_too").count()
    silent = _silent(run_id, "silent").count()
    return Silent(silent, every - silent)


def list_silent(run: Run, *, after: int, limit: int) -> list[tuple[int, str]]:
    """For a second run, some of whom it is for, by person, each with the variant they had."""
    assert run.resend_of_id is not None
    rows = _silent(run.resend_of_id, run.resend_to).filter(person_id__gt=after)
    return list(rows.order_by("person_id").values_list("person_id", "variant")[:limit])


def why_not(run: Run) -> Text | None:
    """Why nobody can be written to again after this run; None when they can."""
    if run.channel != "email":
        return Text(vi="Chỉ thư mới biết ai đã mở.", en="Only letters are seen to be opened.")
    if run.state != "done":
        return Text(vi="Lần gửi này chưa xong.", en="This sending has not ended.")
    if run.resend_of_id is not None:
        return Text(vi="Đây đã là thư nhắc lại.", en="This is a second letter already.")
    if Run.objects.filter(resend_of=run).exists():
        return Text(vi="Đã gửi nhắc lại một lần.", en="They were written to again once.")
    return None


def ask_again(again: Again, *, note: str, links_open: bool, user: User, at: datetime) -> Approval:
    """Ask for another person's yes to a second letter, which could be sent as it is.

    Raises:
        ConflictError: nobody can be written to again (``campaigns.not_again``).
        InputError: it cannot be sent like this (``campaigns.not_ready``).
    """
    assert again.who in WHO
    _demand_ready(again.run, _said_again(again.run, again.subject), links_open=links_open)
    if reason := why_not(again.run):
        raise ConflictError("campaigns.not_again", reason)
    return approving.ask(again.run.campaign_id, note=note, again=again, user=user, at=at)


def begin_again(
    run_id: int,
    *,
    who: str,
    subject: str,
    start_at: datetime,
    links_open: bool,
    by: str,
    at: datetime,
) -> Run:
    """Send what a run said once more, to those of whom nothing was heard; under another subject
    when one is given. Consent, quiet hours and caps hold as for any letter.

    Raises:
        ConflictError: it has not ended, or they were written to again already
            (``campaigns.not_again``).
        InputError: it cannot be sent like this (``campaigns.not_ready``).
        ForbiddenError: nobody else has approved just this, where the shop wants that.
    """
    assert who in WHO
    first = Run.objects.select_related("campaign", "account").get(pk=run_id)
    plan = _said_again(first, subject)
    _demand_ready(first, plan, links_open=links_open)
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=first.campaign_id)
        reason = why_not(Run.objects.get(pk=run_id))
        if not reason and Run.objects.filter(campaign=first.campaign_id, state__in=OPEN).exists():
            reason = Text(
                vi="Chiến dịch này đang được gửi.", en="This campaign is being sent already."
            )
        if reason:
            raise ConflictError("campaigns.not_again", reason)
        approving.demand_approved(campaign, approving.Again(first, who, plan.subject))
        run = Run.objects.create(**_copied(first, plan), start_at=start_at, by=by, resend_to=who)
        approving.use(campaign, run)
        record_audit(
            actor=by,
            action="campaign.again",
            subject=f"campaign:{first.campaign_id}",
            at=at,
            detail={"run": run.pk, "of": run_id, "who": who},
        )
    return run


def _said_again(first: Run, subject: str) -> Plan:
    return msgspec.structs.replace(plan_of(first), subject=subject.strip())


_SAME = (
    "campaign", "account", "channel", "lane", "purpose", "segment_id", "version_id", "subject",
    "html", "text", "holdout_percent", "heeds_channel", "tracks", "adds_utm",
)  # fmt: skip


def _copied(first: Run, plan: Plan) -> dict[str, object]:
    same = {name: getattr(first, name) for name in _SAME}
    is_plain = not plan.variants and not plan.subject
    return {
        **same,
        "resend_of": first,
        "experiment": {} if is_plain else msgspec.to_builtins(plan),
    }


def _demand_ready(first: Run, plan: Plan, *, links_open: bool) -> None:
    """As for a campaign: what the run said is looked over as if it were one now."""
    missing = list(_missing(first, plan, links_open=links_open))
    if missing:
        raise InputError(
            "campaigns.not_ready",
            Text(vi="Chưa gửi nhắc lại được.", en="It cannot be sent again yet."),
            path="subject" if plan.subject else "",
            hint=Text(
                vi=f"Còn phải: {', '.join(one.vi for one in missing)}.",
                en=f"Still to do: {', '.join(one.en for one in missing)}.",
            ),
        )


def _missing(first: Run, plan: Plan, *, links_open: bool) -> Iterator[Text]:
    same = {name: getattr(first, name) for name in _SAME if name != "campaign"}
    as_campaign = Campaign(**same, experiment=first.experiment)
    yield from list_missing(as_campaign, links_open=links_open)
    if not plan.subject:
        return
    is_ad = get_purpose(first.purpose).is_advertising
    versions = {one.version_id or first.version_id for one in plan.variants} or {first.version_id}
    for version_id in versions:
        if version_id is None:
            yield Text(vi="chọn mẫu thư để đổi tiêu đề", en="choose a template to retitle")
        else:
            needs = check_words(version_id, plan.subject, is_advertising=is_ad)
            yield from (words for is_there, words in needs if not is_there)


def _silent(run_id: int, who: str) -> QuerySet[Recipient]:
    """Whose letter left, and of whom nobody was seen to open or click; with ``silent``, of whom
    nothing was seen though it would have been."""
    seen = Outcome.objects.filter(recipient=OuterRef("pk"), kind__in=("opened", "clicked"))
    rows = Recipient.objects.filter(run_id=run_id, state="sent")
    rows = rows.exclude(Exists(seen.filter(is_machine=False)))
    if who == "silent":
        rows = rows.filter(is_tracked=True).exclude(Exists(seen))
    return rows
