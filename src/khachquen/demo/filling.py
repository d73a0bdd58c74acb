"""The demo poured into an installation, by the same front door as real traffic."""

from collections.abc import Iterator
from datetime import datetime

from khachquen.base import Clock, Config, Progress, silent
from khachquen.collect import find_or_create_source
from khachquen.demo.sources import SOURCES
from khachquen.demo.stream import batches
from khachquen.flows.feed import feed

_MESSAGES_A_CUSTOMER = 82  # on average over a year, for the progress bar only


def fill(
    config: Config,
    *,
    customers: int,
    days: int,
    seed: int,
    until: datetime | None,
    clock: Clock,
    progress: Progress = silent,
) -> dict[str, int]:
    """Make the demo's sources and tell its story up to ``until`` (the present hour by default).

    Returns ``messages`` told, ``customers`` and ``seed``. Told again, nothing is counted twice.
    """
    end = until or _first_end(config, seed, days, clock)
    ids = {
        source.key: find_or_create_source(name=source.name.vi, kind=source.kind, at=clock()).id
        for source in SOURCES
    }
    trusted = {source.key: source.trusted for source in SOURCES}

    def messages() -> Iterator[tuple[int, bool, list[bytes]]]:
        for batch in batches(customers, days, seed=seed, until=end, size=2000):
            yield ids[batch.source], trusted[batch.source], batch.messages

    total = int(customers * _MESSAGES_A_CUSTOMER * min(days, 365) / 365)
    told = feed(config, messages(), stream="demo", clock=clock, progress=progress, total=total)
    return {"messages": told, "customers": customers, "seed": seed}


def _first_end(config: Config, seed: int, days: int, clock: Clock) -> datetime:
    """The hour the story ended when it was first told here: told again it must not move."""
    note = config.data / "run" / f"demo-{seed}-{days}.txt"
    if not note.exists():
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(clock().replace(minute=0, second=0, microsecond=0).isoformat())
    return datetime.fromisoformat(note.read_text())
