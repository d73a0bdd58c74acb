"""Many messages of one wording, made in a process of their own."""

import atexit
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from khachquen.activate.content.language.worker import (
    Job,
    Source,
    read_frame,
    write_frame,
)
from khachquen.activate.content.message import Problem, Reader, Rendered, TemplateVersion
from khachquen.base import Text

_MODULE = "khachquen.activate.content.language.worker"
_WALL_S, _WALL_S_A_PERSON = 20.0, 0.1
_MOST_DEATHS = 6
_AT_ONCE = 100  # people an answer holds: what the process may hold bounds it
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Rendered])
_KILLED = Problem(
    "content.took_too_much",
    Text(
        vi="Mẫu thư làm tiến trình dựng thư phải dừng: quá lâu hoặc quá nhiều bộ nhớ.",
        en="The template ended the process it ran in: too long, or too much memory.",
    ),
)


class _DiedError(Exception):
    """The process ended before it answered."""


class Worker:
    """One process that renders; started when first needed, and anew after it died."""

    def __init__(self, wall_s: float = _WALL_S) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._known: set[str] = set()
        self._lock = threading.Lock()
        self._wall_s = wall_s

    def render(self, job: Job) -> list[Rendered]:
        """The messages of a job. A process that dies costs the people it dies of, who are found by
        halving; after several deaths the rest of the job is given up."""
        with self._lock:
            made: list[Rendered] = []
            whole = range(0, len(job.people), _AT_ONCE)
            waiting, deaths = [job.people[at : at + _AT_ONCE] for at in reversed(whole)], 0
            while waiting:
                people = waiting.pop()
                if deaths >= _MOST_DEATHS:
                    made += [Rendered(one.id, problems=(_KILLED,)) for one in people]
                    continue
                try:
                    made += self._ask(Job(job.digest, people, job.about, job.source))
                except (_DiedError, OSError, msgspec.DecodeError):
                    deaths += 1
                    self._stop()
                    half = len(people) // 2
                    if half:
                        waiting += [people[half:], people[:half]]
                    else:
                        made.append(Rendered(people[0].id, problems=(_KILLED,)))
            return made

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _ask(self, job: Job) -> list[Rendered]:
        process = self._running()
        assert process.stdin
        assert process.stdout
        known = job.digest in self._known
        told = Job(job.digest, job.people, job.about) if known else job
        write_frame(process.stdin, _ENCODER.encode(told))
        self._wait(process, self._wall_s + len(job.people) * _WALL_S_A_PERSON)
        body = read_frame(process.stdout)
        if body is None:
            raise _DiedError
        self._known = {*list(self._known)[-8:], job.digest}
        return _DECODER.decode(body)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._known = set()
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no words of others
                [sys.executable, "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PYTHONPATH": os.pathsep.join(sys.path), "LC_ALL": "C.UTF-8"},
            )
        return self._process

    def _wait(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        assert process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(seconds):
                raise _DiedError

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


_WORKER = Worker()
atexit.register(_WORKER.close)


def render_batch(
    version: TemplateVersion, people: Sequence[Reader], *, today: date, worker: Worker | None = None
) -> list[Rendered]:
    """One message a person, in the order given.

    The same version, people and day give the same bytes. The templates run in another process with
    a limit of time, memory and output: a template that breaks one costs its own messages, which
    say so in ``problems``, and nobody else's. Never raises because of a template. Give it 100 to
    500 people at a time; one process at a time renders for whoever shares a ``worker``.
    """
    if not people:
        return []
    about: Mapping[str, Any] = {
        "shop": {key: value for key, value in version.shop.items() if value},
        "today": today.isoformat(),
        "currency": version.currency,
    }
    source = Source(version.digest, version.subject, version.preheader, version.html, version.text)
    job = Job(version.digest, tuple(people), about, source)
    return (worker or _WORKER).render(job)
