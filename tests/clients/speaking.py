"""Every client speaks at once, each through a relay of its own, to one installation."""

import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.clients.browsing import bundle, chromium, open_page, website, write_page
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
    key: str
    waited: int = 0
    complaints: list[str] = field(default_factory=list)
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    @property
    def told(self) -> dict[str, Any]:
        """What the client's script reads."""
        return {"host": self.relay.url, "key": self.key, **self.person.as_told()}


def speak(shop: Installation, runs: Sequence[Run], pages: Path) -> dict[str, Spoken]:
    """Let every run speak, wait until all is taken in, and read back what is stored of each."""
    wanted = json.dumps([(run.name, run.client.is_trusted) for run in runs])
    sources = shop.run_inside(_SOURCES, wanted)
    shop.serve()
    with relays(shop.port, [run.faults for run in runs]) as opened:
        spoken = {
            run.name: Spoken(run, person_of(run.name), relay, sources[run.name][1])
            for run, relay in zip(runs, opened, strict=True)
        }
        _let_all_speak(list(spoken.values()), pages)
    shop.wait_until_taken_in()
    events, refusals = shop.run_inside(_ROWS)
    for name, one in spoken.items():
        one.rows = [_read(row) for row in events if row["source_id"] == sources[name][0]]
        one.refused = [row for row in refusals if row["source_id"] == sources[name][0]]
    return spoken


def _let_all_speak(all_of_them: Sequence[Spoken], folder: Path) -> None:
    """Programs side by side, and beside them a browser with the pages."""
    programs = [one for one in all_of_them if one.run.client.language != "browser"]
    pages = [one for one in all_of_them if one.run.client.language == "browser"]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        browsing = pool.submit(_browse, pages, folder)
        list(pool.map(_run, programs))
        browsing.result()


def _run(one: Spoken) -> None:
    """One client's program, from its start to its end."""
    done = subprocess.run(
        one.run.client.command,
        input=json.dumps(one.told),
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **one.run.client.environment},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    one.complaints += json.loads(done.stdout or "[]")
    one.complaints += [line for line in done.stderr.splitlines() if not line.startswith("INFO:")]
    if done.returncode:
        one.complaints.append(f"exit {done.returncode}")


def _browse(pages: Sequence[Spoken], folder: Path) -> None:
    """Every page open at once, until all it said has been answered."""
    bundle(sorted({one.run.client.script[0] for one in pages}), folder)
    with website(folder) as address, chromium() as browser:
        opened = []
        for one in pages:
            path = write_page(folder, one.run.name, one.run.client.script[0], one.told)
            opened.append(open_page(browser, f"{address}/{path}", one.complaints))
        for page in opened:
            page.wait_for_function("window.hasSpoken")
            page.evaluate("() => 0")
        for one, page in zip(pages, opened, strict=True):
            calls = len(one.run.client.expected(one.person))
            while len(one.relay.said()) < calls and one.waited < 300:
                one.waited += 1
                page.wait_for_timeout(100)
            page.context.close()


def _read(row: dict[str, Any]) -> dict[str, Any]:
    for name in ("properties", "traits", "context"):
        row[name] = json.loads(row[name])
    for name in ("at", "received_at"):
        row[name] = datetime.fromisoformat(row[name]).replace(tzinfo=UTC)
    return row
