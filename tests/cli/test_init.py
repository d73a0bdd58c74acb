"""``khachquen init``: an installation without a question, or nothing at all."""

import stat
from pathlib import Path

import pytest

from tests.cli.conftest import ACCOUNT, EMAIL, PASSWORD, Terminal


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_it_prints_the_keys_and_they_open_the_doors(terminal: Terminal) -> None:
    from khachquen.collect import load_keyring
    from khachquen.govern import get_shop, verify_token

    made = terminal.ask("init", *ACCOUNT, "--shop-name", "Gốm Mộc")

    assert set(made) == {
        "data",
        "admin_email",
        "public_write_key",
        "secret_write_key",
        "api_token",
    }
    assert (made["data"], made["admin_email"]) == (str(terminal.data.resolve()), EMAIL)
    keyring = load_keyring()
    website, server = (keyring.find(made[f"{kind}_write_key"]) for kind in ("public", "secret"))
    assert website is not None
    assert server is not None
    assert (website.trusted, server.trusted) == (False, True)
    admin = verify_token(made["api_token"])
    assert admin is not None
    assert admin.check_password(PASSWORD)
    shop = get_shop()
    assert shop is not None
    assert (shop.name, shop.currency, shop.timezone) == ("Gốm Mộc", "VND", "Asia/Ho_Chi_Minh")


def test_it_says_the_same_in_words(terminal: Terminal) -> None:
    result = terminal.run("init", *ACCOUNT)

    assert result.exit_code == 0
    assert "public write key  kqp_" in result.stdout
    assert "secret write key  kqs_" in result.stdout
    assert "API token         kqt_" in result.stdout
    assert PASSWORD not in result.output


def test_the_settings_are_their_owners_to_read(terminal: Terminal) -> None:
    terminal.data.chmod(0o755)  # made by somebody else, before

    terminal.ask("init", *ACCOUNT)

    assert stat.S_IMODE((terminal.data / "khachquen.toml").stat().st_mode) == 0o600


def test_a_second_one_is_refused_and_nothing_is_changed(desk: Terminal) -> None:
    from khachquen.collect import list_sources
    from khachquen.collect.models import WriteKey
    from khachquen.govern import User

    before = files(desk.data)
    counts = (User.objects.count(), WriteKey.objects.count(), len(list_sources()))

    error = desk.ask("init", "--admin-email", "x@y.vn", "--admin-password", PASSWORD, code=1)

    assert error["error"]["code"] == "flows.already_installed"
    assert error["error"]["hint"] == "Choose another folder with --data."
    assert files(desk.data) == before
    assert (User.objects.count(), WriteKey.objects.count(), len(list_sources())) == counts


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [
        (EMAIL, "ngan", "accounts.weak_password"),
        (EMAIL, "1234567890", "accounts.weak_password"),
        ("not an address", PASSWORD, "accounts.bad_email"),
    ],
)
def test_after_a_refusal_the_folder_can_be_used_again(
    terminal: Terminal, email: str, password: str, code: str
) -> None:
    from khachquen.collect import list_sources
    from khachquen.govern import has_admin

    account = ("--admin-email", email, "--admin-password", password)
    refused = terminal.ask("init", *account, code=1)

    assert refused["error"]["code"] == code
    assert (has_admin(), list(list_sources())) == (False, [])
    assert terminal.ask("init", *ACCOUNT)["admin_email"] == EMAIL


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--admin-email", EMAIL),
        (*ACCOUNT, "--no-such-option"),
        (*ACCOUNT, "an argument too many"),
    ],
)
def test_wrong_usage_is_2_and_nothing_is_made(terminal: Terminal, words: tuple[str, ...]) -> None:
    result = terminal.run("init", *words)

    assert result.exit_code == 2
    assert "Usage:" in result.stderr
    assert result.stdout == ""
    assert files(terminal.data) == {}


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(terminal: Terminal) -> None:
    (terminal.data / "a file").write_text("")
    terminal.data = terminal.data / "a file" / "shop"

    error = terminal.ask("init", *ACCOUNT, code=1)

    assert error["error"]["code"] == "cli.cannot_use_files"
    assert "Not a directory" in error["error"]["message"]
    assert str(terminal.data) in error["error"]["path"]
