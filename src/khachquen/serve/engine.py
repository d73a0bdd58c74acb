"""The engine child: ingest, compaction, scheduled work."""

from django.conf import settings

from khachquen.base import Config, system_clock
from khachquen.flows.engine import run_engine
from khachquen.serve.stopping import stop_on_signals, stop_with_parent


def main(parent: int) -> None:
    """What the child process does."""
    stop = stop_on_signals()
    stop_with_parent(parent)
    config: Config = settings.CONFIG
    run_engine(config, system_clock, stop)
