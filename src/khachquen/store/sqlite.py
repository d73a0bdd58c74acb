"""The SQLite library the state may be kept in.

SQLite 3.7.0 to 3.51.2 can lose a committed write in WAL mode when two connections checkpoint at
once (sqlite.org/wal.html, "WAL-reset"; fixed in 3.51.3, back-ported to 3.44.6 and 3.50.7). Where
Python links such a build, the one inside ``pysqlite3`` takes its place.
"""

import sqlite3
from types import ModuleType

import pysqlite3

from khachquen.base import InvariantError, Text

Version = tuple[int, int, int]


def is_safe(version: Version) -> bool:
    """Whether this SQLite keeps every committed write in WAL mode.

    >>> is_safe((3, 40, 1)), is_safe((3, 44, 6)), is_safe((3, 51, 2)), is_safe((3, 53, 4))
    (False, True, False, True)
    """
    if version >= (3, 51, 3):
        return True
    return (3, 44, 6) <= version < (3, 45, 0) or (3, 50, 7) <= version < (3, 51, 0)


def use_safe_sqlite(modules: dict[str, ModuleType]) -> Version:
    """Put a safe SQLite behind ``import sqlite3`` and say which version it is.

    Raises:
        InvariantError: neither Python's SQLite nor the bundled one is safe.
    """
    for candidate in (modules.get("sqlite3", sqlite3), pysqlite3):
        if is_safe(candidate.sqlite_version_info):
            modules["sqlite3"] = candidate
            modules["sqlite3.dbapi2"] = candidate.dbapi2
            version: Version = candidate.sqlite_version_info
            return version
    raise InvariantError(
        "store.unsafe_sqlite",
        Text(
            vi=f"SQLite {sqlite3.sqlite_version} có thể làm mất dữ liệu đã ghi.",
            en=f"SQLite {sqlite3.sqlite_version} can lose committed writes in WAL mode.",
        ),
        hint=Text(vi="Cài pysqlite3 0.6.1 trở lên.", en="Install pysqlite3 0.6.1 or newer."),
    )
