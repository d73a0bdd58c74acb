"""Who the shop is in its mails: the sender's name and the address the law wants to see."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from khachquen.activate.content.models import Sender
from khachquen.activate.content.permission import must_write
from khachquen.base import InputError, Text
from khachquen.govern import User, get_shop, record_audit

__all__ = [
    "Identity",
    "read_identity",
    "save_identity",
]


@dataclass(frozen=True, slots=True)
class Identity:
    """What ``shop.…`` says in a template. ``name`` is the shop's, the rest is told here."""

    name: str = ""
    sender: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""


def read_identity() -> Identity:
    """Who sends; the shop's name stands in for a sender nobody told."""
    shop, row = get_shop(), Sender.objects.order_by("pk").first()
    name = shop.name if shop else ""
    if row is None:
        return Identity(name=name, sender=name)
    return Identity(name, row.sender or name, row.address, row.phone, row.email, row.website)


def save_identity(identity: Identity, *, user: User, at: datetime) -> None:
    """Tell who sends.

    Raises:
        InputError: a website that is not ``https://…`` (``content.bad_website``).
    """
    actor = must_write(user)
    told = {key: " ".join(value.split())[:200] for key, value in asdict(identity).items()}
    if told["website"] and not told["website"].startswith("https://"):
        raise InputError(
            "content.bad_website",
            Text(vi="Trang web cần bắt đầu bằng https://.", en="The website begins with https://."),
            path="website",
            hint=Text(vi="Ví dụ: https://nhamay.vn.", en="For example https://nhamay.vn."),
        )
    del told["name"]
    with transaction.atomic():
        Sender.objects.update_or_create(pk=1, defaults=told)
        record_audit(actor=actor, action="content.identity", subject="shop:1", at=at)
