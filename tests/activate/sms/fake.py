"""An SMS gateway on this machine: takes texts as JSON, and tells by itself, signed."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from khachquen.activate.channels.sms.hooks import sign
from khachquen.base.config import Sms
from tests.loopback import Asked, Say, Says, hang_up, listening, nothing_taken

NAME, TOKEN, HOOK_SECRET = "cong-tin", "Bearer khoa-cong-tin", "khoa-ky-cong-tin"


@dataclass
class FakeGateway:
    """``accepted`` is what it took, in order; ``answers`` is number → another answer than success;
    ``drops`` are numbers after whose acceptance the connection is cut; ``took`` hears each."""

    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    drops: set[str] = field(default_factory=set)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    took: Callable[[str, str], None] = nothing_taken
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def numbers(self) -> list[str]:
        """Who was sent something, in order."""
        return [one["sms"]["to"] for one in self.accepted]

    def answer(self, asked: Asked) -> Say:
        told = asked.told
        number = told["sms"]["to"]
        with self.lock:
            self.asked.append(told)
            if asked.headers.get("authorization") != TOKEN:
                return Says(401, b'{"code": 101}')
            if number in self.answers:
                status, text = self.answers[number]
                return Says(status, text.encode())
            self.accepted.append(told)
            self.took(told["id"], number)
        return hang_up if number in self.drops else Says(200, b'{"code": 100, "message": "OK"}')


def settings_of(url: str, **more: Any) -> Sms:
    """The gateway as a shop declares it."""
    told = {
        "name": NAME,
        "url": url,
        "brandname": "GOMMOC",
        "secret_headers": [f"Authorization: {TOKEN}"],
        "number_in": "sms.to",
        "text_in": "sms.text",
        "also": ["type=2"],
        "accepted": ["code=100"],
        "later": ["code=118", "status=429"],
        "refused": ["code=104"],
        "wrong_number": ["code=99"],
        "held": ["code=103"],
        "hook_secret": HOOK_SECRET,
        **more,
    }
    return Sms(**told)


def signed(raw: bytes, at: datetime, secret: str = HOOK_SECRET) -> tuple[str, str]:
    """Stamp and signature, as the gateway writes them."""
    stamp = str(int(at.timestamp()))
    return stamp, sign(raw, stamp, secret)


def incoming(number: str, text: str) -> bytes:
    """A customer's text, as its bytes."""
    told = {"type": "incoming", "from": number, "text": text, "id": "mo-1"}
    return json.dumps(told, ensure_ascii=False).encode()


def receipt(our_id: str, state: str = "delivered") -> bytes:
    """A delivery, as its bytes."""
    return json.dumps({"type": "receipt", "id": our_id, "state": state}).encode()


@contextmanager
def gateway_server(fake: FakeGateway) -> Iterator[str]:
    """Its address on this machine."""
    with listening(fake.answer) as port:
        yield f"http://127.0.0.1:{port}/send"
