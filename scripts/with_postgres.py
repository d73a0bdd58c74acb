"""Run a command with a PostgreSQL of its own, thrown away afterwards.

    python scripts/with_postgres.py -- pytest

The server lives in a temporary folder, listens on a free loopback port, and keeps nothing after a
crash (fsync off): for tests only. PostgreSQL refuses to run as root, so root hands it to the
``postgres`` user. Without PostgreSQL the command is left out with the reason; with ``CI=true`` that
is a failure.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SERVER_USER = "postgres"
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
OLDEST_MAJOR = 15
START_TIMEOUT_S = 60.0
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "50",
}


def find_programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, of the newest installed release."""
    folders = sorted(DEBIAN_FOLDER.glob("*/bin"), key=_major, reverse=True)
    for folder in folders:
        if _major(folder) >= OLDEST_MAJOR and (folder / "initdb").exists():
            return folder
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _major(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _server_user() -> int | None:
    """Who the server runs as where we are root; None: as ourselves."""
    return pwd.getpwnam(SERVER_USER).pw_uid if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """A PostgreSQL of our own: gives its URL, and is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="khachquen-pg-"))
    try:
        if (user := _server_user()) is not None:
            os.chown(folder, user, -1)
        port = _free_port()
        server = _start(programs, folder, port)
        try:
            _wait_until_ready(programs, folder, port)
            yield f"postgresql://{SERVER_USER}@127.0.0.1:{port}/khachquen"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing in it is worth keeping
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Path, folder: Path, port: int) -> "subprocess.Popen[bytes]":
    user, cluster = _server_user(), folder / "data"
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        cluster,
        "-U",
        SERVER_USER,
        "-A",
        "trust",
    ]
    initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(initdb, check=True, cwd=folder, stdout=subprocess.DEVNULL, user=user)
    command: list[str | Path] = [
        programs / "postgres",
        "-D",
        cluster,
        "-p",
        str(port),
        "-k",
        folder,
    ]
    command += ["-h", "127.0.0.1"]
    for name, value in SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
            user=user,
        )


def _wait_until_ready(programs: Path, folder: Path, port: int) -> None:
    """Ask until the server answers, then make the database its URL names."""
    where = ["-h", str(folder), "-p", str(port), "-U", SERVER_USER]
    ready: list[str | Path] = [programs / "pg_isready", *where, "-q", "-t", "1"]
    deadline = time.monotonic() + START_TIMEOUT_S
    while subprocess.run(ready, check=False).returncode:
        if time.monotonic() > deadline:
            log = (folder / "server.log").read_text(errors="replace")
            raise RuntimeError(f"PostgreSQL did not start:\n{log}")
        time.sleep(0.1)
    subprocess.run([programs / "createdb", *where, "khachquen"], check=True)


def main(command: Sequence[str]) -> int:
    """Run the command on PostgreSQL, or say why not."""
    programs = find_programs()
    if programs is None:
        reason = f"no PostgreSQL {OLDEST_MAJOR} or newer (as root, make test installs it)"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            sys.stderr.write(f"FAILED: CI refuses to skip: {reason}\n")
            return 1
        sys.stderr.write(f"SKIPPED on PostgreSQL: {reason}\n")
        return 0
    with running(programs) as url:
        return subprocess.run(
            command, check=False, env={**os.environ, "DATABASE_URL": url}
        ).returncode


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(main(arguments[1:] if arguments[:1] == ["--"] else arguments))
