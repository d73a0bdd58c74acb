"""Letters on trial on their way: taken, written, handed over on a line of their own.

    claim → say it as whoever was chosen → write and sign → mark → hand over → write the answer down

Beside the mailer and with its post office, so the same holds after a crash: what was on the wire is
unknown and is not sent again. Never behind a broadcast, and never in its numbers.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import connection

from khachquen.activate.campaigns import accounts
from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.campaigns.making import Account
from khachquen.activate.campaigns.trying_out import (
    TryOut,
    claim_try_outs,
    exchange_try_outs,
    recover_try_outs,
)
from khachquen.activate.channels.email import Connection, Login, read_envelope
from khachquen.activate.content.trying import NOWHERE
from khachquen.activate.egress import Rules
from khachquen.base import Clock, Config
from khachquen.flows.posting import Exit, PostOffice, Written
from khachquen.flows.saying import addresses_for, frame_of, say_as
from khachquen.flows.writing import Personal, write_one
from khachquen.govern.consent.links import Links

_log = logging.getLogger(__name__)
_TIMEOUT_S = 20.0  # somebody is waiting
MARK = "[Thử]"


class _Book:
    """What the postman writes down, row by row; there are few."""

    def __init__(self, owner: str, clock: Clock):
        self._owner, self._clock = owner, clock

    def exchange(self, ended: Sequence[Ended], marked: Collection[int]) -> set[int]:
        """What cannot be written down does not leave, or is found as unknown later."""
        try:
            return exchange_try_outs(ended, marked, owner=self._owner, now=self._clock())
        except Exception as error:
            _log.error("A letter on trial cannot be written down: %s", type(error).__name__)
            return set()
        finally:
            connection.close()


class TryOuts:
    """The one who sends them. ``step`` again and again; ``close`` ends what is on the wire."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        owner: str,
        connect: Callable[[Login], Connection] | None = None,
    ):
        self._clock, self._owner = clock, owner
        self._connect = connect or accounts.connector(Rules(tuple(config.egress.inside)))
        self._links = Links(config)
        self._offices: list[PostOffice] = []

    def recover(self, machine: str = "") -> None:
        """What senders before this one left."""
        recover_try_outs(now=self._clock(), dead=machine)

    def step(self) -> bool:
        """Send a few; False when there is nothing to send, or the last ones are still leaving."""
        if any(not office.is_idle for office in self._offices):
            return False
        self.close()
        now = self._clock()
        rows = claim_try_outs(owner=self._owner, now=now)
        broken: list[Ended] = []
        for account in {row.account_id: row.account for row in rows}.values():
            office = self._open(account)
            for row in (one for one in rows if one.account_id == account.pk):
                written = self._written(row, now)
                if isinstance(written, Ended):
                    broken.append(written)
                else:
                    office.put([written])
        if broken:
            exchange_try_outs(broken, (), owner=self._owner, now=now)
        return bool(rows)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being handed over."""
        return all(office.is_idle for office in self._offices)

    def close(self) -> None:
        """Let what is on the wire come to its end; what nobody carried waits again."""
        for office in self._offices:
            office.close()
        if self._offices:
            recover_try_outs(now=self._clock(), dead=self._owner)
        self._offices = []

    def _open(self, account: Account) -> PostOffice:
        login = replace(accounts.login_of(account), timeout_s=_TIMEOUT_S)
        office = PostOffice(
            Exit(login, account.from_address, partial(self._connect, login)),
            _Book(self._owner, self._clock),
            self._clock,
            lines=1,
            at_once=1,
        )
        self._offices.append(office)
        return office

    def _written(self, row: TryOut, now: datetime) -> Written | Ended:
        try:
            return self._write(row, now)
        except Exception as error:  # whatever a template or an account does to one letter
            return Ended(row.pk, "failed", "not_written", type(error).__name__)

    def _write(self, row: TryOut, now: datetime) -> Written | Ended:
        """The letter, with the links of whoever reads it: what they do there is their own."""
        envelope = read_envelope(row.address)
        links = addresses_for(self._links, row.purpose, {row.pk: row.address}, None)[row.pk]
        said = say_as(row.version_id, row.who, {**NOWHERE, **links}, now=now)
        if envelope is None or said is None or said.problems:
            why = said.problems[0].code if said and said.problems else "gone"
            return Ended(row.pk, "failed", "not_written", why)
        frame = replace(frame_of(row.account), is_automatic=True)
        letter = Personal(
            recipient_id=row.pk,
            key=f"thu-{row.pk}-{int(row.asked_at.timestamp())}",
            to=envelope.address,
            unsubscribe=links.get("unsubscribe", ""),
            said=(f"{MARK} {said.subject}", said.html, said.text),
        )
        return Written(row.pk, 0, 1, envelope, write_one(frame, letter, now))
