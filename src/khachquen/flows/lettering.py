"""The letter as a channel: who it is from, what it says to each, and the server it leaves by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from khachquen.activate.campaigns import accounts
from khachquen.activate.campaigns.accounts import Room
from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.campaigns.making import Account
from khachquen.activate.campaigns.people import Ready
from khachquen.activate.campaigns.running import Run
from khachquen.activate.channels.email import Connection, Login
from khachquen.activate.egress import Rules
from khachquen.base import Config
from khachquen.flows.posting import Exit
from khachquen.flows.saying import Addresses, addresses_for, frame_of, say
from khachquen.flows.writing import LettersToWrite, Personal, Template
from khachquen.govern.consent.links import Links


class Letters:
    """E-mail, as ``channels.Channel`` asks for it."""

    def __init__(self, config: Config, *, connect: Callable[[Login], Connection] | None = None):
        self._connect = connect or accounts.connector(Rules(tuple(config.egress.inside)))
        self._links = Links(config)

    def prepare(
        self, run: Run, ready: Sequence[Ready], keys: Mapping[int, str], *, now: datetime
    ) -> tuple[LettersToWrite, list[Ended]]:
        """What the writers need; what a template says was made of it for each person here."""
        emails = {one.recipient_id: one.person.email for one in ready}
        links = addresses_for(self._links, run.purpose, emails, run.campaign_id)
        said, broken = _say(run, ready, links, now) if run.version_id else ({}, [])
        people = [
            Personal(
                recipient_id=one.recipient_id,
                key=keys[one.recipient_id],
                to=one.envelope.address,
                name=one.person.name,
                unsubscribe=links[one.recipient_id].get("unsubscribe", ""),
                values={"name": one.person.name, "email": one.person.email},
                said=said.get(one.recipient_id),
            )
            for one in ready
            if not run.version_id or one.recipient_id in said
        ]
        return LettersToWrite(_template(run), people, now), broken

    def exit_of(self, account: Account) -> Exit:
        """Its mail server."""
        login = accounts.login_of(account)
        return Exit(login, account.from_address, partial(self._connect, login))

    def room_of(self, account: Account, *, under_way: int, now: datetime) -> Room:
        """What the account's own limit leaves: whoever is on their way is counted by their row."""
        return Room(accounts.left_today(account, now))

    def close(self) -> None:
        """Nothing is held: lines are the post office's."""


def _say(
    run: Run, ready: Sequence[Ready], links: Mapping[int, Addresses], now: datetime
) -> tuple[dict[int, tuple[str, str, str]], list[Ended]]:
    """What a template says to each; whoever it says nothing to has failed."""
    assert run.version_id is not None
    made = say(run.version_id, {one.person.id: links[one.recipient_id] for one in ready}, now=now)
    said, broken = {}, []
    for one in ready:
        words = made.get(one.person.id)
        if words is None or words.problems:
            why = words.problems[0].code if words else "gone"
            broken.append(Ended(one.recipient_id, "failed", "not_written", why))
        else:
            said[one.recipient_id] = (words.subject, words.html, words.text)
    return said, broken


def _template(run: Run) -> Template:
    domain = run.account.from_address.rpartition("@")[2]
    return replace(
        frame_of(run.account),
        subject=run.subject,
        html=run.html,
        text=run.text,
        list_id=f"campaign-{run.campaign_id}.{domain}" if run.lane == "bulk" else "",
        feedback_id=f"{run.campaign_id}:{run.pk}:{run.lane}:khachquen",
        is_automatic=run.lane == "prompt",
    )
