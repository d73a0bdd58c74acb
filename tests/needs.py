"""What a test may need from the machine, and how a machine without it is told apart.

A test that cannot run says why in the summary. With ``CI=true`` a missing browser or database is
a failure: a gate that skips is no gate. Real data beside the repository stays optional there.
"""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLIENTS = ROOT / ".clients"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def is_ci(env: dict[str, str] | None = None) -> bool:
    """Whether this run is a gate rather than somebody's desk."""
    return (os.environ if env is None else env).get("CI", "").lower() in {"1", "true"}


def find_chromium() -> str | None:
    """The path of an installed browser Playwright can drive."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def find_shared_data(name: str) -> Path | None:
    """A folder of real data: ``shared/data/NAME`` beside the repository."""
    folder = ROOT.parent / "shared" / "data" / name
    return folder if folder.is_dir() else None


def find_missing_clients() -> list[str]:
    """The published clients ``make clients`` has not installed, as ``node`` or ``python/NAME``."""
    locked = sorted((ROOT / "tests" / "clients" / "python").glob("*.txt"))
    wanted = ["node", *(f"python/{lock.stem}" for lock in locked)]
    return [name for name in wanted if not (CLIENTS / f"{name}.done").exists()]
