"""The supervisor: starts the children, starts them again when they die, stops them in order.

Imports nothing heavy, so that the group's memory is its children's.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PARTS = ("sender", "engine", "web")
_STOP_S = 20.0
_BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)


@dataclass(slots=True)
class Child:
    """One child process and how often it died lately."""

    part: str
    process: subprocess.Popen[bytes]
    started_at: float
    deaths: int = 0
    again_at: float = field(default=0.0)


def supervise(env: dict[str, str], *, say: Callable[[str], None]) -> None:
    """Run the children until SIGTERM or SIGINT; a child that dies is started again.

    A child that dies at once waits longer each time, 5 s at most.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    children = [_start(part, env) for part in PARTS]
    while not stop.wait(0.1):
        for child in children:
            _revive(child, env, say)
    deadline = time.monotonic() + _STOP_S
    for child in reversed(children):  # the web first: nothing new is accepted
        child.process.terminate()
        _wait(child, deadline)


def _start(part: str, env: dict[str, str]) -> Child:
    return Child(part, _spawn(part, env), time.monotonic())


def _spawn(part: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
    # A group of its own: Ctrl-C reaches the supervisor alone, which stops the children in order.
    command = [sys.executable, "-m", "khachquen.serve.child", part, str(os.getpid())]
    return subprocess.Popen(command, env={**os.environ, **env}, start_new_session=True)  # noqa: S603


def _revive(child: Child, env: dict[str, str], say: Callable[[str], None]) -> None:
    if child.process.poll() is None:
        return
    now = time.monotonic()
    if not child.again_at:
        child.deaths = child.deaths + 1 if now - child.started_at < 30 else 1
        child.again_at = now + _BACKOFF_S[min(child.deaths, len(_BACKOFF_S)) - 1]
        say(f"The {child.part} process ended with {child.process.returncode}; starting it again")
    elif now >= child.again_at:
        child.process, child.started_at, child.again_at = _spawn(child.part, env), now, 0.0


def _wait(child: Child, deadline: float) -> None:
    try:
        child.process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        child.process.kill()
        child.process.wait()
