"""What one message that came back says, as plain data."""

from dataclasses import dataclass
from typing import Literal

MOST_BYTES = 512_000
"""Of a longer message the beginning is read: whoever reports says so at the top."""

Kind = Literal[
    "hard", "soft", "policy", "delayed", "delivered", "complaint", "not_spam", "auto", "unreadable"
]
"""``hard``: nobody lives there. ``soft``: not this time (full, away, broken). ``policy``: the
letter or its sender was not wanted, which says nothing against the person. ``auto``: a machine
answered for somebody. ``unreadable``: kept for somebody to look at."""


@dataclass(frozen=True, slots=True)
class Report:
    """One recipient of one report. ``address`` may be empty where it was blacked out."""

    kind: Kind
    address: str = ""
    status: str = ""
    words: str = ""
    asked_for: str = ""  # the address before it was forwarded, where the report tells


@dataclass(frozen=True, slots=True)
class Mail:
    """One message that came back: what it reports, and everything our letter may be known by.

    ``shape`` is how it was told: ``dsn``, ``arf``, ``text`` (a report of no standard), ``auto``,
    ``other``. ``returned_to`` are addresses it was sent to or our letter says it came from;
    ``message_ids`` and ``unsubscribes`` are those of the letter it speaks of.
    """

    shape: str
    reports: tuple[Report, ...]
    returned_to: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    unsubscribes: tuple[str, ...] = ()
    subject: str = ""
