"""``khachquen import``: a file in, every row accounted for, the same file twice adds nothing."""

import csv
import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.cli.conftest import Terminal

ORDERS = """
    Mã hóa đơn,Thời gian,Mã khách hàng,Tên khách hàng,Điện thoại,Mã hàng,Tên hàng,Số lượng,Đơn giá
    HD001,20/10/2026 14:05,KH01,Nguyễn Thị Hoa,0912345678,AO1,Áo dài lụa,1,1.250.000
    HD002,20/10/2026 14:20,,Khách lẻ,,NEN,Nến thơm,2,95.000
    HD001,20/10/2026 14:05,KH01,Nguyễn Thị Hoa,0912345678,NEN,Nến thơm,2,95.000
"""
CUSTOMERS = """
    Mã khách hàng,Tên khách hàng,Điện thoại,Email
    KH01,Nguyễn Thị Hoa,0912345678,hoa@example.vn
    KH02,Trần Văn Nam,,nam@example.vn
    ,,,
    KH03,Lê Thị Mai,0987654321,
"""
PRODUCTS = """
    Mã hàng,Tên hàng,Nhóm hàng,Giá bán
    AO1,Áo dài lụa,Áo,1.250.000
    NEN,Nến thơm,Nhà cửa,95.000
"""


def write(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(dedent(text).strip() + "\n", encoding="utf-8")
    return path


def asked(sql: str) -> list[tuple[Any, ...]]:
    from khachquen.store import Question, ask

    return ask(Question("test", sql)).rows


ORDERS_SHOWN = (
    "SELECT number, total_minor, units, currency, placed_at::VARCHAR, node_id IS NOT NULL"
    " FROM orders ORDER BY number"
)
HOAS_AND_ANOTHER = [
    ("HD001", 1_440_000, 3, "VND", "2026-10-20 07:05:00", True),
    ("HD002", 190_000, 2, "VND", "2026-10-20 07:20:00", False),
]


def test_orders_come_in_and_the_same_file_again_adds_nothing(
    desk: Terminal, tmp_path: Path
) -> None:
    from khachquen.unify.profiles import count_profiles, find_profile

    path = write(tmp_path, ORDERS, "hoa-don.csv")
    first = desk.ask("import", path, "--kind", "orders")

    assert (first["rows"], first["messages"], first["messages_accepted"]) == (3, 2, 2)
    assert first["rows_by_fate"] == {"order": 3}
    assert first["messages_by_event"] == {"Order Completed": 2}
    assert (first["problems"], first["problems_by_code"]) == ([], {})
    assert first["source"] == "Nhập tệp orders"
    assert "error_file" not in first
    assert asked(ORDERS_SHOWN) == HOAS_AND_ANOTHER
    hoa = find_profile("phone:+84912345678")
    assert hoa is not None
    assert (hoa.row.name, hoa.row.orders) == ("Nguyễn Thị Hoa", 1)

    assert desk.ask("import", path, "--kind", "orders") == first
    assert asked(ORDERS_SHOWN) == HOAS_AND_ANOTHER
    assert asked("SELECT count(*) FROM events") == [(2,)]
    assert asked("SELECT outcome, count(*) FROM refusals GROUP BY 1") == [("duplicate", 2)]
    assert count_profiles() == 1


def test_customers_come_in_and_meet_their_orders(desk: Terminal, tmp_path: Path) -> None:
    from khachquen.unify.profiles import count_profiles, find_profile

    desk.ask("import", write(tmp_path, ORDERS, "o.csv"), "--kind", "orders")
    told = desk.ask("import", write(tmp_path, CUSTOMERS, "c.csv"), "--kind", "customers")

    assert told["messages"] == 3
    assert sum(told["rows_by_fate"].values()) == told["rows"]
    assert count_profiles() == 3
    hoa = find_profile("email:hoa@example.vn")
    assert hoa is not None
    assert (hoa.row.name, hoa.row.phone, hoa.row.orders) == ("Nguyễn Thị Hoa", "+84912345678", 1)


def test_products_come_in(desk: Terminal, tmp_path: Path) -> None:
    from khachquen.unify.models import Product

    told = desk.ask("import", write(tmp_path, PRODUCTS, "p.csv"), "--kind", "products")

    assert (told["rows"], told["messages"]) == (2, 2)
    assert set(Product.objects.values_list("sku", "name", "price_minor")) == {
        ("AO1", "Áo dài lụa", 1_250_000),
        ("NEN", "Nến thơm", 95_000),
    }


def test_events_come_in(desk: Terminal, tmp_path: Path) -> None:
    lines = [
        {"type": "track", "event": "Cart Viewed", "userId": "KH01", "messageId": "m-1"},
        {"type": "page", "name": "Trang chủ", "anonymousId": "may-1", "messageId": "m-2"},
    ]
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\nnot json\n")

    told = desk.ask("import", path, "--kind", "events")

    assert (told["rows"], told["messages"], told["problems_by_code"]) == (3, 2, {"not_json": 1})
    assert asked("SELECT message_id FROM events ORDER BY 1") == [("m-1",), ("m-2",)]


def test_rows_that_cannot_be_used_are_listed_and_cost_the_others_nothing(
    desk: Terminal, tmp_path: Path
) -> None:
    bad = ORDERS.replace("HD002,20/10/2026 14:20", "HD002,hôm kia")
    told = desk.ask("import", write(tmp_path, bad, "o.csv"), "--kind", "orders")

    assert told["problems_by_code"] == {"bad_date": 1}
    [problem] = told["problems"]
    assert (problem["row"], problem["value"]) == (3, "hôm kia")
    with Path(told["error_file"]).open(encoding="utf-8-sig", newline="") as file:
        assert [row["value"] for row in csv.DictReader(file)] == ["hôm kia"]
    assert [row[0] for row in asked(ORDERS_SHOWN)] == ["HD001"]


def test_it_says_the_same_in_words(desk: Terminal, tmp_path: Path) -> None:
    result = desk.run("import", write(tmp_path, ORDERS, "o.csv"), "--kind", "orders")

    assert result.exit_code == 0
    assert "rows: 3\n" in result.stdout
    assert "messages_accepted: 2\n" in result.stdout


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "import.no_header"), ("a,b\n1,2", "import.column_missing"), ("\0\1\2", None)],
)
def test_a_file_that_cannot_be_used_changes_nothing(
    desk: Terminal, tmp_path: Path, text: str, code: str | None
) -> None:
    error = desk.ask("import", write(tmp_path, text, "o.csv"), "--kind", "orders", code=1)["error"]

    assert error["code"].startswith("import.")
    assert code in {None, error["code"]}
    assert asked("SELECT count(*) FROM events") == [(0,)]


@pytest.mark.parametrize(
    "words",
    [("no-such-file.csv", "--kind", "orders"), (__file__,), (__file__, "--kind", "shoes")],
    ids=["no file", "no kind", "no such kind"],
)
def test_wrong_usage_is_2(desk: Terminal, words: tuple[str, ...]) -> None:
    assert desk.run("import", *words).exit_code == 2


def test_a_list_of_who_to_leave_alone_comes_in_and_is_taken_back(
    desk: Terminal, tmp_path: Path
) -> None:
    path = write(tmp_path, "Số thuê bao\n0912345678\n84 168 812 3456", "5656.csv")

    told = desk.ask("import", path, "--kind", "suppressions")

    assert (told["rows"], told["identifiers"], told["newly_suppressed"]) == (2, 2, 2)
    assert desk.ask("import", "--undo", told["import_id"])["lifted"] == 2
    error = desk.ask("import", "--undo", told["import_id"], code=1)["error"]
    assert error["code"] == "import.unknown_import"
    assert desk.run("import", "--kind", "orders").exit_code == 2
    assert desk.run("import", path, "--kind", "orders", "--undo", "x").exit_code == 2
