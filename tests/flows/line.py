"""The straight line in one process: requests in at the front, people and the lake behind."""

import json
import secrets
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from khachquen.base import to_micros
from khachquen.collect import KeyHolder, Keyring
from khachquen.collect.keyring import digest_of
from khachquen.collect.protocols import EventRoute, Limits, find_route
from khachquen.collect.protocols.routes import ROUTES
from khachquen.flows.accept import Incoming, accept
from khachquen.flows.batch import Ingester
from khachquen.flows.steps import AfterStep, nothing
from khachquen.flows.taking_in import Ingested, take_in
from khachquen.store import counts_by_outcome
from khachquen.store.engine import LakeReader, Question
from khachquen.store.eventlog import LogWriter
from khachquen.store.lake import live_paths
from khachquen.store.lake.schema import COLUMNS, stored_columns
from khachquen.unify.models import Profile
from tests.clock import FrozenClock

WEBSITE, TILL = 1, 2
KEYS = Keyring(
    {
        digest_of("kqp_website"): KeyHolder(WEBSITE, trusted=False, enabled=True),
        digest_of("kqs_till"): KeyHolder(TILL, trusted=True, enabled=True),
    }
)
BATCH = next(r for r in ROUTES if isinstance(r, EventRoute) and r.path == "/v1/batch")
LIMITS = Limits(public_bytes=32 << 10, trusted_bytes=4 << 20)


@dataclass
class Line:
    """An ingester over a folder of its own; say who sends what, then let it be taken in."""

    data: Path
    clock: FrozenClock = field(default_factory=FrozenClock)

    def __post_init__(self) -> None:
        self.ingester = Ingester(self.data, LIMITS)

    def website(self, *messages: dict[str, Any] | bytes) -> None:
        """One batch of a browser."""
        self.send("kqp_website", *messages)

    def till(self, *messages: dict[str, Any] | bytes) -> None:
        """One batch of the shop's own server, which is trusted."""
        self.send("kqs_till", *messages)

    def send(
        self,
        key: str,
        *messages: dict[str, Any] | bytes,
        stream: str = "web",
        headers: dict[str, str] | None = None,
        keyring: Keyring = KEYS,
    ) -> None:
        raw = [m if isinstance(m, bytes) else json.dumps(m).encode() for m in messages]
        body = b'{"batch":[' + b",".join(raw) + b"]}"
        told = {"x-write-key": key, **(headers or {})}
        self.post("/v1/batch", body, told, stream=stream, keyring=keyring)

    def post(
        self,
        path: str,
        body: bytes,
        headers: dict[str, str],
        *,
        stream: str = "web",
        keyring: Keyring = KEYS,
    ) -> int:
        """One request of any protocol; how many messages it brought."""
        found = find_route("POST", path)
        assert found is not None, path
        route, names = found
        assert isinstance(route, EventRoute)
        incoming = Incoming(
            route=route,
            names=names,
            headers=headers,
            query={},
            body=body,
            ip="203.0.113.9",
            received_at=to_micros(self.clock()),
        )
        record, messages = accept(
            incoming,
            keyring,
            max_bytes=4 << 20,
            public_bytes=500 << 10,
            truncate_ip=self.ingester.truncate_ip,
        )
        with closing(LogWriter(self.data / "log", stream)) as log:
            log.append([record])
        return messages

    def take_in(self, after_step: AfterStep = nothing) -> Ingested:
        label = f"batch-{secrets.token_hex(6)}"
        return take_in(self.ingester, now=self.clock(), label=label, after_step=after_step)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        reader = LakeReader(
            self.data / "lake",
            live_paths,
            {dataset: stored_columns(dataset) for dataset in COLUMNS},
            memory_mb=128,
            threads=1,
        )
        return reader.ask(Question("test", sql)).rows

    def counts(self) -> dict[str, int]:
        """Messages by outcome, from the counters."""
        return count_endings(self.clock)

    def loose_files(self) -> list[str]:
        """Files of the lake the manifest does not list."""
        listed = {path for dataset in (*COLUMNS, "seen") for path in live_paths(dataset)}
        lake = self.data / "lake"
        files = {str(p.relative_to(lake)) for p in lake.rglob("*") if p.is_file()}
        return sorted(files - listed)


def count_endings(clock: FrozenClock) -> dict[str, int]:
    outcomes: Counter[str] = Counter()
    day = timedelta(days=40)
    for (_, outcome, _), n in counts_by_outcome(clock() - day, clock() + day).items():
        outcomes[outcome] += n
    return dict(outcomes)


def people() -> list[tuple[str, int, int, int]]:
    """Name, events, orders and spending of everybody, the first seen first."""
    rows = Profile.objects.filter(merged_into=None).order_by("id")
    return list(rows.values_list("name", "events", "orders", "spent_minor"))


def page(anonymous: str, **fields: Any) -> dict[str, Any]:
    return {"type": "page", "name": "Trang chủ", "anonymousId": anonymous, **fields}


def order(number: str, total: int, **fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Order Completed",
        "properties": {
            "order_id": number,
            "total": total,
            "products": [{"sku": "ao", "quantity": 1}],
        },
        **fields,
    }
