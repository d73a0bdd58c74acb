"""Everybody compared with everybody, and newcomers with those compared before: the work of a
second process, which reads people for itself and keeps nothing but a folder to look people up in.

The engine asks (``flows.suggesting``) and keeps what is found. In the second process, at the lowest
priority, neither reading a million people nor learning from them holds the engine's lock or its
memory; it ends with the run. Look-ups open the folder a run left: nothing of it is in memory while
nobody comes.
"""

import contextlib
import json
import os
import shutil
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from khachquen.base import Progress
from khachquen.unify.matching import Lookup, Settings, match
from khachquen.unify.suggestions.found import Found, found_of

_KNOWN = "known"
_OWNERS = "owners.npy"
_MOST = 2_000
_OF_A_NEWCOMER = 5
_SAID_EVERY_S = 0.3
_LOOKUP_MEMORY = "256MB"
_lookups: dict[tuple[str, int], tuple[Lookup, Any]] = {}


@dataclass(frozen=True, slots=True)
class Comparing:
    """Where the installation is and how sure a pair must be.

    ``database`` is the name the asker's connection has: tests work in another than the settings
    say.
    """

    data: Path
    database: str
    join_at: float
    ask_at: float
    memory_mb: int
    threads: int = 2

    @property
    def folder(self) -> Path:
        """Where look-ups are kept between runs, and how far a run is said."""
        return self.data / "run" / "matching"

    @property
    def settings(self) -> Settings:
        return Settings(
            join_at=self.join_at,
            ask_at=self.ask_at,
            memory=f"{self.memory_mb}MB",
            threads=self.threads,
            processes=1,  # helpers of this process would outlive a kill of it
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """What a run found."""

    people: int
    pairs: int
    learned_from: int
    found: list[Found]


def work(kind: str, job: Comparing, *rest: Any) -> Any:
    """One job of the second process: ``everybody``, or ``newcomers`` with their numbers."""
    _set_up(job)
    from django.db import connection

    try:
        return DO[kind](job, *rest)
    finally:
        connection.close()


def compare_everybody(job: Comparing) -> Compared:
    """Read everybody, match them, leave a folder for look-ups, and say whom to ask about.

    Raises:
        InputError: Splink is not installed, and there are too many people to go by the weights we
            start from (``matching.no_splink``); there is nobody (``matching.nobody``).
    """
    from khachquen.unify.suggestions.people import COLUMNS, count_people, iter_lessons, iter_people

    forget_lookup(job.data)
    total, owners = count_people(), array("q")
    say = _sayer(job.folder)

    def rows() -> Iterator[dict[str, str]]:
        for one in iter_people():
            owners.append(one.node_id)
            if len(owners) % 1_000 == 0:
                say("read", len(owners), total)
            yield one.row

    lessons = iter_lessons()
    with match(rows(), COLUMNS, job.settings, lessons=lessons, progress=say) as matches:
        sure = [
            _found(one.left, one.right, one, owners, True) for one in matches.joined(limit=_MOST)
        ]
        asked = [
            _found(one.left, one.right, one, owners, False) for one in matches.suggest(limit=_MOST)
        ]
        _keep_lookup(Lookup(matches), job.folder / _KNOWN, owners)
        return Compared(matches.rows, matches.pairs, matches.model.learned_from, sure + asked)


def look_up(job: Comparing, profile_ids: Sequence[int]) -> list[Found]:
    """Whom newcomers may be the same as, by the weights of the last run.

    Empty where no run left anything to look in. Costs 10 to 20 ms each.
    """
    from khachquen.unify.suggestions.people import people_by_id

    kept = _open_lookup(job.folder / _KNOWN)
    if kept is None:
        return []
    lookup, owners = kept
    found = []
    for one in people_by_id(profile_ids):
        for scored in lookup.find(one.row, limit=_OF_A_NEWCOMER):
            other = int(owners[scored.left])
            if other != one.node_id:
                found.append(found_of(scored, other, one.node_id, is_sure=False))
    return found


def has_lookup(data: Path) -> bool:
    """Whether a run left something to look newcomers up in."""
    return (data / "run" / "matching" / _KNOWN / _OWNERS).exists()


def forget_lookup(data: Path) -> None:
    """Throw away what look-ups are made in: it holds people's names and numbers in normal form."""
    while _lookups:
        _lookups.popitem()[1][0].close()
    shutil.rmtree(data / "run" / "matching" / _KNOWN, ignore_errors=True)


def read_progress(data: Path) -> tuple[str, int, int] | None:
    """How far the run is that goes on: the step, how many of how many."""
    try:
        told = json.loads((data / "run" / "matching" / "progress.json").read_bytes())
        return str(told["step"]), int(told["done"]), int(told["total"])
    except (OSError, ValueError, KeyError):
        return None


def is_splink_missing() -> bool:
    """Whether the library that learns weights is not installed."""
    return find_spec("splink") is None


DO: dict[str, Callable[..., Any]] = {"everybody": compare_everybody, "newcomers": look_up}


def _set_up(job: Comparing) -> None:
    os.environ["KHACHQUEN_DATA"] = str(job.data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "khachquen.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        from django.conf import settings

        settings.DATABASES["default"]["NAME"] = job.database
        django.setup()


def _found(left: int, right: int, scored: Any, owners: "array[int]", is_sure: bool) -> Found:
    return found_of(scored, owners[left], owners[right], is_sure=is_sure)


def _keep_lookup(lookup: Lookup, folder: Path, owners: "array[int]") -> None:
    """Whose each row is comes last: a folder without it is no look-up."""
    import numpy as np

    lookup.save(folder)
    np.save(folder / _OWNERS, np.frombuffer(owners, dtype=np.int64))


def _open_lookup(folder: Path) -> tuple[Lookup, Any] | None:
    import duckdb
    import numpy as np

    try:
        key = str(folder), (folder / _OWNERS).stat().st_mtime_ns
        if key not in _lookups:
            owners = np.load(folder / _OWNERS, mmap_mode="r")
            while _lookups:
                _lookups.popitem()[1][0].close()
            _lookups[key] = Lookup.open(folder, memory=_LOOKUP_MEMORY), owners
        return _lookups[key]
    except (OSError, ValueError, KeyError, duckdb.Error):
        return None


def _sayer(folder: Path) -> Progress:
    """Says how far the run is in a file, three times a second at most."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    last: tuple[float, str] = (0.0, "")

    def say(step: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last[0] < _SAID_EVERY_S and step == last[1]:
            return
        last = now, step
        aside = folder / "progress.tmp"
        aside.write_text(json.dumps({"step": step, "done": done, "total": total}))
        with contextlib.suppress(OSError):
            aside.rename(folder / "progress.json")

    return say
