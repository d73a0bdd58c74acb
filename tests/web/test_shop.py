"""The shop's own settings."""

from django.test import Client

from khachquen.govern import User, get_shop

CHANGED = {"name": "Gốm Mộc Huế", "trade": "other", "currency": "USD", "timezone": "Asia/Tokyo"}


def test_chi_hoa_renames_the_shop_and_every_page_says_so(desk: Client) -> None:
    assert desk.post("/shop", CHANGED)["Location"] == "/shop"

    shop = get_shop()
    assert shop is not None
    assert (shop.name, shop.currency, shop.timezone) == ("Gốm Mộc Huế", "USD", "Asia/Tokyo")
    assert "Gốm Mộc Huế" in desk.get("/account").content.decode()


def test_anh_nam_may_look_but_not_change(nam: User) -> None:
    browser = Client()
    browser.force_login(nam, backend="django.contrib.auth.backends.ModelBackend")

    assert browser.get("/shop").status_code == 200
    answer = browser.post("/shop", CHANGED)

    assert answer.status_code == 403
    assert "Chỉ quản trị viên được đổi thông tin cửa hàng." in answer.content.decode()
    shop = get_shop()
    assert shop is not None
    assert shop.name == "Nhà Gốm Mộc"


def test_a_currency_that_is_not_offered_is_refused(desk: Client) -> None:
    answer = desk.post("/shop", CHANGED | {"currency": "XXX"})

    assert answer.status_code == 400
    shop = get_shop()
    assert shop is not None
    assert shop.currency == "VND"
