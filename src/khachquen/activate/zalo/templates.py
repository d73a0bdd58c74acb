"""Message templates as they were last read from Zalo."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from khachquen.activate.channels.zalo import VIETNAM, Parameter, ZaloReply, rules_on
from khachquen.activate.channels.zalo.codes import meaning_of
from khachquen.activate.channels.zalo.requests import Template
from khachquen.activate.zalo.models import MessageTemplate, OfficialAccount
from khachquen.base import NotFoundError, Text

__all__ = [
    "STATES",
    "MessageTemplate",
    "get_template",
    "held_until",
    "hold",
    "kind_of",
    "list_templates",
    "note_state",
    "parameters_of",
    "save_templates",
]
STATES = {
    "ENABLE": Text(vi="Dùng được", en="Approved"),
    "PENDING_REVIEW": Text(vi="Chờ Zalo duyệt", en="Waiting for Zalo"),
    "REJECT": Text(vi="Zalo từ chối", en="Refused by Zalo"),
    "DISABLE": Text(vi="Zalo đã ngừng", en="Stopped by Zalo"),
    "DELETE": Text(vi="Đã xóa", en="Deleted"),
}


def save_templates(number: int, found: Sequence[Template], *, at: datetime) -> None:
    """Those the account has now; one Zalo names no longer stays, as deleted."""
    with transaction.atomic():
        known = MessageTemplate.objects.filter(oa_id=number)
        known.exclude(key__in=[one.id for one in found]).update(state="DELETE", read_at=at)
        for one in found:
            told = {
                "name": one.name,
                "state": one.state,
                "tag": one.tag,
                "quality": one.quality,
                "price": one.price,
                "preview_url": one.preview_url,
                "parameters": [asdict(each) for each in one.parameters],
                "read_at": at,
            }
            MessageTemplate.objects.update_or_create(oa_id=number, key=one.id, defaults=told)
        OfficialAccount.objects.filter(pk=number).update(read_at=at)


def note_state(number: int, key: str, state: str, reason: str, *, at: datetime) -> None:
    """What Zalo told of a template."""
    rows = MessageTemplate.objects.filter(oa_id=number, key=key)
    rows.update(state=state, reason=reason, read_at=at)


def hold(number: int, key: str, reply: ZaloReply, *, now: datetime) -> None:
    """Nothing of a template goes before a moment. The promotions of a month are the account's: none
    of them goes."""
    rows = MessageTemplate.objects.filter(oa_id=number)
    if meaning_of(reply.code).until == "month":
        day = now.astimezone(VIETNAM).date()
        rows = rows.filter(key__in=[one.key for one in rows if kind_of(one, day) == "promotion"])
    else:
        rows = rows.filter(key=key)
    rows.update(opens_at=reply.opens(now), waits_for=str(reply))


def held_until(template_id: int, *, now: datetime) -> datetime | None:
    """Until when a template (by its number here) is held; None while it may go."""
    rows = MessageTemplate.objects.filter(pk=template_id, opens_at__gt=now)
    return rows.values_list("opens_at", flat=True).first()


def list_templates(number: int, states: Collection[str] = ()) -> list[MessageTemplate]:
    """The account's templates, those that can be used first."""
    rows = MessageTemplate.objects.filter(oa_id=number)
    rows = rows.filter(state__in=states) if states else rows
    return sorted(rows, key=lambda one: (one.state != "ENABLE", one.name))


def get_template(number: int) -> MessageTemplate:
    """One template.

    Raises:
        NotFoundError: there is none of this number (``zalo.no_template``).
    """
    found = MessageTemplate.objects.select_related("oa__account").filter(pk=number).first()
    if found is None:
        words = Text(vi="Không có mẫu tin này.", en="There is no such template.")
        raise NotFoundError("zalo.no_template", words)
    return found


def parameters_of(template: MessageTemplate) -> list[Parameter]:
    """What has to be filled in."""
    return [Parameter(**one) for one in template.parameters]


def kind_of(template: MessageTemplate, day: date) -> str:
    """``transaction``, ``care`` or ``promotion``, by what Zalo calls it on a day."""
    return rules_on(day).kind_of(template.tag)
