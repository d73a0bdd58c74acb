"""The people and the shop the pages are tried with."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import translation

if TYPE_CHECKING:
    from khachquen.govern import User

PASSWORD = "mua-roi-tren-pho-cu"


@pytest.fixture(autouse=True)
def _in_vietnamese() -> Iterator[None]:
    with translation.override("vi"):
        yield


@pytest.fixture
def hoa(db: None, now: datetime) -> "User":
    """Chị Hoa opened the shop and administers it."""
    from khachquen.govern import create_first_admin, save_shop

    save_shop(
        name="Nhà Gốm Mộc", trade="retail", currency="VND", timezone="Asia/Ho_Chi_Minh", at=now
    )
    return create_first_admin(
        email="hoa@example.vn", password=PASSWORD, name="Nguyễn Thị Hoa", at=now
    )


@pytest.fixture
def nam(hoa: "User", now: datetime) -> "User":
    """Anh Nam works in the shop, without the right to change it."""
    from khachquen.govern import create_user

    return create_user(email="nam@example.vn", password=PASSWORD, name="Trần Văn Nam", at=now)


@pytest.fixture
def stranger(hoa: "User") -> Client:
    """A browser nobody is signed in with, at a shop that is open."""
    return Client()


@pytest.fixture
def desk(hoa: "User") -> Client:
    """The browser chị Hoa is signed in with."""
    client = Client()
    client.force_login(hoa, backend="django.contrib.auth.backends.ModelBackend")
    return client
