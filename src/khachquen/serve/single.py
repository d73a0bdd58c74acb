"""All parts as threads of one process, for a tiny box."""

import threading

from khachquen.base import Config, system_clock
from khachquen.flows.engine import run_engine
from khachquen.flows.fetching_reports import run_postbox
from khachquen.flows.sending import run_mailer
from khachquen.serve.stopping import stop_on_signals
from khachquen.serve.web import run_web


def run_single(config: Config) -> None:
    """Serve until SIGTERM or SIGINT, with engine, sender and postbox in threads beside it."""
    stop = stop_on_signals()
    given = (config, system_clock, stop)
    engine = threading.Thread(target=run_engine, args=given, name="engine")
    sender = threading.Thread(target=run_mailer, args=given, name="sender")
    postbox = threading.Thread(target=run_postbox, args=given, name="postbox")
    parts = (engine, sender, postbox)
    for part in parts:
        part.start()
    try:
        run_web(config, port=config.server.port, host=config.server.host, stop=stop)
    finally:
        stop.set()
        for part in parts:
            part.join()
