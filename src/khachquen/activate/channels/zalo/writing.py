"""Messages written beside the sender: plain data in, bodies out. Imports no Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from khachquen.activate.channels.zalo.filling import Parameter, fill, write_message

__all__ = ["MessagesToWrite", "ToFill", "tracking_id"]


@dataclass(frozen=True, slots=True)
class ToFill:
    """One person's message before it is written."""

    recipient_id: int
    to: str
    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MessagesToWrite:
    """Messages of one run, as ``writing.Work``."""

    template_id: str
    parameters: Sequence[Parameter] = ()
    otherwise: Mapping[str, str] = field(default_factory=dict)
    people: Sequence[ToFill] = ()

    def write(self) -> dict[int, bytes | str]:
        """Each filled in, or why it cannot be; the values of a person are in no reason."""
        written: dict[int, bytes | str] = {}
        for one in self.people:
            data, problems = fill(self.parameters, one.values, self.otherwise)
            if problems:
                written[one.recipient_id] = "; ".join(each.words.en for each in problems)
                continue
            tracking = tracking_id(one.recipient_id, one.key)
            written[one.recipient_id] = write_message(
                self.template_id, one.to, data, tracking_id=tracking
            )
        return written


def tracking_id(recipient_id: int, key: str) -> str:
    """What Zalo gives back with the delivery: whose message it was, and the proof that we sent it.

    >>> tracking_id(1204, "9f" * 16)
    '1204-9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f'
    """
    return f"{recipient_id}-{key}"
