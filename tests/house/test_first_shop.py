"""What `make run` does: a shop is made once, filled once, and its owner told how to get in."""

import io
import json
import socket
import stat
import sys
from pathlib import Path

import pytest

from scripts import first_shop

COMMAND = """\
import pathlib, sys
log = pathlib.Path({log!r})
log.write_text((log.read_text() if log.exists() else "") + " ".join(sys.argv[1:]) + "\\n")
data = pathlib.Path(sys.argv[sys.argv.index("--data") + 1])
data.mkdir(exist_ok=True)
if sys.argv[1] == "init":
    (data / "khachquen.toml").touch()
sys.exit({code})
"""


class FakeCommand:
    """Stands in for ``khachquen`` and remembers how it was called."""

    def __init__(self, folder: Path, code: int = 0) -> None:
        self._log = folder / "calls"
        self._script = folder / "khachquen.py"
        self.ends_with(code)

    def ends_with(self, code: int) -> None:
        self._script.write_text(COMMAND.format(log=str(self._log), code=code))

    def __call__(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, str(self._script), *map(str, arguments)]

    def calls(self) -> list[str]:
        return [line.split()[0] for line in self._log.read_text().splitlines()]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCommand:
    fake = FakeCommand(tmp_path)
    monkeypatch.setattr(first_shop, "khachquen", fake)
    return fake


def test_a_first_run_makes_and_fills_a_shop_and_a_second_does_neither(
    tmp_path: Path, command: FakeCommand
) -> None:
    shop = tmp_path / "shop"
    first = first_shop.open_shop(shop)
    first_shop.fill(shop, first)
    assert command.calls() == ["init", "demo"]

    again = first_shop.open_shop(shop)
    first_shop.fill(shop, again)
    assert command.calls() == ["init", "demo"]
    assert again == first == {**first, "email": "chu@cuahang.example", "filled": True}
    assert len(first["password"]) >= 12


def test_the_login_is_kept_for_its_owner_only(tmp_path: Path, command: FakeCommand) -> None:
    shop = tmp_path / "shop"
    login = first_shop.open_shop(shop)
    note = shop / "first-run.json"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert json.loads(note.read_text()) == login


def test_a_fill_that_was_interrupted_starts_over(tmp_path: Path, command: FakeCommand) -> None:
    shop = tmp_path / "shop"
    login = first_shop.open_shop(shop)
    command.ends_with(1)
    with pytest.raises(SystemExit) as stopped:
        first_shop.fill(shop, login)
    assert stopped.value.code == 1

    command.ends_with(0)
    first_shop.fill(shop, first_shop.open_shop(shop))
    assert command.calls() == ["init", "demo", "demo"]


def test_a_shop_made_by_hand_is_served_as_it_is(tmp_path: Path, command: FakeCommand) -> None:
    (tmp_path / "khachquen.toml").touch()
    login = first_shop.open_shop(tmp_path)
    first_shop.fill(tmp_path, login)
    assert login == {"filled": True}
    assert not (tmp_path / "calls").exists()


def test_a_busy_port_is_passed_over() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert first_shop.find_port(taken) > taken


def test_the_owner_is_told_where_to_go_and_how_to_get_in(tmp_path: Path) -> None:
    out = io.StringIO()
    login = {"email": "chu@cuahang.example", "password": "mat-khau-dai", "filled": True}
    first_shop.announce(login, tmp_path, 8900, out)
    said = out.getvalue()
    assert "http://127.0.0.1:8900" in said
    assert "chu@cuahang.example" in said
    assert "mat-khau-dai" in said
