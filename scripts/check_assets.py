"""Prove that the committed web assets are what their sources build.

Builds ``web/assets`` into a temporary folder and compares it byte for byte with what is below
``src/khachquen``. Needs Node.js; where Node.js is missing it says so
and passes, except with ``CI=true``, where a check that cannot run is a failure.
"""

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "web" / "assets"
HOME = ROOT / "src" / "khachquen"
BUILT = ("web/static/kq", "receive/tag")


def files_of(folder: Path) -> set[str]:
    """Every file of a folder, by its path inside."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def differences(committed: Path, fresh: Path) -> list[str]:
    """What is missing, extra or different, in words."""
    ours, theirs = files_of(committed), files_of(fresh)
    return [
        *(f"{name}: is not committed" for name in sorted(theirs - ours)),
        *(f"{name}: nothing builds it" for name in sorted(ours - theirs)),
        *(
            f"{name}: differs from what its sources build"
            for name in sorted(ours & theirs)
            if not filecmp.cmp(committed / name, fresh / name, shallow=False)
        ),
    ]


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ASSETS, check=True, stdout=subprocess.DEVNULL)


def _is_strict() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true"}


def main() -> int:
    """Build, compare, and say what to do."""
    if shutil.which("npm") is None:
        print("assets not checked: there is no Node.js on this machine", file=sys.stderr)
        return 1 if _is_strict() else 0
    if not (ASSETS / "node_modules").is_dir():
        # Not ``npm ci``: it refuses a lock without the native parts of other platforms, which are
        # optional and which not every registry carries.
        _run("npm", "install", "--no-save", "--no-audit", "--no-fund", "--silent")
    with tempfile.TemporaryDirectory() as folder:
        _run("node", "build.mjs", folder)
        found = [
            f"{part}/{line}"
            for part in BUILT
            for line in differences(HOME / part, Path(folder) / part)
        ]
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print("run make assets and commit what it writes", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
