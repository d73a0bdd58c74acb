"""Settings: defaults, then the file, then the environment; a mistake names what would be right."""

from dataclasses import fields
from pathlib import Path

import pytest

from khachquen.base import Config, InputError, load_config


def write(data: Path, text: str) -> None:
    (data / "khachquen.toml").write_text(text, encoding="utf-8")


def refused(data: Path, env: dict[str, str] | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        load_config(data, env or {})
    return caught.value


def test_an_empty_folder_has_every_default(data: Path) -> None:
    config = load_config(data, {})
    assert config == Config(data=data.resolve())
    assert (config.server.port, config.shop.currency, config.database.url) == (8900, "VND", "")


def test_the_environment_wins_over_the_file_and_the_file_over_defaults(data: Path) -> None:
    write(data, '[server]\nport = 9000\nhost = "0.0.0.0"\n')
    config = load_config(data, {"KHACHQUEN_SERVER_PORT": "9100"})
    assert (config.server.port, config.server.host) == (9100, "0.0.0.0")
    sources = config.sources_of({"KHACHQUEN_SERVER_PORT": "9100"})
    assert sources["server.port"] == "environment"
    assert sources["server.host"] == "file"
    assert sources["server.base_url"] == "default"


def test_the_usual_name_of_a_database_is_understood(data: Path) -> None:
    url = "postgresql://hoa:mat-khau@db.example/shop"
    config = load_config(data, {"DATABASE_URL": url})
    assert config.database.url == url
    assert config.masked()["database"]["url"] == "postgresql://***@db.example/shop"


def test_a_list_in_the_environment_is_cut_at_commas(data: Path) -> None:
    env = {"KHACHQUEN_SERVER_ALLOWED_HOSTS": "khach.example.vn, www.example.vn,"}
    assert load_config(data, env).server.allowed_hosts == ["khach.example.vn", "www.example.vn"]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[sever]\n", "There is no setting 'sever'.", "Did you mean server?"),
        (
            "[server]\nprot = 1\n",
            "There is no setting 'server.prot'.",
            "Did you mean server.port?",
        ),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(
    data: Path, text: str, message: str, hint: str
) -> None:
    write(data, text)
    error = refused(data)
    assert error.as_dict() == {
        "code": "config.unknown_key",
        "message": message,
        "path": "khachquen.toml",
        "hint": hint,
    }


def test_a_value_of_the_wrong_type_is_named_with_its_place(data: Path) -> None:
    error = refused(data, {"KHACHQUEN_SERVER_PORT": "tám nghìn"})
    assert error.code == "config.wrong_value"
    assert error.message.en == "server.port cannot be 'tám nghìn'."
    assert error.path == "environment"
    assert error.hint is not None
    assert error.hint.en == "It must be of type int."


def test_a_section_that_is_no_table_is_refused(data: Path) -> None:
    write(data, "server = 8900\n")
    assert refused(data).code == "config.wrong_value"


def test_a_file_that_is_no_toml_says_where(data: Path) -> None:
    write(data, "[server\n")
    error = refused(data)
    assert error.code == "config.not_toml"
    assert error.path == str(data / "khachquen.toml")


def test_every_section_can_be_set_from_the_file(data: Path) -> None:
    sections = [section.name for section in fields(Config) if section.name != "data"]
    write(data, "".join(f"[{section}]\n" for section in sections))
    assert load_config(data, {}) == Config(data=data.resolve())
    write(data, '[zalo]\noauth_url = "https://zalo.gom-moc.example"\n')
    assert load_config(data, {}).zalo.oauth_url == "https://zalo.gom-moc.example"
