"""The letter as a channel: who it is from, what it says to each, and the server it leaves by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from khachquen.activate.campaigns import accounts
from khachquen.activate.campaigns.accounts import Room
from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.campaigns.making import Account
from khachquen.activate.campaigns.marking import Marking, number_links
from khachquen.activate.campaigns.people import Ready
from khachquen.activate.campaigns.running import Run
from khachquen.activate.campaigns.triggering import data_of
from khachquen.activate.campaigns.variants import words_of
from khachquen.activate.channels.email import Connection, Login
from khachquen.activate.confirmations.counting import count_letters_since
from khachquen.activate.content import Reader, TemplateVersion, read_readers
from khachquen.activate.content.retitling import get_retitled
from khachquen.activate.egress import Rules
from khachquen.base import Config
from khachquen.flows.posting import Exit
from khachquen.flows.saying import Addresses, addresses_for, frame_of
from khachquen.flows.tracking import Marker
from khachquen.flows.writing import LettersToWrite, Personal, Template
from khachquen.govern.consent.links import Links

_KEPT = 32  # versions, a few of each run on its way


class Letters:
    """E-mail, as ``channels.Channel`` asks for it."""

    def __init__(self, config: Config, *, connect: Callable[[Login], Connection] | None = None):
        self._connect = connect or accounts.connector(Rules(tuple(config.egress.inside)))
        self._links = Links(config)
        self._kept_percent = config.sending.kept_percent
        self._marker = Marker(config)
        self._versions: dict[tuple[int, str], TemplateVersion | None] = {}

    def prepare(
        self, run: Run, ready: Sequence[Ready], keys: Mapping[int, str], *, now: datetime
    ) -> tuple[LettersToWrite, list[Ended]]:
        """What the writers need: the words, and what they may say of each person."""
        emails = {one.recipient_id: one.person.email for one in ready}
        links = addresses_for(self._links, run.purpose, emails, run.campaign_id)
        marking = self._marker.marking_of(run)
        versions = self._versions_of(run, ready, are_marked=marking is not None)
        readers = _readers(versions, ready, links, now)
        if run.is_triggered:
            told = data_of(readers)
            readers = {one: replace(who, data=told.get(one, {})) for one, who in readers.items()}
        gone = [one.recipient_id for one in ready if versions and one.recipient_id not in readers]
        people = [
            Personal(
                recipient_id=one.recipient_id,
                key=keys[one.recipient_id],
                to=one.envelope.address,
                name=one.person.name,
                unsubscribe=links[one.recipient_id].get("unsubscribe", ""),
                values={"name": one.person.name, "email": one.person.email},
                reader=readers.get(one.recipient_id),
                is_tracked=one.is_tracked,
                variant=one.variant,
            )
            for one in ready
            if not versions or one.recipient_id in readers
        ]
        ended = [Ended(one, "failed", "not_written", "gone") for one in gone]
        template = replace(_template(run, marking), versions=versions)
        return LettersToWrite(template, people, now), ended

    def exit_of(self, account: Account) -> Exit:
        """Its mail server."""
        login = accounts.login_of(account)
        return Exit(login, account.from_address, partial(self._connect, login))

    def room_of(self, run: Run, *, under_way: int, now: datetime) -> Room:
        """What the account's own limit leaves: whoever is on their way is counted by their row."""
        kept = 0 if run.lane == "prompt" else self._kept_percent
        left = accounts.left_today(run.account, now, beside=count_letters_since, kept_percent=kept)
        return Room(left)

    def close(self) -> None:
        """Nothing is held: lines are the post office's."""

    def _versions_of(
        self, run: Run, ready: Sequence[Ready], *, are_marked: bool
    ) -> dict[str, TemplateVersion]:
        """Variant → the version that says it, under its own subject; none without a template.
        What a run says stays what it was when it began, so each is read once."""
        if not run.version_id:
            return {}
        found = {}
        for variant in {one.variant for one in ready}:
            key = (run.pk, variant)
            if key not in self._versions:
                if len(self._versions) >= _KEPT:
                    self._versions.clear()
                self._versions[key] = _version(run, variant, is_marked=are_marked)
            if version := self._versions[key]:
                found[variant] = version
        return found


def _version(run: Run, variant: str, *, is_marked: bool) -> TemplateVersion | None:
    """``is_marked``: its links bear their numbers, for ``writing`` to take away again."""
    number, subject = words_of(run, variant)
    version = get_retitled(number, subject) if number else None
    if version is None or not is_marked:
        return version
    numbered = number_links(version.html)
    return replace(version, html=numbered, digest=f"{version.digest}:numbered")


def _readers(
    versions: Mapping[str, TemplateVersion],
    ready: Sequence[Ready],
    links: Mapping[int, Addresses],
    now: datetime,
) -> dict[int, Reader]:
    """Recipient → what their version may say of them; whoever is no more is left out."""
    found: dict[int, Reader] = {}
    for key, version in versions.items():
        theirs = [one for one in ready if one.variant == key]
        whose = {one.person.id: links[one.recipient_id] for one in theirs}
        known = {one.id: one for one in read_readers(version, list(whose), now=now, links=whose)}
        found |= {
            one.recipient_id: known[one.person.id] for one in theirs if one.person.id in known
        }
    return found


def _template(run: Run, marking: Marking | None) -> Template:
    domain = run.account.from_address.rpartition("@")[2]
    return replace(
        frame_of(run.account),
        subject=run.subject,
        html=number_links(run.html) if marking else run.html,
        text=run.text,
        marking=marking,
        list_id=f"campaign-{run.campaign_id}.{domain}" if run.lane == "bulk" else "",
        feedback_id=f"{run.campaign_id}:{run.pk}:{run.lane}:khachquen",
        is_automatic=run.lane == "prompt",
    )
