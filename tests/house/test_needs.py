"""A machine without a browser or a database skips and says so; the gate fails instead."""

import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import system_packages, with_postgres
from tests import conftest, needs


class Item:
    """A collected test that carries one mark."""

    def __init__(self, mark: pytest.MarkDecorator) -> None:
        self._mark = mark.mark

    def get_closest_marker(self, name: str) -> Any:
        return self._mark if self._mark.name == name else None


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(with_postgres, "DEBIAN_FOLDER", tmp_path)


def set_up(mark: pytest.MarkDecorator) -> None:
    conftest.pytest_runtest_setup(Item(mark))  # type: ignore[arg-type]  # all it looks at


@pytest.mark.usefixtures("bare_machine")
def test_a_browser_test_skips_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium on this machine"):
        set_up(pytest.mark.chromium)


@pytest.mark.usefixtures("bare_machine")
def test_ci_refuses_that_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI refuses to skip: no Chromium"):
        set_up(pytest.mark.chromium)


def test_the_published_clients_are_asked_for_in_the_same_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(needs, "CLIENTS", tmp_path)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"not installed: node, .*make clients"):
        set_up(pytest.mark.published_clients)

    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="CI refuses to skip: not installed"):
        set_up(pytest.mark.published_clients)

    for name in needs.find_missing_clients():
        (tmp_path / f"{name}.done").parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.done").touch()
    set_up(pytest.mark.published_clients)


def test_real_data_is_optional_even_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.skip.Exception, match="beside the repository: no_such_data"):
        set_up(pytest.mark.shared_data("no_such_data"))


@pytest.mark.usefixtures("bare_machine")
def test_a_run_on_postgresql_is_left_out_without_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert with_postgres.main([sys.executable, "-c", "raise SystemExit(3)"]) == 0
    assert "SKIPPED on PostgreSQL: no PostgreSQL 15 or newer" in capsys.readouterr().err

    monkeypatch.setenv("CI", "true")
    assert with_postgres.main([sys.executable, "-c", "raise SystemExit(3)"]) == 1
    assert "CI refuses to skip" in capsys.readouterr().err


@pytest.mark.usefixtures("bare_machine")
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert needs.find_chromium() is None
    assert system_packages.list_missing() == ["chromium", "nodejs", "npm", "postgresql"]


def test_the_oldest_supported_release_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(with_postgres, "DEBIAN_FOLDER", tmp_path)
    for major in ("9", "14", "15", "17"):
        (tmp_path / major / "bin").mkdir(parents=True)
        (tmp_path / major / "bin" / "initdb").touch()
    assert with_postgres.find_programs() == tmp_path / "17" / "bin"
