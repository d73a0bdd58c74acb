"""The ways messages leave by, as the machine that sends them uses each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from khachquen.activate.campaigns.accounts import Room
from khachquen.activate.campaigns.claiming import Ended
from khachquen.activate.campaigns.making import Account
from khachquen.activate.campaigns.people import Ready
from khachquen.activate.campaigns.running import Run
from khachquen.activate.channels.email import Connection, Login
from khachquen.base import Clock, Config
from khachquen.flows.hook_messages import HookMessages
from khachquen.flows.lettering import Letters
from khachquen.flows.posting import Exit
from khachquen.flows.texting import TextMessages
from khachquen.flows.writing import Work
from khachquen.flows.zalo_messages import ZaloMessages


class Channel(Protocol):
    """What a channel knows that the others do not. Nothing here decides whether somebody may be
    written to, and nothing changes a recipient's row."""

    def prepare(
        self, run: Run, ready: Sequence[Ready], keys: Mapping[int, str], *, now: datetime
    ) -> tuple[Work, list[Ended]]:
        """What is to be written beside, and the end of those nothing can be said to. ``keys`` is
        recipient → what their message is called for ever."""
        ...

    def exit_of(self, account: Account) -> Exit:
        """Where its messages leave; another one once the account was changed."""
        ...

    def room_of(self, run: Run, *, under_way: int, now: datetime) -> Room:
        """How many more may be claimed now, or from when on some may be."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


def open_channels(
    config: Config, clock: Clock, *, connect: Callable[[Login], Connection] | None = None
) -> Mapping[str, Channel]:
    """Every channel this installation has, by its name."""
    return {
        "email": Letters(config, connect=connect),
        "sms": TextMessages(config, clock),
        "webhook": HookMessages(config, clock),
        "zalo": ZaloMessages(config, clock),
    }
