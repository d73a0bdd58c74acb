"""A process killed in the middle of its commit: the list and the files agree, whoever looks when.

SQLite writes a commit to its log, syncs it, and only then tells the other processes. One that is
killed in between leaves a commit nobody sees, until the log is recovered, when everybody does. Who
deletes unlisted files in the meantime deletes what is listed later.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.served import Installation, installation
from tests.waiting import wait_for

pytestmark = [pytest.mark.only_on("sqlite"), pytest.mark.served]
BEGIN = "import django; django.setup()\n"
LOOK_ON = """
from khachquen.store.lake import live_paths
print(live_paths("seen"), flush=True)
input()
"""
COMMIT_AND_DIE = """
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from django.conf import settings
from django.db import transaction
from khachquen.store.lake import NewSegment, add_segments
now = datetime(2026, 11, 20, tzinfo=UTC)
with transaction.atomic():
    add_segments([NewSegment("seen", "seen/half.npy", 202611, 0, 1, 1, now, now)], at=now)
os.kill(os.getpid(), signal.SIGKILL)
"""
RECOVER_AND_DIE = """
import os, signal
from django.conf import settings
from khachquen.store.lake import remove_orphans
remove_orphans(settings.CONFIG.data / "lake")
os.kill(os.getpid(), signal.SIGKILL)
"""
LIST = """
from khachquen.store.lake import live_paths
answer = live_paths("seen")
"""


def run(shop: Installation, code: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + code],
        env=shop.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_what_a_later_recovery_lists_was_not_deleted(tmp_path: Path) -> None:
    with installation(tmp_path) as shop:
        web = run(shop, LOOK_ON)
        assert web.stdout is not None
        assert web.stdout.readline() == "[]\n"
        told = next(shop.data.rglob("*-shm"))
        before = told.read_bytes()
        file = shop.data / "lake" / "seen" / "half.npy"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"a run")

        assert run(shop, COMMIT_AND_DIE).wait() == -9
        told.write_bytes(before)  # killed a moment earlier: synced, but nobody was told
        assert run(shop, RECOVER_AND_DIE).wait() == -9
        web.kill()
        wait_for(lambda: web.poll() is not None)

        listed = shop.run_inside(LIST)
        assert [(shop.data / "lake" / path).exists() for path in listed] == [True] * len(listed)
        assert listed == ["seen/half.npy"] * file.exists()
