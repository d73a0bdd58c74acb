"""A terminal without a process: commands run here, on the test's database and folder."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from khachquen.base import load_config
from khachquen.cli import cli

EMAIL, PASSWORD = "hoa@gom-moc.example.vn", "bat-trang-men-ran"
ACCOUNT = ("--admin-email", EMAIL, "--admin-password", PASSWORD)


@dataclass
class Terminal:
    """Chị Hoa's terminal; every command is given her shop's folder."""

    data: Path

    def run(self, *words: str | Path) -> Result:
        """Type a command; what it printed and its exit code."""
        arguments = [*map(str, words), "--data", str(self.data)]
        result = CliRunner().invoke(cli, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception  # a traceback is never an answer
        return result

    def ask(self, *words: str | Path, code: int = 0) -> Any:
        """Type a command with ``--json``; the one value it printed."""
        result = self.run(*words, "--json")
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def look_into(self, data: Path) -> None:
        """Let this process's reader ask the shop in ``data``."""
        from khachquen.store import forget_reader

        settings.CONFIG = replace(load_config(data), database=settings.CONFIG.database)
        forget_reader()


@pytest.fixture
def terminal(db: None, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal in front of an empty folder."""
    from khachquen.store import forget_reader

    monkeypatch.setenv("KHACHQUEN_DATA", str(data))  # put back afterwards: commands set it
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setattr(settings, "CONFIG", settings.CONFIG)
    yield Terminal(data)
    forget_reader()


@pytest.fixture
def desk(terminal: Terminal) -> Terminal:
    """A terminal in front of a shop that was just made."""
    terminal.ask("init", *ACCOUNT)
    terminal.look_into(terminal.data)
    return terminal
