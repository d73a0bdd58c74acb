"""The shop itself: its name, its trade, the money and the clock it counts by."""

import re
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction

from khachquen.base import InputError, Text
from khachquen.govern.models import Shop


def get_shop() -> Shop | None:
    """The one shop of this installation, or None before it was set up."""
    return Shop.objects.order_by("pk").first()


def save_shop(*, name: str, trade: str, currency: str, timezone: str, at: datetime) -> Shop:
    """Set up the shop, or change what it is called and how it counts.

    Raises:
        InputError: no name, a currency that is not three letters, or an unknown time zone.
    """
    name, currency = name.strip(), currency.strip().upper()
    _check(name, currency, timezone)
    with transaction.atomic():
        shop = get_shop() or Shop(created_at=at)
        shop.name, shop.trade = name[:200], trade
        shop.currency, shop.timezone = currency, timezone
        shop.save()
    return shop


def _check(name: str, currency: str, timezone: str) -> None:
    if not name:
        raise InputError(
            "shop.no_name",
            Text(vi="Cửa hàng cần một cái tên.", en="The shop needs a name."),
            path="name",
        )
    if not re.fullmatch("[A-Z]{3}", currency):
        raise InputError(
            "shop.bad_currency",
            Text(
                vi=f"{currency[:20]!r} không phải là mã tiền tệ.",
                en=f"{currency[:20]!r} is not a currency code.",
            ),
            path="currency",
            hint=Text(vi="Ví dụ: VND, USD.", en="For example VND or USD."),
        )
    if timezone not in available_timezones():
        raise InputError(
            "shop.bad_timezone",
            Text(
                vi=f"Không có múi giờ {timezone[:60]!r}.",
                en=f"There is no time zone {timezone[:60]!r}.",
            ),
            path="timezone",
            hint=Text(vi="Ví dụ: Asia/Ho_Chi_Minh.", en="For example Asia/Ho_Chi_Minh."),
        )
