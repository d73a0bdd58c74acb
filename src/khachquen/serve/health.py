"""Whether every part works: web, log, engine, state."""

import shutil
from typing import Any

from django.db import close_old_connections, connection

from khachquen.base import Clock, Config
from khachquen.flows.engine import heartbeat_age_s, read_heartbeat


def check_health(config: Config, clock: Clock) -> tuple[int, dict[str, Any]]:
    """HTTP status and a report: 200 when every part works, else 503 and what does not."""
    problems: list[str] = []
    heartbeat = read_heartbeat(config.data)
    report: dict[str, Any] = {"status": "ok", "web": "ok"}
    if heartbeat is None:
        problems.append("engine: has not started")
    elif (age_s := heartbeat_age_s(heartbeat, clock)) > config.server.engine_silence_s:
        problems.append(f"engine: silent for {age_s:.0f} s")
    elif -age_s > config.server.engine_silence_s:  # the clock was set back: it may be long dead
        problems.append(f"engine: its clock is {-age_s:.0f} s ahead")
    elif heartbeat.trouble:
        problems.append(f"engine: {heartbeat.trouble}")
    report["unread_bytes"] = heartbeat.unread_bytes if heartbeat else None
    try:
        close_old_connections()  # this thread's may be one the database has closed since
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        problems.append(f"state: {type(error).__name__}")
    free = shutil.disk_usage(config.data).free
    if free < config.ingest.min_free_mb << 20:
        problems.append(f"disk: {free >> 20} MB left")
    if problems:
        report |= {"status": "failing", "problems": problems}
    return (503 if problems else 200), report
