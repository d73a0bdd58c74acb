"""A second process beside this one, for work that would hold Python's lock here.

It is started by the first job, does one job after another, and ends with whoever asked it: its
standard input hangs up then, whatever it is doing. Jobs and answers travel pickled through pipes
nobody else can reach.
"""

import gc
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
from importlib import import_module
from typing import Any

_PIPE_BYTES = 1 << 20
_MAIN = f"import sys, {__name__} as beside; beside.main(*sys.argv[1:])"


class Beside:
    """One kind of work: ``work`` is ``package.module:function``.

    The function must be importable without anything set up (no Django), and what it takes and
    gives must pickle. ``nice`` lowers the priority of the process.
    """

    def __init__(self, work: str, *, nice: int = 0):
        self._work = work
        self._nice = nice
        self._process: subprocess.Popen[bytes] | None = None
        self.is_busy = False

    def ask(self, *given: object, **named: object) -> None:
        """Begin a job; only when the answer to the one before was taken.

        Raises:
            OSError: the process cannot be started, or has died; the next job starts a new one.
        """
        assert not self.is_busy, "one job at a time"
        process = self._process or self._start()
        assert process.stdin is not None
        try:
            pickle.dump((given, named), process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
        except OSError:
            self.close()
            raise
        self.is_busy = True

    def is_done(self, within_s: float = 0) -> bool:
        """Whether the answer is there, or never will be; waited for as long as that at most."""
        if self._process is None or self._process.stdout is None:
            return True
        return bool(select.select([self._process.stdout], [], [], within_s)[0])

    def answer(self) -> Any:
        """What the job gave; waits for it.

        Raises:
            ChildProcessError: the process has died before it was done.
            Exception: whatever the function raised.
        """
        assert self._process is not None
        assert self._process.stdout is not None
        self.is_busy = False
        try:
            is_given, given = pickle.load(self._process.stdout)  # noqa: S301 - our own process
        except (EOFError, pickle.UnpicklingError) as error:
            self.close()
            raise ChildProcessError(f"{self._work} ended before it was done") from error
        if not is_given:
            raise given
        return given

    def close(self) -> None:
        """End the process at once; what it was doing is given up."""
        process, self._process, self.is_busy = self._process, None, False
        if process is not None:
            process.kill()
            process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-c", _MAIN, self._work, str(self._nice)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=_PIPE_BYTES,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        return self._process


def main(work: str, nice: str) -> None:
    """The process: jobs from standard input, answers to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for whoever asked to handle
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    os.nice(int(nice))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed is no answer
    module, _, name = work.partition(":")
    do = getattr(import_module(module), name)
    gc.disable()  # a job makes many plain objects and lets go of them all
    while True:
        try:
            given, named = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own process
        except EOFError:
            return
        try:
            answer = (True, do(*given, **named))
        except Exception as error:  # the other process is told
            answer = (False, error)
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()
        del given, named, answer
        gc.collect()


def _end_with_the_other() -> None:
    hung_up = select.poll()
    hung_up.register(0, 0)  # only the end is waited for: jobs are read elsewhere
    hung_up.poll()
    os._exit(0)
