"""What every command does the same way."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from khachquen.cli import cli
from khachquen.cli.commands import COMMANDS
from tests.cli.conftest import ACCOUNT, Terminal

NEED_A_SHOP = [("demo",), ("doctor",), ("import", __file__, "--kind", "orders")]


def test_help_lists_every_command(terminal: Terminal) -> None:
    result = CliRunner().invoke(cli, ["--help"])

    assert result.exit_code == 0
    listed = {line.split()[0] for line in result.stdout.split("Commands:")[1].splitlines() if line}
    assert listed == set(COMMANDS)


def test_an_unknown_command_is_wrong_usage() -> None:
    result = CliRunner().invoke(cli, ["imports"])

    assert result.exit_code == 2
    assert "No such command 'imports'" in result.stderr


@pytest.mark.parametrize("words", NEED_A_SHOP, ids=lambda words: words[0])
def test_without_an_installation_it_says_how_to_make_one(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    spoken = terminal.run(*words)
    told = terminal.ask(*words, code=1)

    assert spoken.exit_code == 1
    assert "Create one: khachquen init --data DIR" in spoken.stderr
    assert spoken.stdout == ""
    assert told["error"]["code"] == "cli.no_installation"
    assert list(terminal.data.iterdir()) == []


def test_serve_without_an_installation_too(terminal: Terminal) -> None:
    result = terminal.run("serve")

    assert (result.exit_code, result.stdout) == (1, "")
    assert f"No installation in {terminal.data}." in result.stderr


@pytest.mark.parametrize("words", [("doctor",), ("demo",)], ids=lambda words: words[0])
def test_an_unknown_setting_names_the_nearest_one(desk: Terminal, words: tuple[str, ...]) -> None:
    (desk.data / "khachquen.toml").write_text("[server]\nprot = 8900\n")

    error = desk.ask(*words, code=1)["error"]

    assert error == {
        "code": "config.unknown_key",
        "message": "There is no setting 'server.prot'.",
        "path": "khachquen.toml",
        "hint": "Did you mean server.port?",
    }


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("[server]\nport = 'eighty'\n", "config.wrong_value"),
        ("[sever]\nport = 80\n", "config.unknown_key"),
        ("port = 80 and more", "config.not_toml"),
    ],
)
def test_settings_that_cannot_be_read(desk: Terminal, written: str, code: str) -> None:
    (desk.data / "khachquen.toml").write_text(written)

    assert desk.ask("doctor", code=1)["error"]["code"] == code
    assert desk.run("serve").exit_code == 1


def test_the_environment_overrides_the_file(
    desk: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.data / "khachquen.toml").write_text("[lake]\ncompact_files = 9\nthreads = 3\n")
    monkeypatch.setenv("KHACHQUEN_LAKE_THREADS", "4")

    told = desk.ask("doctor")["settings"]

    assert told["lake.compact_files"] == {"value": 9, "from": "file"}
    assert told["lake.threads"] == {"value": 4, "from": "environment"}
    assert told["lake.memory_mb"] == {"value": 512, "from": "default"}


def test_errors_speak_the_language_of_the_terminal(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")

    spoken = terminal.run("doctor").stderr

    assert spoken.startswith(f"Không có bản cài đặt nào trong {terminal.data}.")


def test_the_folder_may_be_named_by_the_environment(desk: Terminal) -> None:
    result = CliRunner().invoke(cli, ["doctor", "--json"])  # KHACHQUEN_DATA is desk's

    assert result.exit_code == 0
    assert {check["id"] for check in json.loads(result.stdout)["checks"]} >= {"store.lake"}


def test_a_mistake_in_one_shop_leaves_another_alone(desk: Terminal, tmp_path: Path) -> None:
    other = Terminal(tmp_path / "other")

    assert other.ask("doctor", code=1)["error"]["code"] == "cli.no_installation"
    assert not other.data.exists()
    assert desk.ask("init", *ACCOUNT, code=1)["error"]["code"] == "flows.already_installed"
