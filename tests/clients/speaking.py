"""Every client speaks at once, each through a relay of its own, to one installation."""

import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.clients.published import Run
from tests.clients.relay import Relay, relays
from tests.clients.said import Person, person_of
from tests.served import Installation
from tests.waiting import DEADLINE_S

_AT_ONCE = 6
_SOURCES = """
from khachquen.base import system_clock
from khachquen.collect import create_source, issue_key
answer = {}
for name, trusted in json.loads(sys.argv[1]):
    source = create_source(name=name, kind="server" if trusted else "website", at=system_clock())
    answer[name] = source.id, issue_key(source.id, trusted=trusted, at=system_clock()).value
"""
_ROWS = """
from khachquen.store import Question, ask
answer = [ask(Question("events", "SELECT * FROM events ORDER BY event_id")).dicts(),
          ask(Question("refusals", "SELECT * FROM refusals")).dicts()]
"""


@dataclass
class Spoken:
    """What became of a run: its end, what was seen on the wire, what is stored."""

    run: Run
    person: Person
    relay: Relay
    complaints: list[str]
    began_at: datetime
    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)


def speak(shop: Installation, runs: Sequence[Run]) -> dict[str, Spoken]:
    """Let every run speak, wait until all is taken in, and read back what is stored of each."""
    wanted = json.dumps([(run.name, run.client.is_trusted) for run in runs])
    sources = shop.run_inside(_SOURCES, wanted)
    shop.serve()
    with (
        relays(shop.port, [run.faults for run in runs]) as opened,
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        keys = [sources[run.name][1] for run in runs]
        spoken = dict(
            zip((run.name for run in runs), pool.map(_run, runs, opened, keys), strict=True)
        )
    shop.wait_until_taken_in()
    events, refusals = shop.run_inside(_ROWS)
    for name, one in spoken.items():
        one.rows = [_read(row) for row in events if row["source_id"] == sources[name][0]]
        one.refused = [row for row in refusals if row["source_id"] == sources[name][0]]
    return spoken


def _run(run: Run, relay: Relay, key: str) -> Spoken:
    """One client's program, from its start to its end."""
    person, began_at = person_of(run.name), datetime.now(UTC)
    told = json.dumps({"host": relay.url, "key": key, **person.as_told()})
    done = subprocess.run(
        run.client.command,
        input=told,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **run.client.environment},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    complaints = [*json.loads(done.stdout or "[]")]
    if done.returncode or done.stderr:
        complaints.append(f"exit {done.returncode}: {done.stderr}")
    return Spoken(run, person, relay, complaints, began_at)


def _read(row: dict[str, Any]) -> dict[str, Any]:
    for name in ("properties", "traits", "context"):
        row[name] = json.loads(row[name])
    for name in ("at", "received_at"):
        row[name] = datetime.fromisoformat(row[name]).replace(tzinfo=UTC)
    return row
