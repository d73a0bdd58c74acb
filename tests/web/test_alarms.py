"""A standing engine is said on every page, within two minutes of its last word."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.test import Client

from khachquen.base import to_micros
from khachquen.flows.engine import Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def beat() -> Iterator[Path]:
    path = Path(settings.CONFIG.data) / "run" / "engine.json"
    path.parent.mkdir(exist_ok=True)
    yield path
    path.unlink(missing_ok=True)


def say(path: Path, ago: timedelta, trouble: str = "") -> None:
    at = to_micros(datetime.now(UTC) - ago)
    path.write_bytes(msgspec.json.encode(Heartbeat(os.getpid(), at, 0, trouble)))


def test_an_engine_that_lives_is_not_talked_about(desk: Client, beat: Path) -> None:
    say(beat, timedelta(seconds=1))

    assert "Bộ xử lý" not in desk.get("/account").content.decode()
    assert desk.get("/alarms").content.decode().strip() == ""


@pytest.mark.parametrize("address", ["/", "/sources", "/account", "/alarms", "/khong-co"])
def test_a_silent_engine_is_said_everywhere(desk: Client, beat: Path, address: str) -> None:
    say(beat, timedelta(seconds=100))

    page = desk.get(address).content.decode()

    assert "Bộ xử lý không trả lời từ 2 phút trước." in page
    assert "cất an toàn" in page


def test_a_page_that_stays_open_asks_every_minute(desk: Client) -> None:
    assert 'hx-get="/alarms" hx-trigger="every 60s"' in desk.get("/account").content.decode()


def test_trouble_is_said_without_its_details(desk: Client, beat: Path) -> None:
    say(beat, timedelta(0), trouble="OSError at ingest.py:12")

    page = desk.get("/account").content.decode()

    assert "Bộ xử lý gặp lỗi" in page
    assert "OSError" not in page


def test_a_stranger_hears_nothing_of_it(stranger: Client, beat: Path) -> None:
    say(beat, timedelta(seconds=100))

    assert stranger.get("/alarms").status_code == 302
    assert "Bộ xử lý" not in stranger.get("/sign-in").content.decode()
