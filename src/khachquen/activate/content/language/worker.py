"""The process templates run in: reads jobs from its standard input, writes messages to its output.

It has no secret in its environment, opens no file, starts no process, and holds only so much
memory. What a template does to it is over when the process is.
"""

import re
import resource
import signal
import struct
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import msgspec
from liquid import BoundTemplate
from liquid.exceptions import LiquidError

from khachquen.activate.content.language.grammar import line_of, parse, plain
from khachquen.activate.content.language.settling import settle
from khachquen.activate.content.message import Problem, Reader, Rendered
from khachquen.base import Text

MEMORY_BYTES = 64 * 1024 * 1024
"""What rendering may take beside the interpreter itself."""
MESSAGE_S = 0.3
"""Processor time one message may take; a starter takes less than half a millisecond."""
_KEPT = 16
_MOST_TOO_LONG = 3
_GAPS = re.compile(r"[ \t]*\n[ \t]*\n\s*")
_CONTROL = dict.fromkeys([*range(32), 127, 0x2028, 0x2029], " ")


@dataclass(frozen=True, slots=True)
class Source:
    """A wording as templates: the subject, the preheader, the HTML, the text."""

    digest: str
    subject: str
    preheader: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Job:
    """People to render one wording for; ``source`` comes along when the process may lack it."""

    digest: str
    people: tuple[Reader, ...]
    about: Mapping[str, Any]
    source: Source | None = None


class TooLongError(Exception):
    """A message took more than its time."""


Templates = tuple[BoundTemplate, BoundTemplate, BoundTemplate, BoundTemplate]


@dataclass(slots=True)
class _Kept:
    """A wording as it was parsed, and with what is the same for everybody written out."""

    parsed: Templates
    about: Mapping[str, Any] | None = None
    settled: Sequence[BoundTemplate] = ()

    def settle(self, about: Mapping[str, Any]) -> Sequence[BoundTemplate]:
        if about != self.about:
            self.about, self.settled = about, [settle(one, about) for one in self.parsed]
        return self.settled


class Press:
    """Wordings kept parsed, and messages made of them."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def learn(self, source: Source) -> None:
        """Parse a wording, and forget the one not used the longest."""
        plain_parts = (source.subject, source.preheader)
        first, second = (parse(part, is_html=False) for part in plain_parts)
        body, text = parse(source.html, is_html=True), parse(source.text, is_html=False)
        self._kept[source.digest] = _Kept((first, second, body, text))
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def render(self, job: Job) -> list[Rendered]:
        """The messages of a job; after a few that took too long the others are not tried."""
        if job.source and job.digest not in self._kept:
            try:
                self.learn(job.source)
            except (LiquidError, RecursionError) as error:
                return [_failed(one.id, error) for one in job.people]
        self._kept.move_to_end(job.digest)
        about = plain(job.about)
        templates = self._kept[job.digest].settle(about)
        made: list[Rendered] = []
        too_long = 0
        for one in job.people:
            if too_long >= _MOST_TOO_LONG:
                made.append(_failed(one.id, TooLongError()))
                continue
            message = _in_time(templates, one, about)
            too_long += any(p.code == "content.took_too_long" for p in message.problems)
            made.append(message)
        return made


def _in_time(templates: Sequence[BoundTemplate], one: Reader, about: Mapping[str, Any]) -> Rendered:
    signal.setitimer(signal.ITIMER_PROF, MESSAGE_S)
    try:
        return _render(templates, one, about)
    except (LiquidError, TooLongError, MemoryError, RecursionError, ArithmeticError) as error:
        return _failed(one.id, error)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError) as error:
        return _failed(one.id, error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _render(templates: Sequence[BoundTemplate], one: Reader, about: Mapping[str, Any]) -> Rendered:
    values = {
        **about,
        "person": plain(one.values),
        "order": plain(one.order),
        "links": plain(one.links),
        "data": plain(one.data),
    }
    subject, preheader, html, text = (template.render(values) for template in templates)
    text = _GAPS.sub("\n\n", text).strip() + "\n"  # what a condition left out leaves empty lines
    return Rendered(one.id, _line(subject), _line(preheader), html, text)


def _line(text: str) -> str:
    return " ".join(text.translate(_CONTROL).split())[:998]


def _failed(reader_id: int, error: BaseException) -> Rendered:
    return Rendered(reader_id, problems=(_problem(error),))


def _problem(error: BaseException) -> Problem:
    if isinstance(error, TooLongError):
        words = Text(vi="Mẫu thư chạy quá lâu.", en="The template took too long.")
        return Problem("content.took_too_long", words)
    if isinstance(error, MemoryError):
        words = Text(vi="Mẫu thư dùng quá nhiều bộ nhớ.", en="The template took too much memory.")
        return Problem("content.took_too_much", words)
    why = str(error.message) if isinstance(error, LiquidError) else type(error).__name__
    words = Text(
        vi=f"Mẫu thư không chạy được với người này: {why[:200]}.",
        en=f"The template cannot be rendered for this person: {why[:200]}.",
    )
    line = line_of(error) if isinstance(error, LiquidError) else 0
    return Problem("content.cannot_render", words, line)


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next message of a stream; None at its end."""
    head = stream.read(4)
    return stream.read(struct.unpack(">I", head)[0]) if len(head) == 4 else None


def write_frame(stream: IO[bytes], body: bytes) -> None:
    """One message with its length before it."""
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


def _too_long(*_: object) -> None:
    raise TooLongError


def confine() -> None:
    """Give up everything rendering does not need; nothing of it comes back."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - before the doors close
        held = int(file.read().split()[0]) * resource.getpagesize()
    limits = {
        resource.RLIMIT_AS: held + MEMORY_BYTES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))


def _allow_seconds(people: int) -> None:
    """Processor time for one job; a loop inside C that hears no timer ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + 2 + people * 0.02)
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def serve(source: IO[bytes], target: IO[bytes], *, confined: Callable[[], None] = confine) -> None:
    """Answer jobs until the stream ends."""
    decoder, encoder = msgspec.msgpack.Decoder(Job), msgspec.msgpack.Encoder()
    press = Press()
    press.render(Job("", (Reader(0),), {}, Source("", "{{ a | date }}", "", "{{ b }}", "")))
    signal.signal(signal.SIGPROF, _too_long)
    confined()
    while (body := read_frame(source)) is not None:
        job = decoder.decode(body)
        _allow_seconds(len(job.people))
        write_frame(target, encoder.encode(press.render(job)))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
