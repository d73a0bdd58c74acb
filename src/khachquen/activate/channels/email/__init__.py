"""Knows how a letter travels: what it looks like on the wire, its signature, and SMTP.

Hides MIME, DKIM and the words of mail servers. Pure but for the connection itself: no database, no
Django. Does not know whether somebody may be written to, or who was. ``signing`` (DKIM) is a door
of its own.
"""

from khachquen.activate.channels.email.connecting import (
    Connection,
    Login,
    RefusedError,
    Security,
)
from khachquen.activate.channels.email.envelope import Envelope, read_envelope
from khachquen.activate.channels.email.letters import Letter, Sender, write_letter
from khachquen.activate.channels.email.replies import Reply, judge
from khachquen.activate.channels.lines import LostError

__all__ = [
    "Connection",
    "Envelope",
    "Letter",
    "Login",
    "LostError",
    "RefusedError",
    "Reply",
    "Security",
    "Sender",
    "judge",
    "read_envelope",
    "write_letter",
]
