"""Who is played in a storm, in a process of its own that nobody kills.

``python -m tests.crash.taker CHANNEL PORT FILE``: a line, ``id recipient``, is in the file before
the answer, so the file is what was accepted, whoever dies when.
"""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.activate.sms.fake import FakeGateway
from tests.activate.zalo.fake import FakeZalo
from tests.loopback import Asked, Say, listening
from tests.receiver import Receiver

Took = Callable[[str, str], None]
PLAYED: dict[str, Callable[[Took], Callable[[Asked], Say]]] = {
    "sms": lambda took: FakeGateway(took=took).answer,
    "webhook": lambda took: Receiver(took=took).answer,
    "zalo": lambda took: FakeZalo(daily=10**9, remaining=10**9, took=took).answer,
}


def play(channel: str, port: int, file: str) -> AbstractContextManager[int]:
    """One of them, on a port of this machine."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def took(key: str, to: str) -> None:
        os.write(descriptor, f"{key} {to}\n".encode())

    return listening(PLAYED[channel](took), port=port)


if __name__ == "__main__":
    with play(sys.argv[1], int(sys.argv[2]), sys.argv[3]):
        threading.Event().wait()
