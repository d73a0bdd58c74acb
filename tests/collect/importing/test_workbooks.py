"""Excel files as they come from a shop's desk: read as what they show, refused with a reason."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from khachquen.base import InputError
from khachquen.collect.importing import open_import, open_table, workbook_kinds
from khachquen.unify.normalise import normalise_phone
from tests.collect.importing.books import excel, old_excel, open_document, with_part
from tests.collect.importing.told import open_here, told_by

HEADS = ("Mã KH", "Tên khách hàng", "Điện thoại", "Ngày sinh", "Tổng bán")
HOA = ("KH01", "Nguyễn Thị Hoa", 912345678, date(1990, 3, 5), 1250000)
SHEET = "xl/worksheets/sheet1.xml"
FAR = b"""<?xml version="1.0"?><worksheet
 xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>
</sheetData></worksheet>"""


def refused(path: Path, kind: str = "customers", sheet: str = "") -> InputError:
    with pytest.raises(InputError) as caught, open_table(path, sheet):
        pass
    assert caught.value.path == path.name
    return caught.value


def test_a_customer_list_is_read_as_excel_shows_it(tmp_path: Path) -> None:
    title = ("DANH SÁCH KHÁCH HÀNG 2026",)
    file = excel(tmp_path / "khach.xlsx", Bia=[], Khach=[title, (), HEADS, HOA, (), HOA])

    messages, summary = told_by(file, "customers")

    assert summary.rows == 2, "an empty row is no row"
    assert messages[0]["userId"] == "KH01"
    traits = messages[0]["traits"]
    assert traits["birthday"] == "1990-03-05"
    assert traits["phone"] == "912345678", "not 912345678.0; the zero is put back by the reader"
    assert normalise_phone(traits["phone"]) == "+84912345678"
    assert summary.problems == ()


def test_dates_are_dates_even_beside_dates_somebody_typed(tmp_path: Path) -> None:
    heads = ("Mã hóa đơn", "Thời gian", "Mã KH", "Mã hàng", "Số lượng", "Đơn giá")
    at = datetime(2026, 3, 5, 9, 30)  # noqa: DTZ001  # a spreadsheet has no zone
    rows = [
        heads,
        ("HD1", at, "KH01", "A", 2, 1.125),
        ("HD2", "05/03/2026 10:00", "KH01", "B", 1, "1.250"),
    ]
    file = excel(tmp_path / "don.xlsx", Don=rows)

    messages, summary = told_by(file, "orders")

    assert summary.problems == ()
    assert [one["timestamp"] for one in messages] == [
        "2026-03-05T02:30:00+00:00",
        "2026-03-05T03:00:00+00:00",
    ]
    prices = [one["properties"]["products"][0]["price"] for one in messages]
    assert [float(price) for price in prices] == [1.125, 1250], "a number is not a typed thousand"


def test_a_column_of_dates_needs_no_guess_of_day_and_month(tmp_path: Path) -> None:
    file = excel(tmp_path / "khach.xlsx", Khach=[HEADS, HOA])

    with open_table(file) as sheet:
        assert sheet.timed == {3}
        assert sheet.numeric == {2, 4}
    with open_here(file, "customers", {"date_format": "%d-%m-%Y"}) as opened:
        assert b'"1990-03-05"' in next(opened.messages()), "a named form changes no date"


def test_an_error_cell_refuses_its_row_and_names_its_place(tmp_path: Path) -> None:
    broken = ("KH02", "Trần Nam", "0987654321", None, "#DIV/0!")
    file = excel(tmp_path / "khach.xlsx", Khách=[HEADS, HOA, broken, ("KH03", *HOA[1:])])

    messages, summary = told_by(file, "customers")

    assert [one["userId"] for one in messages] == ["KH01", "KH03"]
    (problem,) = summary.problems
    assert (problem.row, problem.column, problem.value, problem.code) == (
        3,
        "Tổng bán (Khách!E3)",
        "#DIV/0!",
        "error_cell",
    )
    assert summary.rows_by_fate["refused"] == 1
    assert problem.message.en.startswith("The cell shows an Excel error")


def test_an_order_number_merged_over_its_lines_is_the_number_of_each(tmp_path: Path) -> None:
    path = tmp_path / "don.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        heads = ("Mã hóa đơn", "Thời gian", "Mã KH", "Mã hàng", "Số lượng", "Đơn giá")
        sheet.write_row(0, 0, heads)
        for column, words in enumerate(("HD1", "05/03/2026", "KH01")):
            sheet.merge_range(1, column, 2, column, words)
        sheet.write_row(1, 3, ("A", 2, 10_000))
        sheet.write_row(2, 3, ("B", 1, 5_000))

    (order,), summary = told_by(path, "orders")

    assert [one["product_id"] for one in order["properties"]["products"]] == ["A", "B"]
    assert summary.problems == ()


def test_a_formula_is_the_value_that_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "khach.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        sheet.write_row(1, 0, ("KH01", "Hoa", "0912345678", ""))
        sheet.write_formula(1, 4, "=SUM(1,2)", None, 45000)

    (hoa,), _ = told_by(path, "customers")

    assert "45000" in str(hoa["traits"])


def test_the_sheet_asked_for_is_read_and_is_another_import(tmp_path: Path) -> None:
    lan = ("KH01", "Phạm Lan", *HOA[2:])
    file = excel(tmp_path / "khach.xlsx", Online=[HEADS, HOA], Quay=[HEADS, lan])
    place = {"timezone": "Asia/Ho_Chi_Minh", "currency": "VND"}

    with open_import(file, "customers", sheet=" quay", **place) as opened:
        told = next(opened.messages())
        assert "Phạm Lan".encode() in told
        with open_here(file, "customers") as first:
            assert first.scope != opened.scope, "same rows of two sheets are not each other"
    assert b"Nguy" in next(open_here(file, "customers", {"sheet": "Online"}).messages())

    error = refused(file, sheet="Qay")
    assert error.code == "import.unknown_sheet"
    assert error.hint is not None
    assert error.hint.en == "Did you mean Quay?"


def test_only_a_workbook_has_sheets(tmp_path: Path) -> None:
    file = tmp_path / "khach.csv"
    file.write_text("Mã KH\nKH01\n", encoding="utf-8")

    assert refused(file, sheet="Khách").code == "import.unknown_sheet"


def test_a_libreoffice_sheet_is_read_too(tmp_path: Path) -> None:
    file = open_document(tmp_path / "khach.ods", [HEADS[:3], ("KH01", "Hoa", "0912345678")])

    (hoa,), _ = told_by(file, "customers")

    assert (hoa["userId"], hoa["traits"]["phone"]) == ("KH01", "0912345678")


def test_an_old_excel_is_read_too(tmp_path: Path) -> None:
    file = old_excel(tmp_path / "khach.xls", [HEADS[:3], ("KH01", "Hoà", 912345678)])

    (hoa,), _ = told_by(file, "customers")

    assert (hoa["userId"], hoa["traits"]["phone"]) == ("KH01", "912345678")


def test_a_cell_far_out_ends_the_reader_and_nothing_else(tmp_path: Path) -> None:
    file = with_part(excel(tmp_path / "xa.xlsx", A=[("Mã KH",)]), SHEET, FAR)

    assert refused(file).code == "import.workbook_too_large"


def test_a_bomb_is_refused_by_what_it_says_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_kinds, "_MOST_UNPACKED", 1 << 20)
    file = with_part(excel(tmp_path / "bom.xlsx", A=[HEADS]), "xl/media/a.bin", b"0" * (2 << 20))
    assert file.stat().st_size < 100_000

    assert refused(file).code == "import.workbook_too_large"


def test_a_password_is_said_with_the_way_out(tmp_path: Path) -> None:
    file = tmp_path / "khoa.xlsx"
    names = "".join(f"\0{name}\0" for name in ("EncryptionInfo", "EncryptedPackage"))
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + names.encode("utf-16-le"))

    error = refused(file)

    assert error.code == "import.workbook_locked"
    assert error.message.vi == "Tệp Excel này có mật khẩu."
    assert error.hint is not None
    assert "Protect Workbook" in error.hint.en


def test_a_zip_with_an_excel_name_is_no_workbook(tmp_path: Path) -> None:
    file = tmp_path / "khach.xlsx"
    with zipfile.ZipFile(file, "w") as parcel:
        parcel.writestr("khach.csv", "Mã KH\n")

    assert refused(file).code == "import.wrong_format"


@pytest.mark.parametrize("content", [b"", b"<worksheet", b"\xff" * 100])
def test_a_broken_sheet_is_said_in_words(tmp_path: Path, content: bytes) -> None:
    file = with_part(excel(tmp_path / "hong.xlsx", A=[HEADS]), SHEET, content)

    assert refused(file).code in {"import.workbook_broken", "import.empty_workbook"}


def test_a_workbook_with_nothing_in_it(tmp_path: Path) -> None:
    assert refused(excel(tmp_path / "trong.xlsx", A=[], B=[])).code == "import.empty_workbook"


def test_more_errors_than_a_piece_of_the_file_holds_are_all_found(tmp_path: Path) -> None:
    rows = [(f"KH{n}", "x" * 300, "#N/A" if n % 7 == 0 else 1) for n in range(1, 8001)]
    file = excel(tmp_path / "lon.xlsx", A=[("Mã KH", "Tên khách hàng", "Tổng bán"), *rows])

    with open_here(file, "customers") as opened:
        assert sum(1 for _ in opened.messages()) == 8000 - 8000 // 7
        assert opened.summary().problems_by_code == {"error_cell": 8000 // 7}
