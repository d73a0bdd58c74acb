"""A shop that heard of a few people, and a program that may ask about them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from tests.clock import FrozenClock

if TYPE_CHECKING:
    from khachquen.govern import User

PASSWORD = "mua-roi-tren-pho-cu"


@dataclass
class Caller:
    """A program with a token; every answer comes back as status and JSON."""

    token: str
    language: str = "en"

    def get(self, path: str, **query: object) -> tuple[int, Any]:
        """The status and the body of one GET."""
        headers = {"Accept-Language": self.language}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        client = Client(raise_request_exception=False)
        response = client.get(f"/api/v1/{path}", query, headers=headers)
        return response.status_code, json.loads(response.content)

    def post(self, path: str, body: object) -> tuple[int, Any]:
        """The status and the body of one POST."""
        headers = {"Accept-Language": self.language}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        response = Client(raise_request_exception=False).post(
            f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
        )
        return response.status_code, json.loads(response.content)

    def put(self, path: str, body: object) -> tuple[int, Any]:
        """The status and the body of one PUT."""
        headers = {"Accept-Language": self.language, "Authorization": f"Bearer {self.token}"}
        response = Client(raise_request_exception=False).put(
            f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
        )
        return response.status_code, json.loads(response.content)


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    from khachquen.api import access

    access.token_limit.cache_clear()
    access.stranger_limit.cache_clear()
    yield
    access.token_limit.cache_clear()
    access.stranger_limit.cache_clear()


@pytest.fixture(autouse=True)
def _own_lake(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test its own lake; the state is rolled back with the test."""
    from khachquen.store import forget_reader

    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, data=data))
    forget_reader()
    yield
    forget_reader()


@pytest.fixture
def hoa(db: None, now: datetime) -> "User":
    """Chị Hoa, whose shop it is."""
    from khachquen.govern import create_first_admin, save_shop

    save_shop(
        name="Nhà Gốm Mộc", trade="retail", currency="VND", timezone="Asia/Ho_Chi_Minh", at=now
    )
    return create_first_admin(email="hoa@example.vn", password=PASSWORD, name="Hoa", at=now)


@pytest.fixture
def caller(hoa: "User", now: datetime) -> Caller:
    """Chị Hoa's program."""
    from khachquen.govern import issue_token

    return Caller(issue_token(hoa, name="Báo cáo", at=now).value)


@pytest.fixture
def stranger(hoa: "User") -> Caller:
    """A program without a token, at a shop that is open."""
    return Caller("")


@pytest.fixture
def told(hoa: "User", clock: FrozenClock) -> int:
    """What happened, through the front door; gives the id of the till's source.

    Mai browses, then buys two bowls and leaves her e-mail; Nam is only a name in the till.
    """
    from khachquen.collect import create_source
    from khachquen.flows.feed import feed

    till = create_source(name="Máy tính tiền", kind="server", at=clock())
    messages = [json.dumps(message).encode() for message in _MESSAGES]
    broken = b'{"type":"track","messageId":"m-hong"}'
    feed(
        settings.CONFIG,
        [(till.pk, True, [*messages, broken, messages[0]])],
        stream="test",
        clock=clock,
    )
    return till.pk


_MESSAGES: list[dict[str, Any]] = [
    {
        "type": "page",
        "messageId": "m-1",
        "anonymousId": "may-cua-mai",
        "name": "Bát tràng",
        "timestamp": "2026-11-18T02:00:00Z",
    },
    {
        "type": "identify",
        "messageId": "m-2",
        "anonymousId": "may-cua-mai",
        "userId": "KH01",
        "traits": {"name": "Lê Thị Mai", "email": "Mai@Example.vn", "phone": "0912345678"},
        "timestamp": "2026-11-18T02:05:00Z",
    },
    {
        "type": "track",
        "messageId": "m-3",
        "userId": "KH01",
        "event": "Order Completed",
        "timestamp": "2026-11-18T02:10:00Z",
        "properties": {
            "order_id": "HD1",
            "currency": "VND",
            "total": 190000,
            "products": [{"product_id": "BAT", "name": "Bát gốm", "quantity": 2, "price": 95000}],
        },
    },
    {
        "type": "identify",
        "messageId": "m-4",
        "userId": "KH02",
        "traits": {"name": "Trần Văn Nam"},
        "timestamp": "2026-11-17T02:00:00Z",
    },
]
