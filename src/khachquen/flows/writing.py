"""Letters written and signed: the work of the sender's second and third process.

Signing is half a millisecond of processor a letter, and Python would do it one at a time while it
also speaks to mail servers. What comes in is plain data, what goes out are bytes; no database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from khachquen.activate.campaigns.wording import fill
from khachquen.activate.channels.email import Letter, Sender, write_letter
from khachquen.activate.channels.email.signing import DkimKey, sign


@dataclass(frozen=True, slots=True)
class Template:
    """What is the same in every letter of a run."""

    subject: str
    html: str
    text: str
    sender: Sender
    keys: Sequence[DkimKey]
    list_id: str = ""
    feedback_id: str = ""
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class Personal:
    """What is one person's."""

    recipient_id: int
    key: str
    to: str
    name: str = ""
    unsubscribe: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, str, str] | None = None  # subject, HTML, text, where a template made them


class Work(Protocol):
    """Messages of any channel to be written: plain data, which pickles and needs no database."""

    def write(self) -> dict[int, bytes | str]:
        """Recipient → the message as it leaves, or what was wrong with theirs."""
        ...


@dataclass(frozen=True, slots=True)
class LettersToWrite:
    """Letters of one run."""

    template: Template
    people: Sequence[Personal]
    at: datetime

    def write(self) -> dict[int, bytes | str]:
        """Each signed; one that cannot be written takes no other with it."""
        written: dict[int, bytes | str] = {}
        for one in self.people:
            try:
                written[one.recipient_id] = write_one(self.template, one, self.at)
            except Exception as error:  # whatever a template does to one person's values
                written[one.recipient_id] = type(error).__name__
        return written


def work(given: Work) -> dict[int, bytes | str]:
    """What the processes beside the sender do."""
    return given.write()


def write_one(template: Template, one: Personal, at: datetime) -> bytes:
    """One letter, filled in and signed."""
    subject, html, text = one.said or _filled(template, one)
    letter = Letter(
        key=one.key,
        to=one.to,
        to_name=one.name,
        subject=subject,
        html=html,
        text=text,
        at=at,
        unsubscribe=one.unsubscribe,
        list_id=template.list_id,
        feedback_id=template.feedback_id,
        is_automatic=template.is_automatic,
    )
    return sign(write_letter(letter, template.sender), template.keys, at=at)


def _filled(template: Template, one: Personal) -> tuple[str, str, str]:
    values = {**one.values, "unsubscribe": one.unsubscribe}
    html = fill(template.html, values, is_html=True)
    return fill(template.subject, values), html, fill(template.text, values)
