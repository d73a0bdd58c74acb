"""``khachquen segments``: what a shop's segments are, from the terminal."""

import json
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


def test_why_somebody_is_in_is_told_by_condition(desk: Terminal, tmp_path: Path) -> None:
    bought = {"kind": "did", "event": "Order Completed", "is": "at_least", "value": 2}
    known = {"kind": "trait", "trait": "orders_count", "is": "at_least", "value": 1}
    made = add_segment("Mua lại", {"kind": "all", "of": [known, bought]}, actor="hoa", at=NOW)
    import_orders(desk, tmp_path)

    told = desk.ask("segments", "explain", str(made.id), "1")
    assert (told["segment"], told["profile"], told["holds"]) == (made.id, 1, False)
    assert [part["holds"] for part in told["parts"]] == [True, False]
    assert told["parts"][0]["evidence"] == {"value": 1}
    said = desk.run("segments", "explain", str(made.id), "1").output.splitlines()
    assert said[0] == "Mua lại: 1 does not belong"
    assert [line[:4] for line in said[2:]] == ["  + ", "  - "]
    nobody = desk.ask("segments", "explain", str(made.id), "77", code=1)
    assert nobody["error"]["code"] == "profiles.not_found"


def test_a_rule_is_tried_from_a_file(desk: Terminal, tmp_path: Path) -> None:
    import_orders(desk, tmp_path)
    rule = tmp_path / "rule.json"
    rule.write_text(json.dumps(EVERYBODY), encoding="utf-8")
    told = desk.ask("segments", "preview", rule)
    assert (told["members"], [one["profile_id"] for one in told["sample"]]) == (1, [1])
    assert desk.ask("segments", "preview", rule, "--sample", "0")["sample"] == []
    assert ": 1\n" in desk.run("segments", "preview", rule).output

    rule.write_text('{"kind": "trait", "trait": "ordres_count", "is": "is", "value": 1}', "utf-8")
    wrong = desk.ask("segments", "preview", rule, code=1)
    assert wrong["error"]["code"].startswith("query.")
