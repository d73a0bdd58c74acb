"""The processes that write messages, and what waits for the next of them to be free.

One job more than they can do is kept at hand: claiming and preparing takes a while, and a process
that is done would stand idle for as long.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from khachquen.activate.campaigns.people import Ready
from khachquen.activate.campaigns.running import Run
from khachquen.flows.writing import Work
from khachquen.store import Beside

__all__ = ["Job", "Writers"]
_WRITER = "khachquen.flows.writing:work"


@dataclass(frozen=True, slots=True)
class Job:
    """Messages of one run, claimed and to be written."""

    run: Run
    ready: Sequence[Ready]


class Writers:
    """So many processes. What is prompt is written before what is at hand already."""

    def __init__(self, processes: int):
        self._beside = [Beside(_WRITER) for _ in range(max(1, processes))]
        self._writing: dict[int, Job] = {}
        self._at_hand: deque[tuple[Job, Work]] = deque()

    @property
    def most_jobs(self) -> int:
        """How many jobs there may be at once."""
        return len(self._beside) + 1

    @property
    def jobs(self) -> list[Job]:
        """Those being written and those at hand."""
        return [*self._writing.values(), *(job for job, _ in self._at_hand)]

    def want(self, *, is_prompt: bool) -> bool:
        """Whether another job may be brought."""
        ahead = [job for job, _ in self._at_hand if job.run.lane == "prompt" or not is_prompt]
        return not ahead or len(self._writing) < len(self._beside)

    def put(self, job: Job, work: Work) -> None:
        """To be written by the next who is free."""
        if job.run.lane == "prompt":
            self._at_hand.appendleft((job, work))
        else:
            self._at_hand.append((job, work))
        self._hand_out()

    def collect(self) -> Iterator[tuple[Job, dict[int, bytes | str] | None]]:
        """Jobs that are done: recipient → the message or what was wrong with it; None where the
        process died of it, which is started again."""
        for number in [one for one in self._writing if self._beside[one].is_done()]:
            job = self._writing.pop(number)
            try:
                written: dict[int, bytes | str] | None = self._beside[number].answer()
            except ChildProcessError:
                written = None
            self._hand_out()
            yield job, written

    def close(self) -> None:
        """What they were doing is given up."""
        for one in self._beside:
            one.close()

    def _hand_out(self) -> None:
        for number, one in enumerate(self._beside):
            if self._at_hand and number not in self._writing:
                job, work = self._at_hand.popleft()
                one.ask(work)
                self._writing[number] = job
