"""The list as the file somebody at a desk takes away."""

import csv
import io
from typing import Any

from django.conf import settings
from django.test import Client

from khachquen.base import system_clock
from khachquen.flows import exporting
from khachquen.store.jobs import Runner, get_job, list_jobs


def exported(desk: Client, **asked: Any) -> list[list[str]]:
    """The rows of the file, its heads first, written by an engine as asked for on the page."""
    assert desk.post("/customers/many", {"act": "csv", **asked}).status_code == 302
    answer = desk.post(f"/customers/many/{write_file()}/file")
    told = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(told)))


def write_file() -> int:
    """What an engine does of the file asked for last: the number of that work."""
    [job, *_] = list_jobs()
    engine = Runner(exporting.kinds_of(settings.CONFIG, system_clock))
    while get_job(job.id).is_open:
        engine.advance(system_clock())
    return job.id
