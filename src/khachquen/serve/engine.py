"""The engine child: ingest, compaction, scheduled work."""

import os

from django.conf import settings

from khachquen.base import Config, system_clock
from khachquen.flows.engine import run_engine
from khachquen.serve.stopping import stop_on_signals, stop_with_parent

_NICE = 5


def main(parent: int) -> None:
    """What the child process does."""
    stop = stop_on_signals()
    stop_with_parent(parent)
    # Acknowledging comes first: who is kept waiting there is a visitor.
    os.nice(_NICE)
    config: Config = settings.CONFIG
    run_engine(config, system_clock, stop)
