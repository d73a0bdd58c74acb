"""The engine at rest: quality is measured a part at a time, and a mistake there stops nothing."""

from datetime import datetime

import pytest

from khachquen.flows.chores import do_chores
from khachquen.store.jobs import Runner
from khachquen.unify import quality
from khachquen.unify.quality import steps
from tests.unify.quality.shop import open_shop

pytestmark = pytest.mark.django_db


def test_rests_of_the_engine_make_a_measurement(now: datetime) -> None:
    open_shop()

    for _ in range(12):
        do_chores(lambda: now, Runner({}), is_idle=True)

    found = quality.latest()
    assert found is not None
    assert found.of()["not_seen"].failed == 1


def test_a_mistake_ends_the_measurement_and_not_the_engine(
    now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    open_shop()
    do_chores(lambda: now, Runner({}), is_idle=True)

    def stumble(cursor: int, at: datetime) -> steps.Part:
        raise ValueError("Nguyễn Thị Hoa")

    monkeypatch.setitem(steps.STEPS, "people", stumble)
    do_chores(lambda: now, Runner({}), is_idle=True)

    assert quality.find_progress() is None
    assert "ValueError at test_chores.py" in caplog.text
    assert "Hoa" not in caplog.text
