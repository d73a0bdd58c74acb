"""An installation whose processes die, or whose disk fails, at a named place when ordered to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.needs import ROOT
from tests.served import Installation, installation
from tests.waiting import wait_for


@contextmanager
def dying_shop(folder: Path, **settings: str) -> Iterator[Installation]:
    """Served until the block ends; see ``dying/sitecustomize.py``."""
    dying = {
        "CRASH_ORDER": str(folder / "die.at"),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "tests/crash/dying"), str(ROOT / "src")]),
    }
    with installation(folder, **settings, **dying) as made:
        made.serve()
        yield made


def order(shop: Installation, place: str) -> None:
    """Let it happen to the first process that passes there; returns once it has."""
    path = Path(shop.env["CRASH_ORDER"])
    aside = path.with_suffix(".new")
    aside.write_text(place)
    aside.rename(path)
    try:
        wait_for(lambda: not path.exists(), every_s=0.05)
    except AssertionError:
        raise AssertionError(f"nobody passes by: {place}") from None
