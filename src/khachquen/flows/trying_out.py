"""Letters on trial: said as whoever was chosen, to the shop's own mailboxes (``flows.aside``)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

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
from khachquen.base import Clock, Config
from khachquen.flows.aside import Aside
from khachquen.flows.posting import Written
from khachquen.flows.saying import addresses_for, frame_of, say_as
from khachquen.flows.writing import Personal, write_one
from khachquen.govern.consent.links import Links

MARK = "[Thử]"


class _Trials:
    def __init__(self, config: Config):
        self._links = Links(config)

    def claim(self, owner: str, now: datetime) -> list[tuple[TryOut, Account]]:
        return [(row, row.account) for row in claim_try_outs(owner=owner, now=now)]

    def exchange(
        self, ended: Sequence[Ended], marked: Collection[int], owner: str, now: datetime
    ) -> set[int]:
        return exchange_try_outs(ended, marked, owner=owner, now=now)

    def recover(self, now: datetime, dead: str) -> None:
        recover_try_outs(now=now, dead=dead)

    def number_of(self, row: TryOut) -> int:
        return row.pk

    def write(self, row: TryOut, account: Account, now: datetime) -> Written | Ended:
        """The letter, with the links of whoever reads it: what they do there is their own."""
        envelope = read_envelope(row.address)
        links = addresses_for(self._links, row.purpose, {row.pk: row.address}, None)[row.pk]
        nobodys = {**NOWHERE, **self._links.trial_urls()}
        said = say_as(row.version_id, row.who, {**nobodys, **links}, now=now)
        if envelope is None or said is None or said.problems:
            why = said.problems[0].code if said and said.problems else "gone"
            return Ended(row.pk, "failed", "not_written", why)
        frame = replace(frame_of(account), is_automatic=True)
        letter = Personal(
            recipient_id=row.pk,
            key=f"thu-{row.pk}-{int(row.asked_at.timestamp())}",
            to=envelope.address,
            unsubscribe=links.get("unsubscribe", ""),
            said=(f"{MARK} {said.subject}", said.html, said.text),
        )
        return Written(row.pk, 0, 1, envelope, write_one(frame, letter, now))


class TryOuts(Aside[TryOut]):
    """The one who sends letters on trial."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        *,
        owner: str,
        connect: Callable[[Login], Connection] | None = None,
    ):
        super().__init__(_Trials(config), config, clock, owner=owner, connect=connect)
