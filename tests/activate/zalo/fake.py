"""Zalo as its documents describe it, on this machine: tokens that can be used once, templates and
their states, a quota, answers by code; and what it tells by itself, signed."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.loopback import Asked, Say, hang_up, listening, nothing_taken, says_json

OA_ID, APP_ID = "2893352839501541173", "2074138120372622546"
APP_SECRET, HOOK_SECRET = "bi-mat-ung-dung", "bi-mat-cua-oa"
FIRST = "refresh-0"


def template(key: str = "7895417", **more: Any) -> dict[str, Any]:
    return {
        "templateId": key,
        "templateName": "Xác nhận đơn hàng",
        "status": "ENABLE",
        "templateTag": "IN_TRANSACTION",
        "templateQuality": "HIGH",
        "price_sdt": "300",
        "previewUrl": "https://account.zalo.example/znspreview/7895417",
        "listParams": [
            {"name": "customer_name", "require": True, "type": "STRING", "maxLength": 30},
            {"name": "order_code", "require": True, "type": "STRING", "maxLength": 30},
        ],
        **more,
    }


@dataclass
class FakeZalo:
    """``accepted`` is what it took, in order; ``answers`` is phone → code instead of success;
    ``drops`` are phones after whose acceptance the connection is cut; ``slow_s`` waits first."""

    daily: int = 500
    remaining: int = 500
    templates: dict[str, dict[str, Any]] = field(default_factory=lambda: {"7895417": template()})
    answers: dict[str, int] = field(default_factory=dict)
    drops: set[str] = field(default_factory=set)
    slow_s: float = 0.0
    token_slow_s: float = 0.0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    tokens: int = 0
    refusals: int = 0
    revoked: set[str] = field(default_factory=set)  # before their time
    took: Callable[[str, str], None] = nothing_taken
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def access(self) -> str:
        return f"access-{self.tokens}"

    def answer(self, asked: Asked) -> Say:
        if asked.path == "/v4/oa/access_token":
            return says_json(self.renew(asked.form, asked.headers.get("secret_key", "")))
        token = asked.headers.get("access_token", "")
        if asked.method == "GET":
            if token != self.access:
                return says_json({"error": -124, "message": "Access token invalid"})
            return says_json(self.show(asked.path, asked.query))
        says = says_json(self.take(token, asked.told))
        return hang_up if asked.told["phone"] in self.drops else says

    def renew(self, told: dict[str, str], secret: str) -> dict[str, Any]:
        threading.Event().wait(self.token_slow_s)
        with self.lock:
            wanted = f"refresh-{self.tokens}"
            if (told.get("refresh_token"), told.get("app_id"), secret) != (
                *(wanted, APP_ID),
                APP_SECRET,
            ):
                self.refusals += 1
                return {"error": -14014, "error_name": "Invalid refresh token."}
            self.tokens += 1
            pair = {"access_token": self.access, "refresh_token": f"refresh-{self.tokens}"}
            return {**pair, "expires_in": "90000"}

    def take(self, token: str, told: dict[str, Any]) -> dict[str, Any]:
        threading.Event().wait(self.slow_s)
        with self.lock:
            self.asked.append(told)
            if token != self.access or token in self.revoked:
                return {"error": -124, "message": "Access token invalid"}
            found = self.templates.get(told["template_id"])
            if found is None or found["status"] != "ENABLE":
                return {"error": -131 if found else -109, "message": "ZNS template not approved"}
            if code := self.answers.get(told["phone"]):
                return {"error": code, "message": f"said {code}"}
            if self.remaining <= 0:
                return {"error": -144, "message": "OA has reached daily quota"}
            self.remaining -= 1
            self.accepted.append(told)
            self.took(told["tracking_id"], told["phone"])
            return {
                "error": 0,
                "message": "Success",
                "data": {
                    "msg_id": f"msg-{len(self.accepted)}",
                    "sent_time": "1626926349402",
                    "sending_mode": "1",
                    "quota": {
                        "dailyQuota": str(self.daily),
                        "remainingQuota": str(self.remaining),
                    },
                },
            }

    def show(self, path: str, asked: dict[str, str]) -> dict[str, Any]:
        if path == "/message/quota":
            return {
                "error": 0,
                "data": {"dailyQuota": self.daily, "remainingQuota": self.remaining},
            }
        if path == "/template/all":
            rows = [
                {"templateId": int(key), "templateName": one["templateName"]}
                for key, one in self.templates.items()
            ]
            start = int(asked["offset"])
            return {"error": 0, "data": rows[start : start + 100]}
        one = self.templates.get(asked["template_id"])
        return {"error": 0, "data": one} if one else {"error": -109, "message": "no template"}


def event(at: datetime, *, oa: str = OA_ID, **told: Any) -> bytes:
    """One event of Zalo's, as its bytes."""
    stamp = str(round(at.timestamp() * 1000))
    body = {"sender": {"id": oa}, "app_id": APP_ID, "timestamp": stamp, **told}
    return json.dumps(body, ensure_ascii=False).encode()


def delivered(tracking_id: str, at: datetime) -> bytes:
    message = {
        "delivery_time": str(round(at.timestamp() * 1000)),
        "msg_id": "15a0cc0bbb13bd4ce403",
        "tracking_id": tracking_id,
    }
    return event(
        at, event_name="user_received_message", message=message, recipient={"id": "84912000001"}
    )


def signature(raw: bytes, *, secret: str = HOOK_SECRET, app_id: str = APP_ID) -> str:
    """As Zalo signs."""
    stamp = json.loads(raw)["timestamp"]
    told = app_id.encode() + raw + str(stamp).encode() + secret.encode()
    return "mac=" + hashlib.sha256(told).hexdigest()


@contextmanager
def zalo_server(fake: FakeZalo) -> Iterator[str]:
    """Its address on this machine."""
    with listening(fake.answer) as port:
        yield f"http://127.0.0.1:{port}"
