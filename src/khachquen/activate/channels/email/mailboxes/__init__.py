"""Knows how a mailbox is read: what is new there, its bytes, and to say that we are done with it.

Hides IMAP (RFC 3501) and POP3 (RFC 1939) behind one ``Box``. Bounded: whatever the other side
sends, a message is at most ``LARGEST`` bytes here. Remembers nothing; how far it was read is told.
"""

from khachquen.activate.channels.email.mailboxes.access import (
    LARGEST,
    Access,
    Box,
    BoxError,
    Dial,
    Place,
)
from khachquen.activate.channels.email.mailboxes.imap import ImapBox
from khachquen.activate.channels.email.mailboxes.pop import PopBox

__all__ = ["LARGEST", "Access", "Box", "BoxError", "Dial", "Place", "open_box"]


def open_box(access: Access, dial: Dial) -> Box:
    """A line to the mailbox, signed in.

    Raises:
        BoxError: nobody answers, or we are not let in; with the other side's words.
    """
    return PopBox(access, dial) if access.protocol == "pop3" else ImapBox(access, dial)
