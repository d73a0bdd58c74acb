"""Every client speaks at once, each through a relay of its own, to one installation."""

import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.clients.browsing import bundle, chromium, open_page, website, write_page
from tests.clients.published import Client
from tests.clients.relay import Relay, relays
from tests.clients.said import Person, person_of
from tests.served import Installation
from tests.waiting import DEADLINE_S, wait_for

_AT_ONCE = 6
_AT_MOST_S = 20.0
_SOURCES = """
from khachquen.base import system_clock
from khachquen.collect import create_source, issue_key
from khachquen.collect.keys import set_rate
answer = {}
for name, trusted, rate in json.loads(sys.argv[1]):
    source = create_source(name=name, kind="server" if trusted else "website", at=system_clock())
    set_rate(source.id, rate)
    answer[name] = source.id, issue_key(source.id, trusted=trusted, at=system_clock()).value
"""
_STORED = """
from khachquen.store import Question, ask
from khachquen.unify.profiles import find_profile
people = {}
for user in json.loads(sys.argv[1]):
    if found := find_profile(f"user:{user}"):
        people[user] = {"id": found.row.id, **{t.name: t.value for t in found.traits}}
answer = [ask(Question("events", "SELECT * FROM events ORDER BY event_id")).dicts(),
          ask(Question("refusals", "SELECT * FROM refusals")).dicts(), people]
"""


@dataclass
class Spoken:
    """What became of a run: its end, what was seen on the wire, what is stored."""

    client: Client
    person: Person
    relay: Relay
    key: str
    complaints: list[str] = field(default_factory=list)
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    profile: dict[str, Any] | None = None

    @property
    def calls(self) -> int:
        """How many messages it will have sent."""
        return len(self.client.expected(self.person))

    @property
    def told(self) -> dict[str, Any]:
        """What the client's script reads."""
        return {
            "host": self.relay.url,
            "key": self.key,
            "options": dict(self.client.options),
            **self.person.as_told(),
        }


def speak(shop: Installation, clients: Sequence[Client], pages: Path) -> dict[str, Spoken]:
    """Let every client speak, wait until all is taken in, and read back what is stored of each."""
    wanted = json.dumps([(client.name, client.is_trusted, client.rate) for client in clients])
    sources = shop.run_inside(_SOURCES, wanted)
    shop.serve()
    with relays(shop.port, [client.lost_answers for client in clients]) as opened:
        spoken = {
            client.name: Spoken(client, person_of(client.name), relay, sources[client.name][1])
            for client, relay in zip(clients, opened, strict=True)
        }
        _let_all_speak(list(spoken.values()), pages)
    shop.wait_until_taken_in()
    events, refusals, people = shop.run_inside(
        _STORED, json.dumps([one.person.user for one in spoken.values()])
    )
    for name, one in spoken.items():
        one.rows = [_read(row) for row in events if row["source_id"] == sources[name][0]]
        one.refused = [row for row in refusals if row["source_id"] == sources[name][0]]
        one.profile = people.get(one.person.user)
    return spoken


def _let_all_speak(all_of_them: Sequence[Spoken], folder: Path) -> None:
    """Programs side by side, and beside them a browser with the pages."""
    programs = [one for one in all_of_them if one.client.language != "browser"]
    pages = [one for one in all_of_them if one.client.language == "browser"]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        browsing = pool.submit(_browse, pages, folder)
        list(pool.map(_run, programs))
        browsing.result()


def _run(one: Spoken) -> None:
    """One client's program, from its start to its end."""
    done = subprocess.run(
        one.client.command,
        input=json.dumps(one.told),
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **one.client.environment},
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
    bundle(sorted({one.client.script[0] for one in pages}), folder)
    with website(folder) as address, chromium() as browser:
        opened = []
        for one in pages:
            path = write_page(folder, one.client.name, one.client.script[0], one.told)
            opened.append(open_page(browser, f"{address}/{path}", one.complaints))
        for page in opened:
            page.wait_for_function("window.hasSpoken")
            _wait_until_answered(one, one.calls - one.client.at_leave)
            page.close()  # the visitor leaves; the browser still delivers what was said last
            _wait_until_answered(one, one.calls)
            page.context.close()


def _wait_until_answered(one: Spoken, messages: int) -> None:
    """Whatever is still missing after the deadline fails its own test."""
    with suppress(AssertionError):
        wait_for(lambda: len(one.relay.said()) >= messages, at_most_s=_AT_MOST_S)


def _read(row: dict[str, Any]) -> dict[str, Any]:
    for name in ("properties", "traits", "context"):
        row[name] = json.loads(row[name])
    for name in ("at", "received_at"):
        row[name] = datetime.fromisoformat(row[name]).replace(tzinfo=UTC)
    return row
