"""SIGKILL while texts, Zalo messages and calls leave: the same promise as of letters, held by the
same machine. One storm, told each channel's own words for its people and where they go.

A few hundred people and four kills of each with every suite; a fifth of the letters and as many
kills with ``make crash-send``.
"""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.activate.sms.fake import TOKEN
from tests.activate.zalo.fake import APP_ID, APP_SECRET, FIRST, HOOK_SECRET, OA_ID
from tests.crash.storming import SETTINGS, Storm, wait_for_the_end
from tests.needs import ROOT
from tests.served import environment_of, free_port, installation

pytestmark = [pytest.mark.crash, pytest.mark.served]
LINES = 4

_BEGIN = """
from datetime import UTC, datetime
from django.conf import settings
from khachquen.activate.campaigns import running
from khachquen.activate.campaigns.models import Account, Campaign
from khachquen.base import system_clock
from khachquen.govern.consent import Told, record
from khachquen.unify.models import Node, Profile

people, url, lines = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
now = datetime.now(UTC)
seen = {"first_seen": now, "last_seen": now}
numbers = range(1, people + 1)
phones = {n: f"+849120{n:05}" for n in numbers}
Profile.objects.bulk_create(
    [Profile(id=n, name=f"Khách {n}", phone=phones[n], is_known=True, **seen) for n in numbers],
    batch_size=500,
)
Node.objects.bulk_create(
    [Node(id=n, key=f"phone:{phones[n]}", kind="phone", profile_id=n, **seen) for n in numbers],
    batch_size=500,
)
record([
    Told([f"phone:{phones[n]}"], "care", "granted", ["any"], method="web_form", at=now)
    for n in numbers
], now=now)
__OWN__
Account.objects.filter(pk=account.pk).update(connections=lines)
campaign = Campaign.objects.create(
    name="Cách giữ gốm bền", purpose="care", segment_id=1, account=account, channel=channel,
    text=text, created_at=now, created_by="hoa", changed_at=now,
)
run = running.begin(campaign.pk, start_at=now, links_open=True, by="hoa", at=now)
running.start_due(now)
running.write_down(run, list(numbers), is_last=True, now=now)
answer = run.pk
"""
_ENDS = """
from khachquen.activate.campaigns.counting import tally
from khachquen.activate.campaigns.locking import send_key
from khachquen.activate.campaigns.models import Recipient
total = tally(int(sys.argv[1]))
rows = Recipient.objects.filter(run_id=int(sys.argv[1])).values_list("pk", "person_id", "state")
answer = {
    "targeted": total.targeted, "sent": total.sent, "unknown": total.unknown,
    "other": total.open + sum(total.failed.values()) + sum(total.skipped.values()),
    "rows": [(pk, person, state, send_key(int(sys.argv[1]), pk)) for pk, person, state in rows],
}
"""


@dataclass(frozen=True)
class Side:
    """``own`` makes ``account``, ``channel`` and ``text`` inside the shop; ``key`` and ``to`` are
    what the other side calls a message and whom it went to."""

    own: str
    key: str = "{pk}-{secret}"
    to: str = "849120{person:05}"
    settings: dict[str, str] = field(default_factory=dict)


SIDES = {
    "sms": Side(
        """
from khachquen.flows.texting import account_for
account, channel, text = account_for(settings.CONFIG, at=now), "sms", "Chao {{ name }}, giu gom."
""",
        settings={
            "KHACHQUEN_SMS_NAME": "cong-tin",
            "KHACHQUEN_SMS_URL": "{url}/send",
            "KHACHQUEN_SMS_BRANDNAME": "GOMMOC",
            "KHACHQUEN_SMS_SECRET_HEADERS": f"Authorization: {TOKEN}",
            "KHACHQUEN_SMS_NUMBER_IN": "sms.to",
            "KHACHQUEN_SMS_TEXT_IN": "sms.text",
            "KHACHQUEN_SMS_ACCEPTED": "code=100",
            "KHACHQUEN_SMS_PER_SECOND": "0",
        },
    ),
    "webhook": Side(
        """
from khachquen.activate.webhooks import Wish, add_endpoint
from khachquen.activate.webhooks.campaigning import account_for
wish = Wish(name="Tổng đài", url=f"{url}/hook", per_second=200)
made, _ = add_endpoint(wish, actor="linh@nhamay.vn", at=now)
account, channel, text = account_for(made.id, at=now), "webhook", ""
""",
        key="msg_{secret}",
        to="{person}",
    ),
    "zalo": Side(
        f"""
from khachquen.activate.zalo.accounts import add_oa
from khachquen.activate.zalo.saying import Said, write_said
from khachquen.activate.zalo.templates import list_templates
from khachquen.flows.zalo_account import read_account
oa = add_oa({{
    "name": "Gốm Mộc trên Zalo", "oa_id": "{OA_ID}", "app_id": "{APP_ID}",
    "app_secret": "{APP_SECRET}", "hook_secret": "{HOOK_SECRET}", "refresh_token": "{FIRST}",
}}, by="hoa", at=now)
read_account(settings.CONFIG, oa.pk, system_clock)
said = Said(
    list_templates(oa.pk)[0].pk, {{"customer_name": "name"}}, {{"order_code": "KQ-2026"}}
)
account, channel, text = oa.account, "zalo", write_said(said)
""",
        settings={"KHACHQUEN_ZALO_BUSINESS_URL": "{url}", "KHACHQUEN_ZALO_OAUTH_URL": "{url}"},
    ),
}


@contextmanager
def taker(channel: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """The other side in a process of its own: its address, and the file of what it accepted."""
    port, file = free_port(), folder / "accepted"
    file.touch()
    command = [sys.executable, "-m", "tests.crash.taker", channel, str(port), str(file)]
    process = subprocess.Popen(command, env=environment_of({}), cwd=ROOT)
    try:
        yield f"http://127.0.0.1:{port}", file
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("channel", sorted(SIDES))
def test_nobody_gets_two_and_nobody_is_forgotten(
    channel: str,
    tmp_path: Path,
    crash_kills: int,
    send_people: int,
    capfd: pytest.CaptureFixture[str],
) -> None:
    side, seed = SIDES[channel], random.SystemRandom().randrange(10**6)
    storm = Storm(seed, max(4, crash_kills // 2), send_people // 5, LINES, 4)
    with taker(channel, tmp_path) as (url, file):
        own = {name: value.format(url=url) for name, value in side.settings.items()}
        with installation(tmp_path, **SETTINGS, **own) as shop:
            begin = _BEGIN.replace("__OWN__", side.own)
            run = str(shop.run_inside(begin, str(storm.people), url, str(LINES)))
            shop.serve()
            kills = storm.rage(shop, file)
            wait_for_the_end(shop, run)
            ends = shop.run_inside(_ENDS, run)
        lines = file.read_text().splitlines()
    said = check(side, lines, ends, storm)
    with capfd.disabled():
        sys.stdout.write(f"\n  {channel} storm: seed {seed}, {dict(kills)} kills; {said}\n")


def check(side: Side, lines: list[str], ends: dict[str, object], storm: Storm) -> str:
    """The other side's file beside our rows."""
    taken = Counter(lines)
    rows: list[tuple[int, int, str, str]] = ends["rows"]  # type: ignore[assignment]
    by_state: dict[str, set[str]] = {}
    for pk, person, state, secret in rows:
        told = {"pk": pk, "person": person, "secret": secret}
        line = f"{side.key.format(**told)} {side.to.format(**told)}"
        by_state.setdefault(state, set()).add(line)
    sent, unknown = by_state.get("sent", set()), by_state.get("unknown", set())
    assert set(taken.values()) == {1}, "a message was accepted twice"
    assert (ends["targeted"], ends["other"]) == (storm.people, 0)
    assert (ends["sent"], ends["unknown"]) == (len(sent), len(unknown))
    assert sent <= set(taken), "a message counted as sent was never accepted"
    assert set(taken) <= sent | unknown, "something was accepted that nobody was to get"
    assert len(unknown) <= storm.most_unknown
    arrived = len(unknown & set(taken))
    return (
        f"{storm.people} recipients, {len(sent)} sent, {len(unknown)} unknown ({arrived} arrived)"
    )
