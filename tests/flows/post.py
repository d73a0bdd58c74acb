"""A shop that writes letters: its people, its campaign, its mail server and its sender."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from khachquen.activate.campaigns import accounts, running
from khachquen.activate.campaigns.counting import Tally, tally
from khachquen.activate.campaigns.models import Account, Campaign, Recipient, Run
from khachquen.base import Config
from khachquen.base.config import Egress, Sending, Server
from khachquen.flows.sending import Mailer
from khachquen.flows.trying_out import TryOuts
from khachquen.govern.consent import Told, record
from khachquen.unify.models import Node, Profile
from tests.waiting import wait_for

SHOP = "tin@gom-moc.example"
HTML = (
    "<p>Chào {{ name | bạn }},</p><p>Gốm mới về.</p>"
    '<p><a href="{{ unsubscribe }}">Hủy đăng ký</a></p>'
)
TEXT = "Chào {{ name | bạn }},\n\nGốm mới về.\n\nHủy đăng ký: {{ unsubscribe }}\n"


@dataclass
class TickingClock:
    """From a moment on, as fast as real time; tests move it ahead."""

    at: datetime
    _since: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self._since)

    def advance(self, **parts: float) -> None:
        self.at += timedelta(**parts)


def config(**more: Any) -> Config:
    found: Config = settings.CONFIG
    sending = replace(Sending(processes=1), **more)
    return replace(
        found,
        sending=sending,
        server=Server(base_url="https://gom-moc.example"),
        egress=Egress(inside=["127.0.0.0/8"]),
    )


def add_people(*names: str, agree: bool = True, at: datetime, first: int = 1) -> list[int]:
    """People with an address of their own, who agreed to advertising or were never asked."""
    numbers = list(range(first, first + len(names)))
    for number, name in zip(numbers, names, strict=True):
        add_person(number, name, f"khach-{number}@example.vn", at=at)
    if agree:
        keys = [f"email:khach-{number}@example.vn" for number in numbers]
        say(*keys, says="granted", at=at)
    return numbers


def add_person(number: int, name: str, email: str, *, at: datetime) -> None:
    Profile.objects.create(
        id=number, name=name, email=email, is_known=True, first_seen=at, last_seen=at
    )
    key = f"email:{email}" if email else f"anonymous:a-{number}"
    kind = key.partition(":")[0]
    Node.objects.create(
        id=number, key=key, kind=kind, profile_id=number, first_seen=at, last_seen=at
    )


def say(*keys: str, says: Any, at: datetime, purpose: str = "ads") -> None:
    told = [Told([key], purpose, says, ["email"], method="web_form", at=at) for key in keys]
    record(told, now=at)


def add_account(port: int, *, at: datetime, **more: Any) -> Account:
    account = Account.objects.create(
        **{
            "name": f"Gốm Mộc {port}",
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "from_address": SHOP,
            "from_name": "Gốm Mộc",
            "connections": 2,
            "created_at": at,
            **more,
        }
    )
    accounts.give_key(account)
    return account


def add_run(
    account: Account, people: Sequence[int], *, at: datetime, is_written: bool = True, **more: Any
) -> Run:
    """A campaign to these people, begun: its audience is written down."""
    campaign = Campaign.objects.create(
        **{
            "name": "Gốm mới",
            "purpose": "ads",
            "segment_id": 1,
            "account": account,
            "subject": "[QC] Gốm mới cho {{ name | bạn }}",
            "html": HTML,
            "text": TEXT,
            "created_at": at,
            "created_by": "hoa@gom-moc.example",
            "changed_at": at,
            **more,
        }
    )
    run = running.begin(campaign.pk, start_at=at, links_open=True, by="hoa@gom-moc.example", at=at)
    if is_written:
        running.start_due(at)
        running.write_down(run, people, is_last=True, now=at)
    return run


@contextmanager
def sender(clock: Any, **more: Any) -> Iterator[Mailer]:
    """A sender at work in this process; what is on the wire comes to its end with the block."""
    after = more.pop("after", None)
    mailer = Mailer(config(**more), clock, **({"after": after} if after else {}))
    try:
        mailer.recover()
        yield mailer
    finally:
        mailer.close()


def send_all(clock: Any, *runs: Run, at_most_s: float = 60, **more: Any) -> None:
    """Step until every run is at its end."""
    with sender(clock, **more) as mailer:
        work_until(mailer, lambda: all(state_of(run) in ("done", "cancelled") for run in runs))


def try_all(clock: Any, **more: Any) -> None:
    """Send every letter on trial, to its end."""
    sender = TryOuts(config(), clock, owner="here:one", **more)
    try:
        wait_for(lambda: not (sender.step() or not sender.is_idle), every_s=0.002)
    finally:
        sender.close()


def work_until(mailer: Mailer, look: Any) -> None:
    def step() -> Any:
        mailer.step()
        return look()

    wait_for(step, every_s=0.002)


def state_of(run: Run) -> str:
    return Run.objects.values_list("state", flat=True).get(pk=run.pk)


def ends(run: Run) -> dict[int, tuple[str, str]]:
    """Person → how it ended for them."""
    rows = Recipient.objects.filter(run=run).values_list("person_id", "state", "reason")
    return {person: (state, reason) for person, state, reason in rows}


def count(run: Run) -> Tally:
    return tally(run.pk)
