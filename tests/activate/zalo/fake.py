"""Zalo as its documents describe it, on this machine: tokens that can be used once, templates and
their states, a quota, answers by code; and what it tells by itself, signed."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

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
    """``accepted`` is what it took, in order; ``answers`` is phone → code instead of success,
    ``held`` the same by template;
    ``drops`` are phones after whose acceptance the connection is cut; ``slow_s`` waits first."""

    daily: int = 500
    remaining: int = 500
    templates: dict[str, dict[str, Any]] = field(default_factory=lambda: {"7895417": template()})
    answers: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    drops: set[str] = field(default_factory=set)
    slow_s: float = 0.0
    token_slow_s: float = 0.0
    accepted: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    tokens: int = 0
    codes: dict[str, str] = field(default_factory=dict)  # not used yet → challenge
    sent_back_to: str = ""
    refusals: int = 0
    revoked: set[str] = field(default_factory=set)  # before their time
    took: Callable[[str, str], None] = nothing_taken
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def access(self) -> str:
        return f"access-{self.tokens}"

    def answer(self, asked: Asked) -> Say:
        if asked.path == "/v4/oa/access_token":
            give = self.exchange if "code" in asked.form else self.renew
            return says_json(give(asked.form, asked.headers.get("secret_key", "")))
        token = asked.headers.get("access_token", "")
        if asked.method == "GET":
            if token != self.access:
                return says_json({"error": -124, "message": "Access token invalid"})
            return says_json(self.show(asked.path, asked.query))
        says = says_json(self.take(token, asked.told))
        return hang_up if asked.told["phone"] in self.drops else says

    def permit(self, url: str, *, says_yes: bool = True, oa_id: str = OA_ID) -> dict[str, str]:
        """Somebody opens the address and answers: what their browser brings back."""
        parts = urlsplit(url)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        assert (parts.path, asked["app_id"]) == ("/v4/oa/permission", APP_ID)
        self.sent_back_to = asked["redirect_uri"]
        if not says_yes:
            return {"error": "access_denied", "state": asked["state"]}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked["code_challenge"]
        return {"code": code, "oa_id": oa_id, "state": asked["state"]}

    def exchange(self, told: dict[str, str], secret: str) -> dict[str, Any]:
        """Once for each code that has not run out, to who knows what its challenge was made of."""
        with self.lock:
            challenge = self.codes.pop(told["code"], "")
            digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
            is_own = base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge
            if not is_own or (told["app_id"], secret) != (APP_ID, APP_SECRET):
                self.refusals += 1
                return {"error": -14019, "error_name": "Invalid authorization code."}
            return self._pair()

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
            return self._pair()

    def _pair(self) -> dict[str, Any]:
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
            if code := self.answers.get(told["phone"]) or self.held.get(told["template_id"]):
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
