"""The web child: one ASGI server, events in front, Django behind."""

import asyncio
import gc
import logging
import os
import resource
import shutil
import signal
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import close_old_connections

from khachquen.base import Config, system_clock
from khachquen.collect import Keyring, load_keyring
from khachquen.collect.keys import note_key_uses
from khachquen.receive import Connection, Desk, Doorkeeper, KeyringWatch, PagesApp, Pressure, Visits
from khachquen.serve.health import check_health
from khachquen.serve.stopping import stop_on_signals, stop_with_parent
from khachquen.store import load_watermarks
from khachquen.store.eventlog import LogWriter, unread_bytes
from khachquen.web.live import LiveApp


def run_web(config: Config, *, port: int, host: str, stop: threading.Event) -> None:
    """Serve until told to stop; what was accepted is on the disk before this returns."""
    _allow_connections(config.server.max_connections)
    log = LogWriter(
        config.data / "log",
        "web",
        file_bytes=config.ingest.log_file_mb << 20,
        on_broken=_stop_for_good,
    )
    keys = KeyringWatch(_load_keyring, note=_note_key_uses)
    servers: list[uvicorn.Server] = []
    try:
        front = new_front(config, log, keys, backlog=_backlog(config.data))
        pages = LiveApp(
            cast(Any, get_asgi_application()),
            clock=system_clock,
            is_stopping=lambda: stop.is_set() or any(one.should_exit for one in servers),
        )
        health = partial(check_health, config, system_clock)
        app = PagesApp(pages, health=health, visits=Visits(config, system_clock))
        servers.append(new_server(front, app, host=host, port=port))
        gc.collect()
        gc.freeze()  # what was imported stays: looking through it again makes requests wait
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(serve_front(servers[0], front, stop))
    finally:
        log.close()


@dataclass(frozen=True, slots=True)
class Front:
    """The event paths: who answers, who watches."""

    desk: Desk
    doorkeeper: Doorkeeper
    keys: KeyringWatch
    pressure: Pressure


def new_front(
    config: Config, log: LogWriter, keys: KeyringWatch, *, backlog: Callable[[], int]
) -> Front:
    """The event paths over a log."""
    pressure = Pressure(
        config,
        waited_s=log.waited_s,
        backlog=backlog,
        free=lambda: shutil.disk_usage(config.data).free,
    )
    desk = Desk(log, keys, config, clock=system_clock, pressure=pressure)
    return Front(desk, Doorkeeper(most=config.server.max_connections), keys, pressure)


def new_server(front: Front, pages: PagesApp, *, host: str, port: int) -> uvicorn.Server:
    """The HTTP server as we run it: quiet, with event paths in front of the pages."""
    return uvicorn.Server(
        uvicorn.Config(
            cast(Any, pages),
            host=host,
            port=port,
            http=cast(Any, partial(Connection, desk=front.desk, doorkeeper=front.doorkeeper)),
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,  # Connection believes those of our own proxies, nobody else's
            timeout_keep_alive=75,
            timeout_graceful_shutdown=10,
        )
    )


def new_loop() -> asyncio.AbstractEventLoop:
    """The fast event loop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def serve_front(server: uvicorn.Server, front: Front, stop: threading.Event) -> None:
    """Serve, and keep what the event paths know fresh, until told to stop."""
    beside = [
        asyncio.create_task(work)
        for work in (
            front.keys.keep_fresh(),
            front.pressure.keep_looking(),
            front.doorkeeper.keep_looking(),
            _stop_when_set(server, stop),
        )
    ]
    try:
        await server.serve()
    finally:
        for task in beside:
            task.cancel()


async def _stop_when_set(server: uvicorn.Server, stop: threading.Event) -> None:
    while not stop.is_set():
        await asyncio.sleep(0.1)
    server.should_exit = True


def _backlog(data: Path) -> Callable[[], int]:
    """How many bytes of the log wait for the engine."""

    def measure() -> int:
        close_old_connections()
        return unread_bytes(data / "log", load_watermarks())

    return measure


def _allow_connections(most: int) -> None:
    """Ask the system for that many open files, and some for everything else."""
    allowed, at_most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + 500
    if at_most != resource.RLIM_INFINITY:
        wanted = min(wanted, at_most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, at_most))


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
