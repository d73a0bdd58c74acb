"""The first visit, which happens once."""

import re

import pytest
from django.test import Client

from khachquen.collect import list_sources, load_keyring
from khachquen.govern import User, get_shop, has_admin

pytestmark = pytest.mark.django_db

SHOP = {
    "name": "Nhà Gốm Mộc",
    "trade": "retail",
    "currency": "VND",
    "timezone": "Asia/Ho_Chi_Minh",
}
ADMIN = {"name": "Hoa", "email": "Hoa@Example.vn", "password": "mua-roi-tren-pho-cu"}


def open_shop(browser: Client) -> str:
    """Walk through the set-up and return its last page."""
    browser.post("/setup", SHOP)
    answer = browser.post("/setup/admin", ADMIN)
    assert answer.status_code == 200
    return answer.content.decode()


def test_chi_hoa_opens_her_shop_in_three_steps() -> None:
    browser = Client()

    page = open_shop(browser)

    shop = get_shop()
    assert shop is not None
    assert (shop.name, shop.currency) == ("Nhà Gốm Mộc", "VND")
    hoa = User.objects.get()
    assert (hoa.email, hoa.is_admin, hoa.language) == ("hoa@example.vn", True, "vi")
    assert [(s.name, s.kind) for s in list_sources()] == [
        ("Máy chủ", "server"),
        ("Website", "website"),
    ]
    keyring = load_keyring()
    public, secret = re.search(r"kqp_[\w-]+", page), re.search(r"kqs_[\w-]+", page)
    assert public is not None
    assert secret is not None
    assert (found := keyring.find(public[0])) is not None
    assert not found.trusted
    assert (found := keyring.find(secret[0])) is not None
    assert found.trusted
    assert browser.get("/account").status_code == 200  # she is signed in


def test_the_secret_key_waits_nowhere_for_another_look() -> None:
    browser = Client()
    secret = re.search(r"kqs_[\w-]+", open_shop(browser))
    assert secret is not None

    assert secret[0] not in str(dict(browser.session))
    for source in list_sources():
        assert secret[0] not in browser.get(f"/sources/{source.id}").content.decode()


@pytest.mark.parametrize("address", ["/setup", "/setup/admin"])
def test_afterwards_the_set_up_is_closed_for_ever(address: str) -> None:
    open_shop(Client())
    late = Client()

    assert late.get(address).status_code == 404
    assert late.post(address, SHOP | ADMIN | {"email": "trom@example.vn"}).status_code == 404
    assert User.objects.count() == 1


def test_of_two_who_set_up_at_once_one_becomes_the_administrator() -> None:
    first, second = Client(), Client()
    first.post("/setup", SHOP)
    second.post("/setup", SHOP | {"name": "Cửa hàng khác"})

    first.post("/setup/admin", ADMIN)
    answer = second.post("/setup/admin", ADMIN | {"email": "nam@example.vn"})

    assert answer.status_code == 404
    assert [user.email for user in User.objects.all()] == ["hoa@example.vn"]
    shop = get_shop()
    assert shop is not None
    assert shop.name == "Nhà Gốm Mộc"


def test_a_weak_password_is_refused_beside_its_field_and_nothing_is_made() -> None:
    browser = Client()
    browser.post("/setup", SHOP)

    answer = browser.post("/setup/admin", ADMIN | {"password": "1234567890"})

    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'id="id_password-error"' in page
    assert "Mật khẩu này quá phổ biến." in page
    assert "1234567890" not in page
    assert not has_admin()
    assert get_shop() is None


def test_a_shop_without_a_name_stays_at_the_first_step() -> None:
    browser = Client()

    answer = browser.post("/setup", SHOP | {"name": " "})

    assert answer.status_code == 400
    assert 'id="id_name-error"' in answer.content.decode()
    assert browser.get("/setup/admin")["Location"] == "/setup"
