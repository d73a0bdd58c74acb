"""The engine child: ingest, compaction, scheduled work."""

import signal
import threading

from django.conf import settings

from khachquen.base import Config, system_clock
from khachquen.flows.engine import run_engine
from khachquen.serve.parent import stop_with_parent


def main() -> None:
    """What the child process does."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop_with_parent()
    config: Config = settings.CONFIG
    run_engine(config, system_clock, stop)
