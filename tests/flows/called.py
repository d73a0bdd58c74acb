"""A shop whose segments are kept true, and the systems that are told who enters and leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings

from khachquen.activate.egress import Rules
from khachquen.activate.webhooks import Wish, add_endpoint
from khachquen.activate.webhooks.owed import DeliveryView, list_deliveries
from khachquen.flows.calling import Calling, Calls
from khachquen.flows.steps import AfterStep, nothing
from khachquen.store import forget_reader
from tests.flows.test_refreshing import Keeping

HOUSE = "127.0.0.0/8"
LINH = "linh@nhamay.vn"


@dataclass
class Shop:
    """Who buys belongs to the segment ``buyers``; ``tell`` is the thread that calls."""

    keeping: Keeping
    secrets: dict[int, str] = field(default_factory=dict)

    @property
    def clock(self) -> Any:
        return self.keeping.line.clock

    def register(self, url: str, **wish: Any) -> int:
        told = Wish(**{"name": f"Kho {len(self.secrets)}", "url": url, **wish})
        made, secret = add_endpoint(told, actor=LINH, at=self.clock())
        self.secrets[made.id] = secret
        return made.id

    def tell(self, *, timeout_s: float = 5.0, **options: Any) -> None:
        """Rounds of a fresh caller until nothing is due and nothing under way."""
        with self.calling(timeout_s=timeout_s, **options) as calling:
            calling.finish()

    @contextmanager
    def calling(
        self, *, after_step: AfterStep = nothing, timeout_s: float = 5.0, **options: Any
    ) -> Iterator[Calling]:
        calls = Calls(Rules((HOUSE,)), timeout_s=timeout_s, **options)
        calling = Calling(calls, self.clock, jitter=lambda: 0.5, after_step=after_step)
        try:
            yield calling
        finally:
            calling.close()

    def deliveries(self, endpoint: int) -> list[DeliveryView]:
        """The first owed first."""
        return list_deliveries(endpoint, limit=500)[::-1]


@contextmanager
def inside_allowed(monkeypatch: pytest.MonkeyPatch, data: Any) -> Iterator[None]:
    """The operator allows calls to this machine, and questions are about this shop's lake."""
    from dataclasses import replace

    config = settings.CONFIG
    told = replace(config, data=data, egress=replace(config.egress, inside=[HOUSE]))
    monkeypatch.setattr(settings, "CONFIG", told)
    forget_reader()
    yield
    forget_reader()
