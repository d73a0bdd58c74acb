"""The shop is set up once and changed later; a wrong value changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from khachquen.base import InputError
from khachquen.govern import get_shop, list_audit, record_audit, save_shop

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _save(**changes: str) -> None:
    given = {
        "name": "Nhà Mây",
        "trade": "fashion",
        "currency": "VND",
        "timezone": "Asia/Ho_Chi_Minh",
    }
    save_shop(**(given | changes), at=NOW)


def test_before_set_up_there_is_no_shop() -> None:
    assert get_shop() is None


def test_chi_hoa_renames_her_shop_and_it_stays_the_one_shop() -> None:
    _save()
    first = get_shop()
    save_shop(
        name="Nhà Mây Hội An",
        trade="fashion",
        currency="usd",
        timezone="UTC",
        at=NOW + timedelta(days=1),
    )

    shop = get_shop()
    assert shop is not None
    assert shop == first
    assert (shop.name, shop.currency, shop.timezone) == ("Nhà Mây Hội An", "USD", "UTC")
    assert shop.created_at == NOW


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "  ", "shop.no_name"),
        ("currency", "đồng", "shop.bad_currency"),
        ("timezone", "Mars/Phobos", "shop.bad_timezone"),
        ("timezone", "../../etc/passwd", "shop.bad_timezone"),
    ],
)
def test_a_wrong_value_is_named_and_changes_nothing(field: str, value: str, code: str) -> None:
    _save()

    with pytest.raises(InputError) as caught:
        _save(**{field: value})

    assert (caught.value.code, caught.value.path) == (code, field)
    shop = get_shop()
    assert shop is not None
    assert (shop.name, shop.currency, shop.timezone) == ("Nhà Mây", "VND", "Asia/Ho_Chi_Minh")


def test_the_audit_trail_tells_the_latest_first() -> None:
    record_audit(actor="hoa@example.vn", action="shop.save", at=NOW)
    record_audit(
        actor="nam@example.vn",
        action="token.issue",
        subject="token:1",
        detail={"name": "Báo cáo"},
        at=NOW,
    )

    latest, first = list_audit()
    assert (latest.action, latest.subject, latest.detail) == (
        "token.issue",
        "token:1",
        {"name": "Báo cáo"},
    )
    assert (first.actor, first.detail) == ("hoa@example.vn", {})
    assert [entry.action for entry in list_audit(limit=1)] == ["token.issue"]
