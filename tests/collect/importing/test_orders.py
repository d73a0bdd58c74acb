"""Rows of order files become sales, returns and adjustments, and every row has its fate."""

import json
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from khachquen.base import InputError
from tests.collect.importing.told import open_here, told_by, write

KIOT = """
    Mã hóa đơn,Thời gian,Mã khách hàng,Tên khách hàng,Điện thoại,Mã hàng,Tên hàng,Số lượng,Đơn giá
    HD001,20/10/2026 14:05,KH01,Nguyễn Thị Hoa,0912345678,AO1,Áo dài lụa,1,1.250.000
    HD002,20/10/2026 14:20,,Khách lẻ,,NEN,Nến thơm,2,95.000
    HD001,20/10/2026 14:05,KH01,Nguyễn Thị Hoa,0912345678,NEN,Nến thơm,2,95.000
"""


def test_chi_hoas_order_is_one_message_though_its_rows_do_not_stand_together(
    tmp_path: Path,
) -> None:
    messages, summary = told_by(write(tmp_path, KIOT), "orders")

    hoa, walk_in = messages
    assert hoa["event"] == "Order Completed"
    assert hoa["userId"] == "KH01"
    assert hoa["timestamp"] == "2026-10-20T07:05:00+00:00"
    assert hoa["context"]["traits"] == {"phone": "0912345678", "name": "Nguyễn Thị Hoa"}
    assert hoa["properties"] == {
        "order_id": "HD001",
        "currency": "VND",
        "total": 1_440_000,
        "revenue": 1_440_000,
        "products": [
            {"product_id": "AO1", "quantity": 1, "price": 1_250_000, "name": "Áo dài lụa"},
            {"product_id": "NEN", "quantity": 2, "price": 95_000, "name": "Nến thơm"},
        ],
    }
    assert walk_in["properties"]["order_id"] == "HD002"
    assert (summary.rows, summary.rows_by_fate, summary.messages) == (3, {"order": 3}, 2)


def test_nobody_is_invented_for_a_walk_in_sale(tmp_path: Path) -> None:
    _, walk_in = told_by(write(tmp_path, KIOT), "orders")[0]

    assert "userId" not in walk_in
    assert "anonymousId" not in walk_in
    assert "traits" not in walk_in["context"]


@pytest.mark.parametrize("nobody", ["", "nan", "NULL", "khachle", "0", "None"])
def test_an_empty_customer_code_in_any_spelling_is_nobody(tmp_path: Path, nobody: str) -> None:
    path = write(tmp_path, f"Mã đơn,Ngày,SL,Giá,Mã KH\n1,20/10/2026,1,1000,{nobody}")

    [message], _ = told_by(path, "orders")

    assert "userId" not in message


def test_a_customer_id_a_spreadsheet_made_a_float_is_the_id_again(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        InvoiceNo,InvoiceDate,Quantity,UnitPrice,CustomerID
        536365.0,2010-12-01 08:26:00,6,2.55,17850.0
        536365,2010-12-01 08:26:00,1,1,17850
        """,
    )

    [message], summary = told_by(path, "orders", {"currency": "GBP"})

    assert (message["userId"], message["properties"]["order_id"]) == ("17850", "536365")
    assert message["properties"]["total"] == Decimal("16.30")
    assert summary.notes == {}


@pytest.mark.parametrize(
    ("rows", "event", "fate", "total"),
    [
        ("C5,20/10/2026,-2,4.50,KH1,Bát", "Order Refunded", "refund", "9.00"),
        ("C5,20/10/2026,-2,4.50,,Bát", "Order Refunded", "refund", "9.00"),
        ("5,20/10/2026,-2,4.50,KH1,Bát", "Order Refunded", "refund", "9.00"),
        ("5,20/10/2026,-2,0,KH1,Bát", "Order Refunded", "refund", "0.00"),
        ("5,20/10/2026,-2,0,,vỡ", "Stock Adjusted", "stock_adjustment", "0.00"),
        ("A5,20/10/2026,1,-11062.06,,Adjust bad debt", "Account Adjusted",
         "account_adjustment", "-11062.06"),
        ("A5,20/10/2026,1,11062.06,,Adjust bad debt", "Account Adjusted",
         "account_adjustment", "11062.06"),
        ("C5,20/10/2026,2,4.50,KH1,Bát", "Order Completed", "order", "9.00"),
        ("CX,20/10/2026,2,4.50,KH1,Bát", "Order Completed", "order", "9.00"),
        ("5,20/10/2026,2,0,,Bát", "Order Completed", "order", "0.00"),
        ("5,20/10/2026,2,4.50,KH1,Bát\n5,20/10/2026,1,-1,KH1,Chiết khấu", "Order Completed",
         "order", "8.00"),
        ("5,20/10/2026,2,4.50,KH1,Bát\n5,20/10/2026,-1,1,KH1,Đĩa", "Order Completed",
         "order", "8.00"),
    ],
)  # fmt: skip
def test_what_an_order_is_shows_in_its_rows(
    tmp_path: Path, rows: str, event: str, fate: str, total: str
) -> None:
    path = write(tmp_path, f"Mã đơn,Ngày,SL,Giá,Mã KH,Tên hàng\n{rows}")

    [message], summary = told_by(path, "orders", {"currency": "USD"})

    assert message["event"] == event
    assert message["properties"]["total"] == Decimal(total)
    assert summary.rows_by_fate == {fate: rows.count("\n") + 1}


def test_a_return_has_positive_amounts_and_its_own_number(tmp_path: Path) -> None:
    path = write(tmp_path, "Mã đơn,Ngày,SL,Giá,Mã KH\nC5,20/10/2026,-2,45000,KH1")

    [message], _ = told_by(path, "orders")

    assert message["properties"]["order_id"] == "C5"
    assert message["properties"]["products"] == [{"product_id": "", "quantity": 2, "price": 45000}]


def test_the_mapping_gives_prefixes_their_meaning(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        Mã đơn,Ngày,SL,Giá,Mã KH
        TH001,20/10/2026,2,45000,KH1
        C7,20/10/2026,-1,45000,KH1
        KK9,20/10/2026,3,0,
        HD1,20/10/2026,1,45000,KH1
        """,
    )

    messages, _ = told_by(path, "orders", {"kinds": {"TH": "refund", "KK": "stock", "C": "order"}})

    assert [m["event"] for m in messages] == [
        "Order Refunded",
        "Order Completed",
        "Stock Adjusted",
        "Order Completed",
    ]
    assert messages[0]["properties"]["total"] == 90_000


def test_money_is_added_exactly_and_rounded_once_at_the_order(tmp_path: Path) -> None:
    rows = "\n".join(f"7,20/10/2026,1,0.001,KH1,{n}" for n in range(15))
    path = write(tmp_path, f"Mã đơn,Ngày,SL,Giá,Mã KH,Tên hàng\n{rows}")

    [message], _ = told_by(path, "orders", {"currency": "GBP"})

    assert message["properties"]["total"] == Decimal("0.02")
    assert message["properties"]["products"][0]["price"] == Decimal("0.001")


def test_cloth_sold_by_the_metre_is_one_line_at_its_whole_amount(tmp_path: Path) -> None:
    path = write(tmp_path, 'Mã đơn,Ngày,Mã hàng,SL,Giá\n7,20/10/2026,LUA,"1,5",120.000')

    [message], summary = told_by(path, "orders")

    assert message["properties"]["total"] == 180_000
    [line] = message["properties"]["products"]
    assert line == {"product_id": "LUA", "quantity": 1, "price": 180_000, "measure": "1.5"}
    assert summary.notes == {"fractional_quantity": 1, "without_customer": 1}


def test_a_file_of_totals_without_lines_is_orders_too(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        Mã đơn hàng;Ngày đặt hàng;Khách hàng;Điện thoại;Khách cần trả
        DH1;20/10/2026;Lê Văn Nam;0987654321;1.250.000 ₫
        """,
    )

    [message], _ = told_by(path, "orders")

    assert message["properties"] == {
        "order_id": "DH1",
        "currency": "VND",
        "total": 1_250_000,
        "revenue": 1_250_000,
    }
    assert message["context"]["traits"] == {"phone": "0987654321", "name": "Lê Văn Nam"}


def test_a_bad_row_is_named_and_its_neighbours_live(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        Mã đơn,Ngày,Mã hàng,SL,Giá
        1,20/10/2026,A,hai,1000
        1,20/10/2026,B,2,1000
        ,20/10/2026,C,1,1000
        2,hôm qua,D,1,1000
        3,20/10/2026,E,1,nghìn rưỡi
        4,20/10/2026,F,1,5000,thừa
        ,,,,
        5,20/10/2026,G,1,7000
        """,
    )

    messages, summary = told_by(path, "orders")

    assert [m["properties"]["order_id"] for m in messages] == ["1", "5"]
    assert messages[0]["properties"]["total"] == 2000
    assert summary.rows_by_fate == {"order": 2, "refused": 5, "blank": 1}
    assert summary.rows == 8
    found = {(p.row, p.column, p.value, p.code) for p in summary.problems}
    assert found == {
        (2, "SL", "hai", "bad_quantity"),
        (4, "Mã đơn", "", "no_order_number"),
        (5, "Ngày", "hôm qua", "bad_date"),
        (6, "Giá", "nghìn rưỡi", "bad_price"),
        (7, "", "4,20/10/2026,F,1,5000,thừa", "too_many_cells"),
    }


def test_an_order_with_a_bad_date_in_one_row_takes_the_date_of_another(tmp_path: Path) -> None:
    path = write(
        tmp_path, "Mã đơn,Ngày,SL,Giá\n1,??,1,1000\n1,21/10/2026,1,1000\n1,22/10/2026,1,1000"
    )

    [message], summary = told_by(path, "orders")

    assert message["timestamp"] == "2026-10-20T17:00:00+00:00"
    assert summary.rows_by_fate == {"order": 3}
    assert summary.notes["several_dates"] == 1


def test_months_come_first_only_where_the_whole_file_proves_it(tmp_path: Path) -> None:
    proven = write(tmp_path, "Mã đơn,Ngày,SL,Giá\n1,12/1/2010 8:26,1,1\n2,12/13/2010 9:00,1,1")
    first = [m["timestamp"][:10] for m in told_by(proven, "orders")[0]]
    open_to_doubt = write(tmp_path, "Mã đơn,Ngày,SL,Giá\n1,12/1/2010 8:26,1,1\n2,5/6/2010,1,1")
    second = [m["timestamp"][:10] for m in told_by(open_to_doubt, "orders")[0]]

    assert first == ["2010-12-01", "2010-12-13"]
    assert second == ["2010-01-12", "2010-06-04"]  # 5 June 00:00 in Hanoi


def test_reading_the_same_file_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, KIOT)
    again = write(tmp_path, KIOT, name="ban-sao.csv")

    with open_here(path, "orders") as first, open_here(again, "orders") as second:
        assert list(first.messages()) == list(second.messages())


def test_another_import_id_or_reading_tells_anew(tmp_path: Path) -> None:
    path = write(tmp_path, KIOT)

    def ids(mapping: dict[str, Any] | None = None, import_id: str | None = None) -> list[str]:
        with open_here(path, "orders", mapping, import_id) as opened:
            return [json.loads(raw)["messageId"] for raw in opened.messages()]

    plain, renamed, mended = ids(), ids(import_id="lan-2"), ids({"timezone": "UTC"})
    assert len({*plain, *renamed, *mended}) == 6
    assert ids({"columns": {"Đơn giá": "price"}}) == plain
    assert all(len(name) < 100 for name in plain)


def test_an_export_that_overlaps_the_last_one_tells_only_what_is_new(tmp_path: Path) -> None:
    november = (
        KIOT + "    HD003,21/11/2026 9:00,KH01,Nguyễn Thị Hoa,0912345678,NEN,Nến thơm,1,95.000\n"
    )
    mended = november.replace("2,95.000\n    HD001", "3,95.000\n    HD001")

    def ids(text: str) -> dict[str, str]:
        messages, _ = told_by(write(tmp_path, text), "orders")
        return {m["properties"]["order_id"]: m["messageId"] for m in messages}

    first, second, third = ids(KIOT), ids(november), ids(mended)
    assert {number: second[number] for number in first} == first
    assert {n for n in second if third[n] != second[n]} == {"HD002"}


def test_an_order_with_more_lines_than_anybody_buys_keeps_the_first_five_thousand(
    tmp_path: Path,
) -> None:
    rows = "\n".join("1,20/10/2026,1,10" for _ in range(5001))
    path = write(tmp_path, f"Mã đơn,Ngày,SL,Giá\n{rows}")

    [message], summary = told_by(path, "orders")

    assert len(message["properties"]["products"]) == 5000
    assert summary.rows_by_fate == {"order": 5000, "refused": 1}
    assert summary.problems[0].code == "too_many_lines"


def test_without_a_needed_column_nothing_is_read_and_the_error_says_what_to_do(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, "Mã đơn,Ghi chú\n1,gì đó")

    with pytest.raises(InputError) as caught:
        open_here(path, "orders")

    assert caught.value.code == "import.column_missing"
    assert caught.value.message.en == ("No column was found for: ordered_at, price | order_total.")
    assert caught.value.path == "columns: Mã đơn, Ghi chú"
    assert '{"columns": {"Heading": "ordered_at"}}' in str(
        caught.value.hint and caught.value.hint.en
    )


def test_rows_always_add_up_whatever_the_cells_hold(tmp_path: Path) -> None:
    random = Random(8)
    cells = [
        "",
        "1",
        "-2",
        "abc",
        "0",
        "20/10/2026",
        "C1",
        "nan",
        "1.250.000",
        '"',
        "=1+1",
        "ﬁ",
        " ",
    ]
    for _ in range(60):
        rows = [
            ",".join(random.choice(cells) for _ in range(random.randint(1, 6)))
            for _ in range(random.randint(0, 12))
        ]
        path = write(tmp_path, "\n".join(["Mã đơn,Ngày,SL,Giá,Mã KH", *rows]))
        messages, summary = told_by(path, "orders")
        assert sum(summary.rows_by_fate.values()) == summary.rows
        assert len(messages) == summary.messages
