"""Another system: a real server on this machine that checks what it is sent by other code."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

from standardwebhooks import Webhook

from tests.loopback import Asked, Say, Says, listening


@dataclass(frozen=True)
class Heard:
    """One request that came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def checked(self, secret: str, now: datetime) -> Any:
        """What it says, by the library receivers use; it raises when the signature is not ours or
        it is not five minutes within ``now``."""

        class Then(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> "datetime":  # type: ignore[override]
                return now

        with patch("standardwebhooks.webhooks.datetime", Then):
            return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """Answers ``says`` by number of the request, the last one again and again."""

    says: list[int | Say] = field(default_factory=lambda: [200])
    heard: list[Heard] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"
    connections: int = 0
    took: Callable[[str, str], None] | None = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.heard]

    def answer(self, asked: Asked) -> Say:
        self.heard.append(Heard(asked.target, asked.headers, asked.body))
        says = self.says[min(len(self.heard), len(self.says)) - 1]
        if callable(says):
            return says
        if self.took and 200 <= says < 300:
            self.took(self.heard[-1].id, str(self.heard[-1].told["data"]["profile_id"]))
        return Says(says, b"ok" if says == 200 else b"no")

    def meet(self) -> None:
        self.connections += 1


@contextmanager
def receiving(
    *says: int | Say, tls: ssl.SSLContext | None = None, port: int = 0
) -> Iterator[Receiver]:
    """A receiver that is up."""
    receiver = Receiver(list(says) or [200], scheme="https" if tls else "http")
    with listening(receiver.answer, met=receiver.meet, tls=tls, port=port) as receiver.port:
        yield receiver
