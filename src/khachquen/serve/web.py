"""The web child: one ASGI server, events in front, Django behind."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Collection
from typing import Any, cast

import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import close_old_connections

from khachquen.base import Config, system_clock
from khachquen.collect import Keyring, load_keyring
from khachquen.collect.keys import note_key_uses
from khachquen.receive import KeyringWatch, ReceiveApp
from khachquen.serve.health import check_health
from khachquen.serve.stopping import stop_on_signals, stop_with_parent
from khachquen.store.eventlog import LogWriter
from khachquen.web.live import LiveApp


def run_web(config: Config, *, port: int, host: str, stop: threading.Event) -> None:
    """Serve until told to stop; what was accepted is on the disk before this returns."""
    log = LogWriter(
        config.data / "log",
        "web",
        file_bytes=config.ingest.log_file_mb << 20,
        on_broken=_stop_for_good,
    )
    keys = KeyringWatch(_load_keyring, note=_note_key_uses)
    servers: list[uvicorn.Server] = []
    pages = LiveApp(
        cast(Any, get_asgi_application()),
        clock=system_clock,
        is_stopping=lambda: stop.is_set() or any(one.should_exit for one in servers),
    )
    app = ReceiveApp(
        pages,
        log,
        keys,
        config,
        clock=system_clock,
        health=lambda: check_health(config, system_clock),
    )
    servers.append(new_server(app, host=host, port=port))
    try:
        asyncio.run(_serve(servers[0], keys, stop))
    finally:
        log.close()


def new_server(app: ReceiveApp, *, host: str, port: int) -> uvicorn.Server:
    """The HTTP server as we run it: quiet, believing no forwarded header."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=10,
        )
    )


async def _serve(server: uvicorn.Server, keys: KeyringWatch, stop: threading.Event) -> None:
    fresh = asyncio.create_task(keys.keep_fresh())
    watch = asyncio.create_task(_stop_when_set(server, stop))
    try:
        await server.serve()
    finally:
        fresh.cancel()
        watch.cancel()


async def _stop_when_set(server: uvicorn.Server, stop: threading.Event) -> None:
    while not stop.is_set():
        await asyncio.sleep(0.1)
    server.should_exit = True


def _load_keyring() -> Keyring:
    close_old_connections()
    return load_keyring()


def _note_key_uses(used: Collection[int]) -> None:
    close_old_connections()
    note_key_uses(used, at=system_clock())


def _stop_for_good(cause: BaseException) -> None:
    """A failed sync: what the kernel dropped cannot be asked for again, so start afresh."""
    logging.getLogger(__name__).critical("The event log cannot be synced: %s", cause)
    os.kill(os.getpid(), signal.SIGTERM)


def main(parent: int) -> None:
    """What the child process does."""
    config: Config = settings.CONFIG
    stop = stop_on_signals()
    stop_with_parent(parent)
    run_web(config, port=config.server.port, host=config.server.host, stop=stop)
