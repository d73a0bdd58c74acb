"""Makes a process of an installation die at a named place, once, when it is ordered to.

Python imports this module at its start when its folder is on the path, which only the crash tests
see to; the product itself knows nothing of it. The file named by ``CRASH_ORDER`` holds the name of
a place: the first process that passes there takes the order away and is gone as by ``kill -9``.
"""

import errno
import os
import signal
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

ORDER = Path(os.environ["CRASH_ORDER"])


def is_ordered(place: str) -> bool:
    try:
        if ORDER.read_text() != place:
            return False
        ORDER.rename(ORDER.with_suffix(".done"))
    except FileNotFoundError:
        return False
    return True


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def passing(place: str) -> None:
    if is_ordered(place):
        die()


def dying_after(real: Callable[..., Any], place: str) -> Callable[..., Any]:
    def work(*args: Any, **kwargs: Any) -> Any:
        done = real(*args, **kwargs)
        passing(place)
        return done

    return work


def dying_between_deletions(real: Callable[..., Any], place: str) -> Callable[..., Any]:
    def work(*args: Any, **kwargs: Any) -> Any:
        unlink = Path.unlink
        Path.unlink = dying_after(unlink, place)  # type: ignore[method-assign]
        try:
            return real(*args, **kwargs)
        finally:
            Path.unlink = unlink  # type: ignore[method-assign]

    return work


def in_steps(module: Any) -> None:
    def heard(name: str) -> None:
        passing(f"after {name}")

    module.nothing = heard
    module.run_steps.__defaults__ = (heard,)


def in_writer(module: Any) -> None:
    write, write_synced = module._write_all, module.LogWriter._write_synced

    def _write_all(descriptor: int, data: bytes) -> None:
        what = "file head" if data == module.frame.MAGIC else "group"
        passing(f"before the {what} is written")
        if is_ordered(f"in the middle of the {what}"):
            write(descriptor, data[: len(data) // 2])
            die()
        write(descriptor, data)
        passing(f"before the {what} is synced")

    def sync(descriptor: int) -> None:
        if is_ordered("the sync fails"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fdatasync(descriptor)

    module._write_all = _write_all
    module.LogWriter.__init__.__kwdefaults__["sync"] = sync
    module.LogWriter._write_synced = dying_after(write_synced, "before the acknowledgement")


def in_compacting(module: Any) -> None:
    for name, place in (
        ("merge_files", "joined file written"),
        ("add_segments", "joined file listed"),
        ("retire_segments", "joined files retired"),
        ("compact", "joining committed"),
    ):
        setattr(module, name, dying_after(getattr(module, name), place))


def in_manifest(module: Any) -> None:
    module.sweep = dying_between_deletions(module.sweep, "retired file deleted")


def in_removing(module: Any) -> None:
    module.remove_read_log = dying_between_deletions(module.remove_read_log, "log file let go")


CHANGES: dict[str, Callable[[ModuleType], None]] = {
    "khachquen.flows.steps": in_steps,
    "khachquen.store.eventlog.writer": in_writer,
    "khachquen.store.eventlog.removing": in_removing,
    "khachquen.store.lake.compacting": in_compacting,
    "khachquen.store.lake.manifest": in_manifest,
}


class Finder:
    """Finds our modules as always, and changes them once they are made."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in CHANGES else None
        if spec is not None and spec.loader is not None:
            make: Any = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                make(module)
                CHANGES[name](module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, Finder)  # type: ignore[arg-type]
