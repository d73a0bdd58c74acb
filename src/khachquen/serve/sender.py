"""The sender child: campaigns on their way, and what comes back of them."""

import os
import threading

from django.conf import settings

from khachquen.base import Config, system_clock
from khachquen.flows.fetching_reports import run_postbox
from khachquen.flows.sending import run_mailer
from khachquen.serve.stopping import stop_on_signals, stop_with_parent

_NICE = 5


def main(parent: int) -> None:
    """What the child process does."""
    stop = stop_on_signals()
    stop_with_parent(parent)
    os.nice(_NICE)  # as the engine: who waits for an acknowledgement comes first
    config: Config = settings.CONFIG
    given = (config, system_clock, stop)
    postbox = threading.Thread(target=run_postbox, args=given, name="postbox")
    postbox.start()
    try:
        run_mailer(*given)
    finally:
        stop.set()
        postbox.join()
