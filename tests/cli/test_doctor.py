"""``khachquen doctor``: what is well, what is not, and which settings are in force."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from tests.cli.conftest import Terminal

ORDERS = "Mã đơn,Ngày,SL,Giá,Mã KH\nHD1,20/10/2026,1,1000,KH01\n"


@pytest.fixture
def filled(desk: Terminal, tmp_path: Path) -> Terminal:
    """A shop with one order in its lake."""
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    desk.ask("import", path, "--kind", "orders")
    return desk


def levels(told: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {check["id"]: check["level"] for check in told["checks"]}


def test_a_shop_that_is_well(filled: Terminal) -> None:
    told = filled.ask("doctor")

    assert levels(told) == {
        "store.database": "ok",
        "store.tables": "ok",
        "store.lake": "ok",
        "store.log": "ok",
        "flows.engine": "warning",  # nobody serves it
        "collect.sources": "ok",
        "seal.keys": "ok",
        "activate.webhooks": "ok",
        "activate.mailboxes": "ok",
        "activate.machine_networks": "ok",
        "unify.quality": "warning",  # measured by who serves it
        "store.disk": "ok",
    }
    assert set(told["checks"][0]) == {"id", "level", "message", "hint"}
    lake = next(check for check in told["checks"] if check["id"] == "store.lake")
    assert lake["message"].startswith("1 events in ")


def test_lines_of_a_list_of_networks_that_are_none_are_named(filled: Terminal) -> None:
    (filled.data / "khachquen.toml").write_text('[sending]\nmachine_networks = "nets.txt"\n')
    assert levels(filled.ask("doctor"))["activate.machine_networks"] == "warning"
    lines = ["# scanners", "203.0.113.0/24", "203.0.113.7/24", "thuvien.example", "0.0.0.0/0"]
    (filled.data / "nets.txt").write_text("\n".join(lines), encoding="utf-8")
    told = filled.ask("doctor")["checks"]
    [found] = [check for check in told if check["id"] == "activate.machine_networks"]
    assert found["level"] == "warning"
    assert found["message"].startswith("3 lines of ")
    assert found["hint"] == (
        "line 3: '203.0.113.7/24' has bits beyond its mask; did you mean 203.0.113.0/24?;"
        " line 4: 'thuvien.example' is no network, as 203.0.113.0/24 or 2001:db8::/32;"
        " line 5: '0.0.0.0/0' is too wide: readers are in it, too."
    )


@pytest.mark.parametrize("how", ["gone", "cut short"])
def test_a_lake_file_that_is_missing_or_damaged_is_an_error(filled: Terminal, how: str) -> None:
    [file] = (filled.data / "lake" / "events").rglob("*.parquet")
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-1])

    told = filled.ask("doctor", code=1)

    assert levels(told)["store.lake"] == "error"
    lake = next(check for check in told["checks"] if check["id"] == "store.lake")
    assert file.name in lake["message"]
    assert lake["hint"] == "Restore them from a backup."
    assert list(levels(told).values()).count("error") == 1


def test_a_database_that_does_not_answer_is_an_error_and_no_traceback(
    filled: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("password of hoa@db.example refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        told = filled.ask("doctor", code=1)

    assert levels(told) == {
        "store.database": "error",
        "flows.engine": "warning",
        "store.disk": "ok",
    }
    assert told["checks"][0]["message"] == "The database has no answer: OperationalError."


def test_a_source_that_fell_silent_is_a_warning(filled: Terminal) -> None:
    from khachquen.collect import create_source
    from khachquen.collect.watching import set_expectation

    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    till = create_source(name="Máy tính tiền Quận 3", kind="server", at=long_ago)
    set_expectation(till.pk, 24)

    told = filled.ask("doctor")

    found = next(check for check in told["checks"] if check["id"] == "collect.sources")
    assert found["level"] == "warning"
    assert found["message"] == "Sources silent for too long: Máy tính tiền Quận 3."


def test_it_says_the_same_in_words_and_changes_nothing(filled: Terminal) -> None:
    before = {p: p.stat().st_mtime_ns for p in filled.data.rglob("*")}

    result = filled.run("doctor")

    assert result.exit_code == 0
    assert "ok      store.lake" in result.stdout
    assert "setting server.port = 8900 (default)" in result.stdout
    assert {p: p.stat().st_mtime_ns for p in filled.data.rglob("*")} == before


def test_a_password_in_a_setting_is_never_printed(
    filled: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://hoa:men-ran@db.example/shop")

    told = filled.run("doctor", "--json")

    assert "men-ran" not in told.output
    assert "postgresql://***@db.example/shop" in told.stdout
