"""What programs want of a campaign, as columns of its row; what they name must be there."""

from typing import Any

from django.conf import settings

from khachquen.activate.campaigns.accounts import get_account
from khachquen.activate.campaigns.making import Account
from khachquen.activate.content.reading import get_template
from khachquen.activate.webhooks import campaigning
from khachquen.api.campaign_shapes import CampaignAsked
from khachquen.base import InputError, Text, system_clock
from khachquen.flows.texting import account_for
from khachquen.govern.consent.purposes import get_purpose
from khachquen.understand.segments import get_segment


def told_of(asked: CampaignAsked, *, channel: str, is_triggered: bool) -> dict[str, Any]:
    """What was asked for, looked up.

    Raises:
        InputError: what does not go together, such as a triggered campaign with a segment.
        NotFoundError: no such segment, account, template or purpose.
    """
    is_prompt = is_triggered and get_purpose(asked.purpose).basis == "always"
    if asked.segment_id is not None:
        get_segment(asked.segment_id)
        if is_triggered:
            raise InputError(
                "campaigns.triggered_segment",
                Text(
                    vi="Chiến dịch do hệ thống khác gọi thì không có phân khúc.",
                    en="A triggered campaign has no segment.",
                ),
                path="body.segment_id",
                hint=Text(vi="Bỏ segment_id.", en="Leave segment_id out."),
            )
    version = get_template(asked.template_id).version.id if asked.template_id else None
    return {
        "name": asked.name,
        "purpose": asked.purpose,
        "segment_id": asked.segment_id,
        "account": _account(asked, channel, is_triggered),
        "version_id": version,
        "subject": asked.subject,
        "html": asked.html,
        "text": asked.text,
        "holdout_percent": asked.holdout_percent,
        "heeds_channel": asked.heeds_channel,
        "lane": "prompt" if is_prompt else "bulk",
    }


def _account(asked: CampaignAsked, channel: str, is_triggered: bool) -> Account | None:
    is_hook, number = channel == campaigning.CHANNEL, asked.endpoint_id
    if is_hook and not is_triggered and not asked.account_id:
        return campaigning.account_for(number, at=system_clock()) if number else None
    if number or is_hook:
        raise InputError(
            "campaigns.not_of_channel",
            Text(
                vi="Kênh webhook có endpoint_id và phân khúc; kênh khác có account_id.",
                en="Channel webhook takes endpoint_id and a segment; others take account_id.",
            ),
            path="body.endpoint_id" if number else "body.channel",
        )
    return get_account(asked.account_id) if asked.account_id else None


def text_told_of(asked: CampaignAsked, *, is_triggered: bool) -> dict[str, Any]:
    """What is different of a campaign by SMS: its gateway is the one of the settings."""
    if is_triggered:
        words = Text(
            vi="Tin SMS chưa gửi được theo lệnh gọi.", en="Texts cannot be triggered by programs."
        )
        raise InputError("sms.not_triggered", words, path="body.is_triggered")
    account = account_for(settings.CONFIG, at=system_clock())
    return {"channel": "sms", "account": account, "tracks": False} | only_text(asked)


def only_text(asked: CampaignAsked) -> dict[str, Any]:
    """A campaign by SMS has words and nothing else.

    Raises:
        InputError: HTML or a template was given (``sms.only_text``).
    """
    if asked.html or asked.template_id:
        raise InputError(
            "sms.only_text",
            Text(vi="Tin SMS chỉ có chữ.", en="A text message has words only."),
            path="body.html" if asked.html else "body.template_id",
            hint=Text(vi="Ghi nội dung vào text.", en="Write what it says in text."),
        )
    return {"version_id": None, "html": ""}
