"""Approvals: programs ask for one and see where it stands. A person gives it, signed in, on the
campaign's page: whoever holds the tokens of two people is still one program."""

from django.http import HttpRequest
from ninja import Router

from khachquen.activate.campaigns import approving
from khachquen.activate.campaigns.making import get_campaign
from khachquen.api.campaign_shapes import ApprovalAsked, ApprovalShape
from khachquen.api.campaigns import writer_of
from khachquen.govern import User

router = Router(tags=["campaigns"])
_PATH = "/campaigns/{campaign_id}/approval"


@router.get(
    _PATH,
    response=ApprovalShape,
    operation_id="read_approval",
    summary="Whether it was approved as it is now",
)
def read(request: HttpRequest, campaign_id: int) -> ApprovalShape:
    """Against exactly what would leave now, and to whom."""
    campaign = get_campaign(campaign_id)
    found = approving.stand(campaign)
    row = found.approval
    return ApprovalShape.from_orm(
        {
            "is_needed": approving.is_needed(),
            "state": found.state,
            "digest": approving.digest_of(campaign),
            "asked_by": row.asked_by if row else "",
            "asked_at": row.asked_at if row else None,
            "note": row.note if row else "",
            "answered_by": row.answered_by if row else "",
            "answered_at": row.answered_at if row else None,
        }
    )


@router.post(
    _PATH, response=ApprovalShape, operation_id="ask_approval", summary="Ask for an approval"
)
def ask(request: HttpRequest, campaign_id: int, asked: ApprovalAsked) -> ApprovalShape:
    """Of the campaign as it is now. Another administrator gives it on the campaign's page."""
    at, user = writer_of(request).at, request.auth  # type: ignore[attr-defined]  # by the check
    assert isinstance(user, User)
    approving.ask(get_campaign(campaign_id).pk, note=asked.note, user=user, at=at)
    return read(request, campaign_id)


@router.post(
    _PATH + "/withdraw",
    response=ApprovalShape,
    operation_id="withdraw_approval",
    summary="Take an approval back",
)
def withdraw(request: HttpRequest, campaign_id: int) -> ApprovalShape:
    """What was asked for or given; it cannot be sent before it is asked for anew."""
    at, user = writer_of(request).at, request.auth  # type: ignore[attr-defined]  # by the check
    assert isinstance(user, User)
    approving.answer(get_campaign(campaign_id).pk, "withdraw", seen="", user=user, at=at)
    return read(request, campaign_id)
