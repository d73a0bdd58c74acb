"""The surroundings every test runs in: its own data folder, and nothing from the shell.

Imported before Django, because Django reads its settings once. Only ``DATABASE_URL`` is taken from
the shell: it chooses the database the whole suite runs on.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def prepare() -> Path:
    """An empty data folder in a place of its own, removed when the process ends."""
    for name in [name for name in os.environ if name.startswith("KHACHQUEN_")]:
        del os.environ[name]
    data = Path(tempfile.mkdtemp(prefix="khachquen-tests-"))
    atexit.register(_remove, data, os.getpid())
    os.environ["KHACHQUEN_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "khachquen.settings"
    os.environ["TZ"] = "UTC"
    return data


def _remove(data: Path, owner: int) -> None:
    if os.getpid() == owner:  # not in a child that was forked from us
        shutil.rmtree(data, ignore_errors=True)
