"""Another person says yes before a campaign goes: to exactly what is sent, and to nothing else.

What was approved is kept as a digest of all that decides what leaves and to whom. Whatever changes
afterwards, by whichever way, gives another digest: so nobody needs to remember to take an approval
back. ``running.begin`` asks here, whoever calls it, and ``resending.begin_again`` for a second
letter, whose approval is one of its own.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from khachquen.activate.campaigns.models import Approval, Campaign, Repeat, Run
from khachquen.activate.webhooks.campaigning import CHANNEL, mark_of
from khachquen.base import ConflictError, ForbiddenError, KhachQuenError, Text
from khachquen.govern import User, record_audit
from khachquen.understand.segments import get_segment
from khachquen.understand.segments.rules import segments_of

__all__ = [
    "Again",
    "Standing",
    "answer",
    "ask",
    "demand_approved",
    "digest_of",
    "digest_of_again",
    "is_needed",
    "is_still_meant",
    "segment_mark",
    "stand",
    "use",
    "withdraw_if_changed",
]

_OPEN = ("asked", "approved")
_DECIDES_NOTHING = {"id", "name", "created_at", "created_by", "changed_at", "archived_at"}
_RUN_DECIDES_NOTHING = {
    *("id", "state", "start_at", "began_at", "ended_at", "frozen_to", "is_frozen", "by"),
    *("occurrence", "again_days", "segment_mark", "resend_of_id", "resend_to"),
}
_FROM = ("id", "channel", "from_address", "from_name", "reply_to")
_REPEAT = ("every", "day", "at_time", "from_day", "until_day", "again_days")
_ANSWERS = {"approve": "approved", "refuse": "refused", "withdraw": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Again:
    """A second letter after a run, to those of whom nothing was heard: to whom of them (``who`` as
    ``resending.WHO``), and under which subject, if another."""

    run: Run
    who: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a campaign stands: ``none``, ``asked``, ``approved``, ``changed`` (asked or approved,
    and something is different since), or how the last one ended: ``refused``, ``withdrawn``,
    ``used``."""

    state: str
    approval: Approval | None = None


def is_needed() -> bool:
    """Whether this shop wants two people for every campaign (``sending.needs_approval``)."""
    return bool(settings.CONFIG.sending.needs_approval)


def stand(campaign: Campaign, *, again_of: int | None = None) -> Standing:
    """Where the campaign stands now, against what it would send now; or the second letter after a
    run of it, against what was asked for."""
    row = _rows(campaign, again_of).order_by("-pk").first()
    if row is None:
        return Standing("none")
    if row.state in _OPEN and row.digest != _digest_now(row, campaign):
        return Standing("changed", row)
    return Standing(row.state, row)


def ask(
    campaign_id: int, *, note: str = "", again: Again | None = None, user: User, at: datetime
) -> Approval:
    """Ask for an approval of the campaign as it is now, or of a second letter after a run of it;
    what was asked or approved of the same before ends."""
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        before = _rows(campaign, again.run.pk if again else None)
        before.filter(state__in=_OPEN).update(state="withdrawn")
        made = Approval.objects.create(
            campaign=campaign,
            again_of=again.run if again else None,
            again_who=again.who if again else "",
            again_subject=again.subject if again else "",
            digest=digest_of_again(again) if again else digest_of(campaign),
            asked_by=user.email[:200],
            asked_by_id=user.pk,
            asked_at=at,
            note=note.strip()[:300],
        )
        _note(user.email, "ask", made, at)
    return made


def answer(
    campaign_id: int,
    how: str,
    *,
    seen: str,
    again_of: int | None = None,
    user: User,
    at: datetime,
) -> Approval:
    """Approve, refuse, or withdraw what was asked; ``seen`` is the digest of what was looked at.

    Raises:
        ForbiddenError: not an administrator, or who asked approves (``campaigns.own_approval``).
        ConflictError: nothing is asked, or it is not what was looked at (``campaigns.changed``).
    """
    becomes = _ANSWERS[how]
    if not user.is_admin:
        raise _admins_approve()
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        rows = _rows(campaign, again_of).filter(state__in=_OPEN)
        row = rows.select_for_update(of=("self",)).first()
        if row is None or (how == "approve" and row.state != "asked"):
            raise _nothing_asked()
        if how == "approve":
            if row.asked_by_id == user.pk:
                raise _own()
            if not row.digest == seen == _digest_now(row, campaign):
                raise _changed()
        row.state, row.answered_by, row.answered_at = becomes, user.email[:200], at
        row.save()
        _note(user.email, how, row, at)
    return row


def withdraw_if_changed(campaign: Campaign, *, by: str, at: datetime) -> None:
    """End an approval, asked or given, of something that is not sent any more. Passed by every
    change of a campaign; what changes elsewhere (a segment's rule) is seen by its digest."""
    row = _rows(campaign, None).filter(state__in=_OPEN).first()
    if row is not None and row.digest != digest_of(campaign):
        row.state = "changed"
        row.save(update_fields=["state"])
        _note(by, "withdraw", row, at)


def demand_approved(campaign: Campaign, again: Again | None = None) -> None:
    """Refuse what nobody else has said yes to, where the shop wants that.

    Raises:
        ForbiddenError: (``campaigns.not_approved``), with where it stands.
    """
    if not is_needed():
        return
    found = stand(campaign, again_of=again.run.pk if again else None)
    is_it = again is None or (found.approval and found.approval.digest == digest_of_again(again))
    if found.state != "approved" or not is_it:
        raise _not_approved("changed" if found.state == "approved" else found.state)


def use(campaign: Campaign, run: Run, *, is_repeated: bool = False) -> None:
    """A sending was begun with it. One by hand uses it up; a recurring campaign goes on by it."""
    if not is_needed():
        return
    row = _rows(campaign, run.resend_of_id).get(state="approved")
    row.run = run
    row.state = "approved" if is_repeated else "used"
    row.save()


def is_still_meant(run: Run) -> bool:
    """Whether a sending that waits for its time still goes to those it was approved for."""
    return not is_needed() or run.segment_mark == segment_mark(run.segment_id)


def digest_of(campaign: Campaign) -> str:
    """Everything that decides what leaves and to whom, in 64 letters. The name and the plan are not
    in it, nor when it goes, unless it goes again and again."""
    return _digest(dict(_parts(campaign)))


def digest_of_again(again: Again) -> str:
    """The same of a second letter: what the first run said, which stays as it was, to whom of it,
    under which subject, and who it is from."""
    run = again.run
    columns = {field.attname for field in Run._meta.concrete_fields} - _RUN_DECIDES_NOTHING
    return _digest(
        {
            **{name: getattr(run, name) for name in columns},
            "account": [getattr(run.account, name) for name in _FROM],
            "again": [run.pk, again.who, again.subject],
        }
    )


def segment_mark(segment_id: int | None) -> str:
    """The rule of a segment, and of those it asks about; of lists by hand, their version."""
    found: dict[int, Any] = {}
    wanted = {segment_id} if segment_id is not None else set()
    while wanted:
        number = wanted.pop()
        try:
            segment = get_segment(number)
        except KhachQuenError:
            found[number] = None
            continue
        found[number] = segment.version if segment.rule is None else segment.rule
        wanted |= set(segments_of(segment.rule)) - set(found) if segment.rule else set()
    return _digest({str(number): found[number] for number in sorted(found)})


def _rows(campaign: Campaign, again_of: int | None) -> QuerySet[Approval]:
    """Approvals of the campaign itself, or of the second letter after a run of it."""
    rows = Approval.objects.filter(campaign=campaign, again_of=again_of)
    return rows.select_related("again_of__account")


def _digest_now(row: Approval, campaign: Campaign) -> str:
    if row.again_of is None:
        return digest_of(campaign)
    return digest_of_again(Again(row.again_of, row.again_who, row.again_subject))


def _parts(campaign: Campaign) -> Mapping[str, Any]:
    """Every column of a campaign but the few that decide nothing: one that is added later is in it
    without anybody thinking of it. What stands in tables of its own is added here by hand."""
    columns = [field.attname for field in Campaign._meta.concrete_fields]
    account = campaign.account
    repeat = Repeat.objects.filter(campaign=campaign).first()
    return {
        **{name: getattr(campaign, name) for name in columns if name not in _DECIDES_NOTHING},
        "segment": segment_mark(campaign.segment_id),
        "account": [getattr(account, name) for name in _FROM] if account else None,
        **({"endpoint": mark_of(campaign.account_id)} if campaign.channel == CHANNEL else {}),
        "repeat": [str(getattr(repeat, name)) for name in _REPEAT] if repeat else None,
    }


def _digest(told: Mapping[str, Any]) -> str:
    kept = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(kept.encode()).hexdigest()


def _note(actor: str, how: str, row: Approval, at: datetime) -> None:
    again = {"again_of": row.again_of_id} if row.again_of_id else {}
    record_audit(
        actor=actor,
        action=f"campaign.{how}" if how == "approve" else f"campaign.approval_{how}",
        subject=f"campaign:{row.campaign_id}",
        at=at,
        detail={"digest": row.digest, "asked_by": row.asked_by, **again},
    )


_WHY = {
    "none": Text(vi="Hãy xin duyệt trước.", en="Ask for an approval first."),
    "asked": Text(vi="Đang đợi người khác duyệt.", en="It waits for somebody's approval."),
    "changed": Text(
        vi="Chiến dịch đã đổi sau khi xin duyệt. Hãy xin duyệt lại.",
        en="It was changed since. Ask for an approval anew.",
    ),
    "refused": Text(vi="Lần xin duyệt trước bị từ chối.", en="It was refused."),
    "withdrawn": Text(vi="Lần duyệt trước đã được rút lại.", en="The approval was withdrawn."),
    "used": Text(
        vi="Lần duyệt trước đã dùng cho lần gửi trước. Hãy xin duyệt lại.",
        en="The approval was used for the sending before. Ask anew.",
    ),
}


def _not_approved(state: str) -> ForbiddenError:
    words = Text(
        vi="Chiến dịch chưa được người khác duyệt.", en="Nobody else has approved this campaign."
    )
    return ForbiddenError("campaigns.not_approved", words, hint=_WHY[state])


def _own() -> ForbiddenError:
    return ForbiddenError(
        "campaigns.own_approval",
        Text(vi="Người xin duyệt không tự duyệt được.", en="Who asked for it cannot approve it."),
        hint=Text(vi="Nhờ một quản trị viên khác.", en="Ask another administrator."),
    )


def _admins_approve() -> ForbiddenError:
    return ForbiddenError(
        "campaigns.admins_approve",
        Text(vi="Chỉ quản trị viên được duyệt.", en="Only an administrator may approve."),
    )


def _nothing_asked() -> ConflictError:
    return ConflictError(
        "campaigns.nothing_asked",
        Text(vi="Không có gì đang đợi duyệt.", en="Nothing waits for an approval."),
    )


def _changed() -> ConflictError:
    return ConflictError(
        "campaigns.changed_since",
        Text(vi="Chiến dịch đã đổi sau khi xin duyệt.", en="The campaign was changed since."),
        hint=Text(vi="Xem lại, rồi xin duyệt lại.", en="Look it over, then ask again."),
    )
