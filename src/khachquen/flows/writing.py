"""Letters written and signed: the work of the sender's second and third process.

Signing is half a millisecond of processor a letter, and Python would do it one at a time while it
also speaks to mail servers; rendering a template is as much again, in a process of its own for each
of these. What comes in is plain data, what goes out are bytes; no database.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from khachquen.activate.campaigns.marking import Marking, mark
from khachquen.activate.campaigns.wording import fill
from khachquen.activate.channels.email import Letter, Sender, write_letter
from khachquen.activate.channels.email.signing import DkimKey, sign
from khachquen.activate.content import Reader, TemplateVersion, render_batch


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
    # Variant → what says the words above, where they are empty; "" where there are no variants.
    versions: Mapping[str, TemplateVersion] = field(default_factory=dict)
    marking: Marking | None = None


@dataclass(frozen=True, slots=True)
class Personal:
    """What is one person's."""

    recipient_id: int
    key: str
    to: str
    name: str = ""
    unsubscribe: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    reader: Reader | None = None  # whom a template speaks to
    said: tuple[str, str, str] | None = None  # subject, HTML, text, once it has
    variant: str = ""
    is_tracked: bool = False


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
        for one, why in self._spoken_to():
            if why:
                written[one.recipient_id] = why
                continue
            try:
                written[one.recipient_id] = write_one(self.template, one, self.at)
            except Exception as error:  # whatever a template does to one person's values
                written[one.recipient_id] = type(error).__name__
        return written

    def _spoken_to(self) -> Iterator[tuple[Personal, str]]:
        """Each with what the template says to them, or why it says nothing."""
        if not self.template.versions:
            yield from ((one, "") for one in self.people)
            return
        for key, version in self.template.versions.items():
            people = [one for one in self.people if one.variant == key]
            readers = [one.reader or Reader(0) for one in people]
            today = self.at.astimezone(ZoneInfo(version.timezone)).date()
            made = render_batch(version, readers, today=today)
            for one, words in zip(people, made, strict=True):
                if words.problems:
                    yield one, words.problems[0].code
                else:
                    yield replace(one, said=(words.subject, words.html, words.text)), ""


def work(given: Work) -> dict[int, bytes | str]:
    """What the processes beside the sender do."""
    return given.write()


def write_one(template: Template, one: Personal, at: datetime) -> bytes:
    """One letter, filled in and signed."""
    subject, html, text = one.said or _filled(template, one)
    if template.marking:
        html, text = mark(
            html, text, template.marking, one.recipient_id if one.is_tracked else None
        )
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
    return sign(write_letter(letter, template.sender), template.keys, at=at, is_tidy=True)


def _filled(template: Template, one: Personal) -> tuple[str, str, str]:
    values = {**one.values, "unsubscribe": one.unsubscribe}
    html = fill(template.html, values, is_html=True)
    return fill(template.subject, values), html, fill(template.text, values)
