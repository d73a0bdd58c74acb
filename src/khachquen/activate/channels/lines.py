"""What every line out of the house has in common: its answer means one of few things, or it
broke."""

from typing import Literal, Protocol

__all__ = ["Destination", "LostError", "RefusedError", "Reply", "Verdict"]

Verdict = Literal["sent", "later", "bad_address", "refused", "account", "held", "quota", "night"]
"""``sent``: taken. ``later``: try again. ``bad_address``: nobody lives there, for good.
``refused``: this message is not wanted (policy, size, content); says nothing against the person.
``account``: the other side does not let *us* send; the message keeps its place. ``held``: the
same, for what this campaign says; others may go. ``quota``: the
same, because what may be sent in a day is used up. ``night``: the same, because its hour passed
before it could leave."""


class Destination(Protocol):
    """Where a message goes, as its channel wants to hear it."""

    @property
    def address(self) -> str: ...


class Reply(Protocol):
    """What the other side answered; ``str`` of it is kept beside the recipient."""

    @property
    def verdict(self) -> Verdict: ...


class LostError(Exception):
    """The line is gone. ``may_have_arrived``: it broke when the other side could already have had
    the whole message and had not yet answered, so nobody knows."""

    def __init__(self, words: str, *, may_have_arrived: bool = False):
        super().__init__(words)
        self.may_have_arrived = may_have_arrived


class RefusedError(Exception):
    """The other side answered, and will not let us in; ``reply`` says why, ``wait_s`` for how long
    it asked to be left alone."""

    def __init__(self, reply: Reply, *, wait_s: int = 0):
        super().__init__(str(reply))
        self.reply, self.wait_s = reply, wait_s
