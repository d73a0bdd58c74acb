"""SIGKILL while letters leave: nobody gets two, nobody is forgotten, what is unknown says so.

A few thousand letters and eight kills with every suite; a hundred thousand and fifty with
``make crash-send``. The mail server is a process of its own that nobody kills: the file it keeps,
a line for each letter before it says yes, is what was accepted.
"""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.crash.storming import SETTINGS, Storm, wait_for_the_end
from tests.served import environment_of, free_port, installation

pytestmark = [pytest.mark.crash, pytest.mark.served]
LINES = 8

_BEGIN = """
from datetime import UTC, datetime
from django.db import transaction
from khachquen.activate.campaigns import accounts, running
from khachquen.activate.campaigns.models import Account, Campaign
from khachquen.base import to_micros
from khachquen.unify.filling import write_addressees

people, port, lines = (int(word) for word in sys.argv[1:])
now = datetime.now(UTC)
with transaction.atomic():
    write_addressees(range(1, people + 1), to_micros(now))
account = Account.objects.create(
    name="Gốm Mộc", host="127.0.0.1", port=port, security="none", connections=lines,
    from_address="tin@gom-moc.example", from_name="Gốm Mộc", created_at=now,
)
accounts.give_key(account)
campaign = Campaign.objects.create(
    name="Cách giữ gốm bền", purpose="care", segment_id=1, account=account,
    subject="{{ name }} ơi, giữ gốm thế nào cho bền", html="<p>Chào {{ name }}</p>" * 20,
    text="Chào {{ name }}\\n" * 20, created_at=now, created_by="hoa", changed_at=now,
)
run = running.begin(campaign.pk, start_at=now, links_open=True, by="hoa", at=now)
running.start_due(now)
for start in range(1, people + 1, 20_000):
    part = range(start, min(start + 20_000, people + 1))
    running.write_down(run, part, is_last=part[-1] == people, now=now)
answer = run.pk
"""
_ENDS = """
from khachquen.activate.campaigns.counting import tally
from khachquen.activate.campaigns.models import Recipient
total = tally(int(sys.argv[1]))
rows = Recipient.objects.filter(run_id=int(sys.argv[1])).exclude(state="sent")
answer = {
    "targeted": total.targeted, "sent": total.sent, "unknown": total.unknown,
    "other": total.open + sum(total.failed.values()) + sum(total.skipped.values()),
    "not sent": list(rows.values_list("address", "state")),
}
"""


@contextmanager
def sink(folder: Path) -> Iterator[tuple[int, Path]]:
    """A mail server in a process of its own: its port, and the file of what it accepted."""
    port, file = free_port(), folder / "accepted"
    file.touch()
    command = [sys.executable, "-m", "khachquen.bench.sink", str(port), str(file)]
    process = subprocess.Popen(command, env=environment_of({}))
    try:
        yield port, file
    finally:
        process.terminate()
        process.wait()


def test_nobody_gets_a_letter_twice_and_nobody_is_forgotten(
    tmp_path: Path, crash_kills: int, send_people: int, capfd: pytest.CaptureFixture[str]
) -> None:
    storm = Storm(random.SystemRandom().randrange(10**6), crash_kills, send_people, LINES, 5)
    settings = SETTINGS | {"KHACHQUEN_SERVER_BASE_URL": "https://gom-moc.example"}
    with sink(tmp_path) as (port, file), installation(tmp_path, **settings) as shop:
        run = str(shop.run_inside(_BEGIN, str(send_people), str(port), str(LINES)))
        shop.serve()
        kills = storm.rage(shop, file)
        wait_for_the_end(shop, run)
        ends = shop.run_inside(_ENDS, run)
        lines = Counter(file.read_text().split("\n")[:-1])
    said = check(lines, ends, storm)
    with capfd.disabled():
        sys.stdout.write(f"\n  send storm: seed {storm.seed}, {dict(kills)} kills; {said}\n")


def check(lines: Counter[str], ends: dict[str, object], storm: Storm) -> str:
    """The server's file beside our rows."""
    taken = Counter(line.split()[1] for line in lines.elements())
    ids = Counter(line.split()[0] for line in lines.elements())
    not_sent: list[tuple[str, str]] = ends["not sent"]  # type: ignore[assignment]
    unknown = {address for address, state in not_sent if state == "unknown"}
    everybody = {f"khach-{n}@example.vn" for n in range(1, storm.people + 1)}
    sent = everybody - {address for address, _ in not_sent}
    assert set(taken.values()) == set(ids.values()) == {1}, "a letter was accepted twice"
    assert (ends["targeted"], ends["other"]) == (storm.people, 0)
    assert ends["sent"] == len(sent) == storm.people - len(unknown)
    assert sent <= set(taken), "a letter counted as sent was never accepted"
    assert set(taken) <= sent | unknown
    assert len(unknown) <= storm.most_unknown
    arrived = len(unknown & set(taken))
    return (
        f"{storm.people} recipients, {len(sent)} sent, {len(unknown)} unknown ({arrived} arrived)"
    )
