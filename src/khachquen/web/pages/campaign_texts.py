"""An SMS written in the steps of a campaign: counted as it is paid, held against the law."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from khachquen.activate.campaigns.making import Campaign
from khachquen.activate.campaigns.wording import fill
from khachquen.activate.channels import sms
from khachquen.base import Text, system_clock
from khachquen.flows.rehearsing import zone_of
from khachquen.flows.texting import gateway_of
from khachquen.govern.consent.purposes import get_purpose
from khachquen.web.forms import WordsForm

__all__ = ["SMS", "TextForm", "begin_text", "has_gateway", "shown_text"]
SMS = "sms"
_NAME = "Nguyễn Thị Hoa"


class TextForm(WordsForm):
    """What the text says; counted while it is written."""

    text = forms.CharField(
        label=_("Nội dung tin"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(
            attrs={
                "rows": 5,
                "hx-post": "",
                "hx-trigger": "input changed delay:400ms",
                "hx-vals": '{"go": "look"}',
                "hx-select": "#counted",
                "hx-target": "#counted",
                "hx-swap": "outerHTML",
            }
        ),
        help_text=_("Gọi tên khách bằng {{ name | bạn }}; khách chưa có tên thì thấy “bạn”."),
    )


def has_gateway() -> bool:
    """Whether texts can go anywhere."""
    return gateway_of(settings.CONFIG).is_ready


def begin_text(campaign: Campaign) -> str:
    """What stands there; of a new advertisement what the law wants around it."""
    if campaign.text or not get_purpose(campaign.purpose).is_advertising:
        return campaign.text
    return f"[QC] {settings.CONFIG.sms.brandname}: \nTừ chối: soạn TC gửi "


def shown_text(text: str, purpose: str) -> dict[str, Any]:
    """What a text takes with its marks and without, as a person gets it, and what the law wants of
    it: whether each thing is there. The end of the way out is asked for by its number."""
    law = sms.rules_on(system_clock().astimezone(zone_of(settings.CONFIG)).date())
    is_ad = get_purpose(purpose).is_advertising
    filled = fill(text, {"name": _NAME}).strip()
    marked, plain, unmarked = sms.offer(filled)
    return {
        "marked": marked,
        "unmarked": unmarked,
        "plain": plain,
        "filled": filled,
        "name": _NAME,
        "is_plain": settings.CONFIG.sms.unaccented,
        "is_ad": is_ad,
        "law": law,
        "checks": list(_checks(text, law, is_ad=is_ad)),
    }


def _checks(text: str, law: sms.SmsRules, *, is_ad: bool) -> list[tuple[bool, Text]]:
    if not is_ad:
        found = sms.find_promotion(text, law)
        words = Text(
            vi=f"Không mời mua: “{found}” là quảng cáo" if found else "Không có lời mời mua",
            en=f"No offers: “{found}” is advertising" if found else "No offers in it",
        )
        return [(not found, words)]
    return [
        (
            sms.has_label(text.strip(), law),
            Text(vi="Bắt đầu bằng [QC] hoặc [AD]", en="Begins with [QC] or [AD]"),
        ),
        (
            sms.has_way_out(text.strip(), law),
            Text(
                vi="Kết thúc bằng cách từ chối, có số nhận: soạn TC gửi 1551",
                en='Ends with how to refuse, and the number: "soan TC gui 1551"',
            ),
        ),
    ]
