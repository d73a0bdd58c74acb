"""The sender child: campaigns on their way."""

import os

from django.conf import settings

from khachquen.base import Config, system_clock
from khachquen.flows.sending import run_mailer
from khachquen.serve.stopping import stop_on_signals, stop_with_parent

_NICE = 5


def main(parent: int) -> None:
    """What the child process does."""
    stop = stop_on_signals()
    stop_with_parent(parent)
    os.nice(_NICE)  # as the engine: who waits for an acknowledgement comes first
    config: Config = settings.CONFIG
    run_mailer(config, system_clock, stop)
