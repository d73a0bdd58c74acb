"""The suite's own surroundings hold what they promise."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from khachquen.store.sqlite import is_safe
from tests.clock import FrozenClock

pytestmark = pytest.mark.django_db


def test_the_data_folder_is_a_temporary_one() -> None:
    assert Path(os.environ["KHACHQUEN_DATA"]).resolve() == settings.CONFIG.data
    assert settings.CONFIG.data.name.startswith("khachquen-tests-")


def test_a_test_cannot_reach_another_machine() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


def test_time_stands_still_until_it_is_moved(clock: FrozenClock) -> None:
    assert clock() == clock() == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert clock.advance(minutes=5) == datetime(2026, 11, 20, 2, 5, tzinfo=UTC)


@pytest.mark.only_on("sqlite")
def test_sqlite_runs_as_designed() -> None:
    with connection.cursor() as cursor:
        version = cursor.execute("select sqlite_version()").fetchone()[0]
        assert is_safe(tuple(int(part) for part in version.split(".")))
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert cursor.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL


@pytest.mark.only_on("postgresql")
def test_postgresql_is_a_supported_release() -> None:
    with connection.cursor() as cursor:
        cursor.execute("show server_version_num")
        assert int(cursor.fetchone()[0]) >= 150_000
