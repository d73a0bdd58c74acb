"""Messages written beside the sender: plain data in, bodies out. Imports no Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from khachquen.activate.channels.zalo.filling import write_message

__all__ = ["MessagesToWrite", "ToFill", "tracking_id"]


@dataclass(frozen=True, slots=True)
class ToFill:
    """One person's message before it is written, with what stands in each place."""

    recipient_id: int
    to: str
    key: str
    filled: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MessagesToWrite:
    """Messages of one run, as ``writing.Work``."""

    template_id: str
    people: Sequence[ToFill] = ()

    def write(self) -> dict[int, bytes | str]:
        """The body of each."""
        return {
            one.recipient_id: write_message(
                self.template_id,
                one.to,
                one.filled,
                tracking_id=tracking_id(one.recipient_id, one.key),
            )
            for one in self.people
        }


def tracking_id(recipient_id: int, key: str) -> str:
    """What Zalo gives back with the delivery: whose message it was, and the proof that we sent it.

    >>> tracking_id(1204, "9f" * 16)
    '1204-9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f'
    """
    return f"{recipient_id}-{key}"
