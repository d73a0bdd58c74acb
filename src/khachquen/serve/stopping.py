"""What tells a process to stop: a signal, or a supervisor that was killed."""

import os
import signal
import threading
import time


def stop_on_signals() -> threading.Event:
    """Set by SIGTERM and SIGINT.

    The server takes these signals itself while it runs, and gives them back when it has ended: by
    default the second one would end the process before what is open is closed.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def stop_with_parent(parent: int, *, every_s: float = 1.0) -> None:
    """Ask this process to stop once its parent is gone, even if that is so already."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every_s)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
