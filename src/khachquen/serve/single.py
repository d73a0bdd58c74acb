"""Both parts as threads of one process, for a tiny box."""

import threading

from khachquen.base import Config, system_clock
from khachquen.flows.engine import run_engine
from khachquen.serve.stopping import stop_on_signals
from khachquen.serve.web import run_web


def run_single(config: Config) -> None:
    """Serve until SIGTERM or SIGINT, with the engine in a thread beside the server."""
    stop = stop_on_signals()
    engine = threading.Thread(target=run_engine, args=(config, system_clock, stop), name="engine")
    engine.start()
    try:
        run_web(config, port=config.server.port, host=config.server.host, stop=stop)
    finally:
        stop.set()
        engine.join()
