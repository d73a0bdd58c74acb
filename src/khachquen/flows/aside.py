"""Letters that belong to no campaign, on their way beside the mailer: taken, written, handed over.

    claim → write and sign → mark → hand over → write the answer down

They leave by the mailer's own post office, on a line of their own, so the same holds after a crash:
what was on the wire is unknown and is not sent again. Never behind a broadcast, and never in its
numbers. What they are is for a ``Desk`` to know.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, Protocol, TypeVar

from django.db import connection

from khachquen.activate.campaigns import accounts
from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.campaigns.making import Account
from khachquen.activate.channels.email import Connection, Login
from khachquen.activate.egress import Rules
from khachquen.base import Clock, Config
from khachquen.flows.posting import Exit, PostOffice, Written

_log = logging.getLogger(__name__)
_TIMEOUT_S = 20.0  # somebody is waiting
_LOOK_AGAIN = timedelta(seconds=0.25)
Row = TypeVar("Row")


class Desk(Protocol[Row]):
    """What one kind of these letters is: rows claimed, written as letters, ended."""

    def claim(self, owner: str, now: datetime) -> Sequence[tuple[Row, Account]]:
        """A few to be sent now, and what each leaves by."""
        ...

    def write(self, row: Row, account: Account, now: datetime) -> Written | Ended:
        """The letter, or why there is none."""
        ...

    def exchange(
        self, ended: Sequence[Ended], marked: Collection[int], owner: str, now: datetime
    ) -> set[int]:
        """Write down what became of some, and which others may leave."""
        ...

    def recover(self, now: datetime, dead: str) -> None:
        """What senders that are no more held."""
        ...

    def number_of(self, row: Row) -> int:
        """The row's number."""
        ...


class _Book:
    """What the postman writes down, row by row; there are few."""

    def __init__(self, desk: Desk[Row], owner: str, clock: Clock):
        self._exchange, self._owner, self._clock = desk.exchange, owner, clock

    def exchange(self, ended: Sequence[Ended], marked: Collection[int]) -> set[int]:
        """What cannot be written down does not leave, or is found as unknown later."""
        try:
            return self._exchange(ended, marked, self._owner, self._clock())
        except Exception as error:
            _log.error("A letter beside campaigns is not kept: %s", type(error).__name__)
            return set()
        finally:
            connection.close()


class Aside(Generic[Row]):
    """The one who sends what a desk has. ``step`` again and again; ``close`` ends what is on the
    wire."""

    def __init__(
        self,
        desk: Desk[Row],
        config: Config,
        clock: Clock,
        *,
        owner: str,
        connect: Callable[[Login], Connection] | None = None,
    ):
        self._desk, self._clock, self._owner = desk, clock, owner
        self._connect = connect or accounts.connector(Rules(tuple(config.egress.inside)))
        self._offices: list[PostOffice] = []
        self._next_look: datetime | None = None

    def recover(self, machine: str = "") -> None:
        """What senders before this one left."""
        self._desk.recover(self._clock(), machine)

    def step(self) -> bool:
        """Send a few; False when there is nothing to send, or the last ones are still leaving."""
        if not self.is_idle:
            return False
        now = self._clock()
        if self._next_look and now < self._next_look <= now + _LOOK_AGAIN:
            return False
        self.close()
        claimed = self._desk.claim(self._owner, now)
        self._next_look = None if claimed else now + _LOOK_AGAIN
        broken: list[Ended] = []
        for account in {account.pk: account for _, account in claimed}.values():
            office = self._open(account)
            for row in (row for row, its in claimed if its.pk == account.pk):
                written = self._written(row, account, now)
                if isinstance(written, Ended):
                    broken.append(written)
                else:
                    office.put([written])
        if broken:
            self._desk.exchange(broken, (), self._owner, now)
        return bool(claimed)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being handed over."""
        return all(office.is_idle for office in self._offices)

    def close(self) -> None:
        """Let what is on the wire come to its end; what nobody carried waits again."""
        for office in self._offices:
            office.close()
        if self._offices:
            self._desk.recover(self._clock(), self._owner)
        self._offices = []

    def _open(self, account: Account) -> PostOffice:
        login = replace(accounts.login_of(account), timeout_s=_TIMEOUT_S)
        office = PostOffice(
            Exit(login, account.from_address, partial(self._connect, login)),
            _Book(self._desk, self._owner, self._clock),
            self._clock,
            lines=1,
            at_once=1,
        )
        self._offices.append(office)
        return office

    def _written(self, row: Row, account: Account, now: datetime) -> Written | Ended:
        try:
            return self._desk.write(row, account, now)
        except Exception as error:  # whatever a template or an account does to one letter
            number = self._desk.number_of(row)
            return Ended(number, "failed", "not_written", type(error).__name__)
