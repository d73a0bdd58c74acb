"""A child does not outlive a supervisor that was killed."""

import os
import signal
import threading
import time


def stop_with_parent(*, every_s: float = 1.0) -> None:
    """Ask this process to stop once its parent is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(every_s)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
