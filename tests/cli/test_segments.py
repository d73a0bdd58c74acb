"""``khachquen segments``: what a shop's segments are, from the terminal."""

from datetime import UTC, datetime
from pathlib import Path

from khachquen.understand.segments import add_segment
from tests.cli.conftest import Terminal

EVERYBODY = {"kind": "all", "of": []}
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def import_orders(desk: Terminal, folder: Path) -> None:
    path = folder / "orders.csv"
    path.write_text("Mã đơn,Ngày,SL,Giá,Mã KH\nHD1,20/10/2026,1,1000,KH01\n", encoding="utf-8")
    desk.ask("import", path, "--kind", "orders")


def test_a_segment_is_listed_shown_and_its_members_are_named(
    desk: Terminal, tmp_path: Path
) -> None:
    made = add_segment("Mọi người", EVERYBODY, actor="hoa", at=NOW)
    import_orders(desk, tmp_path)

    [listed] = desk.ask("segments", "list")
    assert (listed["id"], listed["name"], listed["size"]) == (made.id, "Mọi người", 1)
    shown = desk.ask("segments", "show", str(made.id))
    assert (shown["rule"], shown["versions"][0]["by"]) == (EVERYBODY, "hoa")
    assert [day["size"] for day in shown["sizes"]] == [1]
    [member] = desk.ask("segments", "members", str(made.id))
    assert member["cause"] == "rule"
    assert "Mọi người" in desk.run("segments", "list").output
    assert str(member["profile_id"]) in desk.run("segments", "members", str(made.id)).output


def test_a_segment_there_is_not(desk: Terminal) -> None:
    told = desk.ask("segments", "show", "7", code=1)
    assert told["error"]["code"] == "segments.unknown"
    assert desk.ask("segments", "list") == []
