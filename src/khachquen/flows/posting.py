"""Letters to the mail server, over some lines at once: the part of sending that may be uncertain.

A postman takes a few letters, and hands over none of them before the database says that they are on
the wire. The same transaction writes down what became of the few before. So whenever the process
dies, the rows that stand as on the wire are exactly those nobody can know of, and they are at most
``at_once`` for each line.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from django.db import connection

from khachquen.activate.campaigns.claiming import Ended, exchange
from khachquen.activate.channels.lines import Destination, LostError, RefusedError, Reply
from khachquen.base import Clock
from khachquen.flows.steps import AfterStep, nothing

_log = logging.getLogger(__name__)
MOST_ATTEMPTS = 6
_AGAIN_AFTER = timedelta(minutes=5)  # greylisting lasts some minutes; then 10, 20, 40, 80
_ACCOUNT_RESTS_S = (1.0, 5.0, 30.0, 120.0, 300.0)
_LINE_IDLE_S = 20.0
_LEDGER_AGAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Written:
    """A letter ready to leave."""

    recipient_id: int
    run_id: int
    attempt: int
    envelope: Destination
    message: bytes
    sender: str = ""  # of the envelope, where it is the letter's own


@dataclass(slots=True)
class _Entry:
    ended: Sequence[Ended]
    marked: Collection[int]
    may: set[int] = field(default_factory=set)
    is_done: threading.Event = field(default_factory=threading.Event)


class Ledger:
    """Writes down for all postmen at once: whoever comes while a transaction runs shares the next.

    Nothing is forgotten while the process lives: what cannot be written (a full disk) is tried
    until it is.
    """

    def __init__(self, *, owner: str, clock: Clock, lease: timedelta):
        self._owner, self._clock, self._lease = owner, clock, lease
        self._entries: deque[_Entry] = deque()
        self._are_there = threading.Condition()
        self._is_closing = False
        self._thread = threading.Thread(target=self._write_all, name="ledger", daemon=True)
        self._thread.start()

    def exchange(self, ended: Sequence[Ended], marked: Collection[int]) -> set[int]:
        """Returns once it is on the disk: which of the marked may leave."""
        entry = _Entry(ended, marked)
        with self._are_there:
            self._entries.append(entry)
            self._are_there.notify()
        entry.is_done.wait()
        return entry.may

    def close(self) -> None:
        """After the last entry."""
        with self._are_there:
            self._is_closing = True
            self._are_there.notify()
        self._thread.join()

    def _write_all(self) -> None:
        try:
            while entries := self._take():
                self._write(entries)
        finally:
            connection.close()

    def _take(self) -> list[_Entry]:
        with self._are_there:
            while not self._entries and not self._is_closing:
                self._are_there.wait()
            entries = list(self._entries)
            self._entries.clear()
        return entries

    def _write(self, entries: Sequence[_Entry]) -> None:
        ended = [one for entry in entries for one in entry.ended]
        marked = [one for entry in entries for one in entry.marked]
        while True:
            try:
                may = exchange(
                    ended, marked, owner=self._owner, now=self._clock(), lease=self._lease
                )
                break
            except Exception as error:  # the database is away, the disk is full: it must be kept
                _log.error("What was sent cannot be written down yet: %s", type(error).__name__)
                connection.close()
                threading.Event().wait(_LEDGER_AGAIN_S)
        for entry in entries:  # a row that two letters were written of goes out once
            entry.may = may.intersection(entry.marked)
            may -= entry.may
            entry.is_done.set()


class Book(Protocol):
    """Where postmen write down what became of letters, and ask which may leave: as ``Ledger``."""

    def exchange(self, ended: Sequence[Ended], marked: Collection[int]) -> set[int]: ...


class Line(Protocol):
    """A connection, as a postman uses it."""

    @property
    def is_open(self) -> bool: ...
    def open(self) -> None: ...
    def send(self, sender: str, to: Any, message: bytes) -> Reply: ...
    def close(self) -> None: ...
    def drop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Exit:
    """Where an account's messages leave: as whom, and how a line is opened there. Equal ones are
    the same server, signed in to in the same way (``login``)."""

    login: object
    sender: str
    open_line: Callable[[], Line] = field(compare=False)


class Pace:
    """So many a second over all lines of an account; 0 is as fast as it goes."""

    def __init__(self, per_second: float):
        self._gap = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def wait_s(self) -> float:
        """How long whoever asks now must wait for their turn."""
        if not self._gap:
            return 0.0
        with self._lock:
            now = time.monotonic()
            turn = max(self._next, now)
            self._next = turn + self._gap
            return turn - now


class PostOffice:
    """The letters of one account and lane, and the postmen who take them away."""

    def __init__(
        self,
        exit_: Exit,
        ledger: Book,
        clock: Clock,
        *,
        lines: int,
        at_once: int,
        per_second: float = 0,
        note_trouble: Callable[[str], None] = lambda words: None,
        after: AfterStep = nothing,
    ):
        self._exit, self._ledger, self._clock = exit_, ledger, clock
        self._at_once = max(1, min(at_once, int(per_second) or at_once))
        self._pace, self._note_trouble, self._after = Pace(per_second), note_trouble, after
        self._letters: deque[Written] = deque()
        self._are_there = threading.Condition()
        self._is_closing = False
        self._busy: set[int] = set()
        self._rests_until = 0.0
        self._failures = 0
        self.halted: frozenset[int] = frozenset()  # runs that were paused or cancelled
        self._postmen = [
            threading.Thread(target=self._carry, name=f"postman-{n}", daemon=True)
            for n in range(lines)
        ]
        for postman in self._postmen:
            postman.start()

    @property
    def waiting(self) -> int:
        """Letters nobody carries yet."""
        return len(self._letters)

    @property
    def is_idle(self) -> bool:
        with self._are_there:
            return not self._letters and not self._busy

    @property
    def is_resting(self) -> bool:
        """Whether the server turned us away and is left alone for a while."""
        return time.monotonic() < self._rests_until

    def put(self, letters: Sequence[Written]) -> None:
        """Some more to be carried."""
        with self._are_there:
            self._letters.extend(letters)
            self._are_there.notify_all()

    def withdraw(self, run_id: int) -> None:
        """What nobody carries yet of a run that was paused."""
        with self._are_there:
            kept = [one for one in self._letters if one.run_id != run_id]
            self._letters.clear()
            self._letters.extend(kept)

    def close(self) -> None:
        """Let every postman come home; what they had on the wire is written down."""
        with self._are_there:
            self._is_closing = True
            self._are_there.notify_all()
        for postman in self._postmen:
            postman.join()

    def _carry(self) -> None:
        line = self._exit.open_line()
        ended: list[Ended] = []
        while (batch := self._take(line, has_ended=bool(ended))) is not None:
            may = self._ledger.exchange(ended, [one.recipient_id for one in batch])
            self._after("marked")
            ended = self._hand_over(line, [one for one in batch if one.recipient_id in may])
            self._after("handed over")
        line.close()

    def _take(self, line: Line, *, has_ended: bool) -> list[Written] | None:
        """The next few letters; none at all when there is only something to write down; None to go
        home."""
        me = threading.get_ident()
        with self._are_there:
            if not has_ended:
                self._busy.discard(me)
            while not self._letters or self.is_resting or self._is_closing:
                if has_ended:
                    return []
                if self._is_closing:
                    return None
                if not self._are_there.wait(0.2 if self._letters else _LINE_IDLE_S):
                    self._leave_idle(line)
            self._busy.add(me)
            few = min(self._at_once, len(self._letters))
            return [self._letters.popleft() for _ in range(few)]

    def _leave_idle(self, line: Line) -> None:
        """Servers do not like lines nobody speaks on."""
        if line.is_open and not self._letters:
            line.close()

    def _hand_over(self, line: Line, letters: Sequence[Written]) -> list[Ended]:
        """What became of each; after trouble with the server the rest keep their place."""
        ended: list[Ended] = []
        for place, letter in enumerate(letters):
            if letter.run_id in self.halted or self._is_closing:
                ended.append(self._back(letter))
                continue
            if wait_s := self._pace.wait_s():
                threading.Event().wait(wait_s)
            try:
                ended.append(self._hand_over_one(line, letter))
            except (RefusedError, LostError) as trouble:
                wait_s = trouble.wait_s if isinstance(trouble, RefusedError) else 0
                back = self._turned_away(letters[place:], str(trouble), wait_s=wait_s)
                return [*ended, *back]
            if (why := ended[-1].reason) in ("account", "quota", "line_broke"):
                # Who does not answer is left alone too: each try costs somebody a known end.
                why = "account" if why == "line_broke" else why
                rest = self._turned_away(letters[place + 1 :], ended[-1].reply, why)
                return [*ended, *rest]
            self._after("answered")
        return ended

    def _hand_over_one(self, line: Line, letter: Written) -> Ended:
        try:
            if not line.is_open:
                line.open()
            sender = letter.sender or self._exit.sender
            reply = line.send(sender, letter.envelope, letter.message)
            return self._judged(letter, reply)
        except LostError as lost:
            line.drop()
            if not lost.may_have_arrived:
                raise
            return Ended(letter.recipient_id, "unknown", "line_broke", str(lost))
        except (RefusedError, OSError):
            raise
        except Exception as error:  # a mistake of ours must not leave the letter on the wire
            _log.exception("A letter's end is not known")
            line.drop()
            return Ended(letter.recipient_id, "unknown", "broken", type(error).__name__)

    def _judged(self, letter: Written, reply: Reply) -> Ended:
        verdict = reply.verdict
        if verdict == "sent":
            self._failures = 0
            return Ended(letter.recipient_id, "sent", "", str(reply))
        if verdict in ("account", "quota"):
            return self._back(letter, verdict, str(reply))
        if verdict == "night":
            return self._back(letter, "quiet_hours")
        if verdict == "held":
            return self._back(letter, "held", str(reply))
        if verdict == "later":
            if letter.attempt >= MOST_ATTEMPTS:
                return Ended(letter.recipient_id, "failed", "tried_enough", str(reply))
            due = self._clock() + _AGAIN_AFTER * 2 ** max(0, letter.attempt - 1)
            return Ended(letter.recipient_id, "waiting", "later", str(reply), due, is_tried=True)
        return Ended(letter.recipient_id, "failed", verdict, str(reply))

    def _back(self, letter: Written, reason: str = "", reply: str = "") -> Ended:
        return Ended(letter.recipient_id, "waiting", reason, reply, self._clock())

    def _turned_away(
        self, letters: Sequence[Written], words: str, reason: str = "account", *, wait_s: int = 0
    ) -> list[Ended]:
        """The server will not have us: these keep their place, and it is left alone for a while,
        or for as long as it asked."""
        own_s = _ACCOUNT_RESTS_S[min(self._failures, len(_ACCOUNT_RESTS_S) - 1)]
        self._failures += 1
        self._rests_until = max(self._rests_until, time.monotonic() + max(own_s, wait_s))
        self._note_trouble(words)
        return [self._back(letter, reason, words) for letter in letters]
