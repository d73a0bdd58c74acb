"""A fresh installation, really served, to be measured."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from khachquen.base import Text, UnavailableError

BENCH_EMAIL, BENCH_PASSWORD = "bench@shop.example", "do-toc-do-nhanh-cham"
_READY_TIMEOUT_S = 120.0
_COUNT = "SELECT count(*) FROM events"
NO_LIMITS = {"KHACHQUEN_INGEST_PUBLIC_EVENTS_PER_SECOND": "0"}
"""A load is sent with one public key, which speaks for thousands of visitors."""


@dataclass(slots=True)
class Shop:
    """A served installation: where it is, its keys, how long it took to be ready."""

    data: Path
    port: int
    public_key: str
    secret_key: str
    api_token: str
    ready_s: float
    process: "subprocess.Popen[bytes]"

    def memory_mb(self) -> float:
        """Proportional memory of the supervisor and its children (Linux ``smaps_rollup``)."""
        pids = [self.process.pid, *children_of(self.process.pid)]
        return sum(_pss_kb(pid) for pid in pids) / 1024

    def wait_until_queryable(self, events: int, *, timeout_s: float) -> int:
        """Ask until that many events answer, or time is up; returns how many do."""
        from khachquen.store import Question, ask

        deadline = time.monotonic() + timeout_s
        while True:
            found = int(ask(Question("bench.count", _COUNT)).rows[0][0])
            if found >= events or time.monotonic() > deadline:
                return found
            time.sleep(0.1)


@contextmanager
def new_shop(data: Path, **settings: str) -> Iterator[Shop]:
    """Create an installation, serve it until the block ends, then stop it cleanly.

    It takes nothing from the environment: neither somebody's settings nor their database.
    ``settings`` are its own.
    """
    env = {**_own_environment(), **settings}
    with serve_shop(data, _init(data, env), env) as shop:
        _open(data)
        yield shop


def make_shop(data: Path) -> dict[str, str]:
    """Create an installation and let this process work in it, with nobody serving it; its keys."""
    keys = _init(data, _own_environment())
    _open(data)
    return keys


@contextmanager
def serve_shop(
    data: Path, keys: Mapping[str, str], env: Mapping[str, str] | None = None
) -> Iterator[Shop]:
    """An installation that is there already, served until the block ends."""
    port, started = free_port(), time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "khachquen", "serve", "--data", str(data), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        env=env or _own_environment(),
    )
    try:
        _wait_ready(process, port)
        ready_s = time.perf_counter() - started
        told = (keys["public_write_key"], keys["secret_write_key"], keys["api_token"])
        yield Shop(data, port, *told, ready_s, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _init(data: Path, env: dict[str, str]) -> dict[str, str]:
    account = ["--admin-email", BENCH_EMAIL, "--admin-password", BENCH_PASSWORD]
    made = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "khachquen", "init", "--data", str(data), *account, "--json"],
        check=True,
        stdout=subprocess.PIPE,
        env=env,
    )
    keys: dict[str, str] = json.loads(made.stdout)
    return keys


def _own_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith("KHACHQUEN_")
    }


def _open(data: Path) -> None:
    """Let this process ask questions of the installation, and of no other."""
    for name in os.environ.keys() - _own_environment().keys():
        del os.environ[name]
    os.environ |= {"KHACHQUEN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "khachquen.settings"}
    import django

    django.setup()


def _wait_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _READY_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise UnavailableError(
        "bench.not_ready",
        Text(
            vi=f"Bản cài đặt để đo không sẵn sàng trong {_READY_TIMEOUT_S:.0f} giây.",
            en=f"The installation to measure was not ready within {_READY_TIMEOUT_S:.0f} seconds.",
        ),
    )


def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def web_of(shop: Shop) -> int:
    """The process that answers requests."""
    return next(
        pid
        for pid in children_of(shop.process.pid)
        if b"\0web\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def cpu_s(pid: int) -> float:
    """Processor seconds a process has used, in its own code and the system's."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    """The processes a process has started and that live."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]


def _pss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
