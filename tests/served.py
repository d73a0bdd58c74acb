"""A whole installation in processes of its own, on a free port, on the database of this run."""

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from tests.needs import ROOT
from tests.waiting import DEADLINE_S, wait_for

EMAIL, PASSWORD = "hoa@gom-moc.example.vn", "bat-trang-men-ran"
is_allowed = False  # whether the running test is marked ``served``; set before each
_LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_INSIDE = """
import json, sys, django
django.setup()
{code}
print(json.dumps(answer, default=str))
"""
_ASK = """
from khachquen.store import Question, ask
answer = ask(Question("test", sys.argv[1])).rows
"""


@dataclass
class Installation:
    """An installation and the processes that serve it; ``env`` holds settings that differ."""

    data: Path
    keys: dict[str, str]
    env: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self, *options: str) -> None:
        """Start it and wait until every part works."""
        self.start(*options)
        self.wait_until_well()

    def start(self, *options: str) -> None:
        """Start it, whether or not it can work."""
        self.port = self.port or free_port()
        command = _khachquen("serve", "--data", str(self.data), "--port", str(self.port), *options)
        self.process = subprocess.Popen(command, env=self.environment(), stdin=subprocess.DEVNULL)

    def wait_until_well(self) -> None:
        """Return when ``/healthz`` says 200."""

        def is_well() -> bool:
            assert self.supervisor().poll() is None, "it has ended"
            return self.health()[0] == 200

        wait_for(is_well, every_s=0.1)

    def health(self) -> tuple[int, dict[str, Any]]:
        """What ``/healthz`` says; status 0 when nobody answers."""
        try:
            with _LOCAL.open(f"{self.url}/healthz", timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    def tell(self, messages: Sequence[dict[str, Any]], *, key: str = "secret_write_key") -> int:
        """Send messages as one batch; the status, 0 when the connection broke."""
        basic = b64encode(f"{self.keys[key]}:".encode()).decode()
        request = urllib.request.Request(
            f"{self.url}/v1/batch",
            json.dumps({"batch": messages}).encode(),
            {"Authorization": f"Basic {basic}", "Content-Type": "application/json"},
        )
        try:
            with _LOCAL.open(request, timeout=30) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except (OSError, ValueError):
            return 0

    def environment(self) -> dict[str, str]:
        """What a process of this installation is to find in its environment."""
        return environment_of({**self.env, "KHACHQUEN_DATA": str(self.data)})

    def run_inside(self, code: str, *arguments: str) -> Any:
        """What a process of the installation finds for ``answer``."""
        command = [sys.executable, "-c", _INSIDE.format(code=code), *arguments]
        done = subprocess.run(command, env=self.environment(), check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    def ask(self, sql: str) -> list[list[Any]]:
        """The answer of the lake, asked in a process of its own."""
        rows: list[list[Any]] = self.run_inside(_ASK, sql)
        return rows

    @property
    def is_on_sqlite(self) -> bool:
        return "DATABASE_URL" not in self.env

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """``khachquen`` with these arguments and this installation's folder."""
        command = _khachquen(*arguments, "--data", str(self.data))
        return subprocess.run(
            command, env=self.environment(), check=False, capture_output=True, text=True
        )

    def wait_until_taken_in(self) -> None:
        """Return when nothing that is in the log by now waits for the engine any more."""
        began_at = time.time() * 1e6

        def is_done() -> bool:
            said = json.loads((self.data / "run" / "engine.json").read_text())
            return bool(said["at"] > began_at and said["unread_bytes"] == 0)

        wait_for(is_done, every_s=0.1)

    def supervisor(self) -> "subprocess.Popen[bytes]":
        """The process ``khachquen serve``."""
        assert self.process is not None
        return self.process

    def child(self, part: str) -> int:
        """The process id of ``web`` or ``engine``; 0 while there is none."""
        return next((pid for pid in children(self.supervisor().pid) if part_of(pid) == part), 0)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send the supervisor a signal and wait for its end; its exit code."""
        supervisor = self.supervisor()
        pids = children(supervisor.pid)
        if supervisor.poll() is None:
            supervisor.send_signal(number)
        code = supervisor.wait(DEADLINE_S)
        wait_for(lambda: not any(is_alive(pid) for pid in pids))
        return code


@contextmanager
def installation(folder: Path, **env: str) -> Iterator[Installation]:
    """A fresh installation in ``folder``; whatever runs at the end of the block is stopped."""
    assert is_allowed, "mark it served: it knows a database, so it belongs to every run"
    template = _template()
    shutil.copytree(template.data, folder / "shop")
    settings = dict(env)
    if "DATABASE_URL" in os.environ:
        settings["DATABASE_URL"] = _new_database(copy_of=template.env["DATABASE_URL"])
    shop = Installation(folder / "shop", template.keys, settings)
    try:
        yield shop
    finally:
        if shop.process is not None and shop.process.poll() is None:
            shop.stop()
        if "DATABASE_URL" in settings:
            _drop_database(settings["DATABASE_URL"])


@cache
def _template() -> Installation:
    """One installation for the run, made by the command; each test gets a copy."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["KHACHQUEN_DATA"])) / "shop"
    env = {}
    if "DATABASE_URL" in os.environ:
        env["DATABASE_URL"] = _new_database()
        atexit.register(_drop_database, env["DATABASE_URL"])
    account = ["--admin-email", EMAIL, "--admin-password", PASSWORD, "--json"]
    command = _khachquen("init", "--data", str(folder), "--shop-name", "Gốm Mộc", *account)
    made = subprocess.run(command, env=environment_of(env), check=True, stdout=subprocess.PIPE)
    return Installation(folder, json.loads(made.stdout), env)


def _khachquen(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "khachquen", *arguments]


def environment_of(env: dict[str, str]) -> dict[str, str]:
    """Nothing of this run but where the code is."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith("KHACHQUEN_")
    }
    return {
        **kept,
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "khachquen.settings",
        "LANG": "en_US.UTF-8",
        **env,
    }


def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """The process ids of a process's children."""
    try:
        return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def part_of(pid: int) -> str:
    """``web`` or ``engine``, as the command line of a child says; "" for anything else."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return words[3] if words[1:3] == ["-m", "khachquen.serve.child"] else ""


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not asked about yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _new_database(copy_of: str = "") -> str:
    """The URL of a new PostgreSQL database beside the one the suite was given."""
    parts, name = urlsplit(os.environ["DATABASE_URL"]), f"served_{uuid4().hex[:12]}"
    source = urlsplit(copy_of).path.lstrip("/") or "template0"
    _run_on_server(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    return urlunsplit(parts._replace(path=f"/{name}"))


def _drop_database(url: str) -> None:
    name = urlsplit(url).path.lstrip("/")
    _run_on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run_on_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(statement.encode())
