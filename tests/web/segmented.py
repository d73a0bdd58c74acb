"""The story's people as rows of the lake, and segments kept true over them, as the engine does."""

import secrets
from datetime import datetime

from django.conf import settings

from khachquen.flows.looking import Refresher
from khachquen.flows.mirroring import MirrorKeeper
from khachquen.flows.refreshing import refresh
from khachquen.store import open_desk


def keep_segments(at: datetime) -> None:
    """Rounds of the engine until there is nothing left to do."""
    lake = settings.CONFIG.data / "lake"
    desk = open_desk(lake, memory_mb=128, threads=1)
    refresher = Refresher(MirrorKeeper(lake, lambda: "VND"), desk)
    for _ in range(50):
        if not refresh(refresher, now=at, label=f"web-{secrets.token_hex(6)}"):
            return
    raise AssertionError("the engine is never done")
