"""Install what the tests need beside Python, where we may: as root, through apt.

Everybody else is told what is missing; the tests that need it then skip with the reason (and fail
with ``CI=true``).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.with_postgres import find_programs  # noqa: E402
from tests.needs import find_chromium  # noqa: E402

NEEDS: dict[str, Callable[[], object]] = {
    "chromium": find_chromium,
    "nodejs": lambda: shutil.which("node"),
    "npm": lambda: shutil.which("npm"),
    "postgresql": find_programs,
}


def list_missing() -> list[str]:
    """The packages whose programs are not on this machine."""
    return [package for package, find in NEEDS.items() if not find()]


def main() -> int:
    missing = list_missing()
    if not missing:
        return 0
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.stderr.write(f"Not installed: {', '.join(missing)}. Tests that need them will skip.\n")
        return 0
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o=Dpkg::Use-Pty=0"]
    subprocess.run([*apt, "update"], check=False, env=quiet, stdin=subprocess.DEVNULL)
    install = [*apt, "install", "-y", "--no-install-recommends", *missing]
    subprocess.run(install, check=False, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    still = list_missing()
    if still:
        sys.stderr.write(f"Could not install: {', '.join(still)}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
