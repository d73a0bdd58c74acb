"""The customer list as a file that Excel opens rightly and that runs nothing."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from khachquen.activate.audiences import (
    COLUMNS,
    CustomerTable,
    Setting,
    open_writer,
    safe_cell,
    writing,
)
from khachquen.activate.audiences.writing import Cell
from khachquen.unify.normalise import normalise_phone
from khachquen.unify.profiles import ProfileRow
from khachquen.unify.traits import Registry

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
HOA = ProfileRow(
    id=7,
    name="Nguyễn Thị Hoa",
    phone="+84912345678",
    email="hoa@example.vn",
    is_known=True,
    first_seen=NOON,
    last_seen=NOON,
    events=9,
    orders=2,
    spent_minor=1_250_000,
    last_order_at=None,
    user_id="KH-7",
)


def table(
    currency: str = "VND", language: str = "vi", columns: Sequence[str] = ()
) -> CustomerTable:
    return CustomerTable(columns, Setting(currency, VIETNAM), Registry({}), language=language)


def written(*rows: ProfileRow, currency: str = "VND", language: str = "vi") -> str:
    asked, writer = table(currency, language), open_writer("csv")
    told = writer.begin(asked.heads) + writer.write(asked.cells(rows, now=NOON))
    return told.decode()


def test_the_file_reads_as_excel_reads_it() -> None:
    assert written(HOA) == (
        "\ufeffMã hồ sơ,Mã khách hàng,Họ tên,Số điện thoại,Email,Số đơn,Đã chi,Loại tiền,"
        "Mua gần nhất,Gặp lần đầu,Gặp gần nhất\r\n"
        "7,KH-7,Nguyễn Thị Hoa,0912 345 678,hoa@example.vn,2,1250000,VND,,"
        "2026-11-20 12:00,2026-11-20 12:00\r\n"
    )


def test_english_heads_and_dollars() -> None:
    lines = written(HOA, currency="USD", language="en").splitlines()

    assert lines[0].startswith("\ufeffProfile id,Customer id,Name,Phone")
    assert ",12500.00,USD," in lines[1]


LEADS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\xa0=", "\u200b=", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("lead", [*LEADS, " \u202e=", "\ufeff@", "\x00=", "\u2028-", "%", "|"])
def test_no_cell_is_a_formula(lead: str) -> None:
    cell = safe_cell(f"{lead}cmd|' /C calc'!A0")

    assert cell.startswith("'")
    hoa = replace(HOA, name=f"{lead}1+1", email=f"{lead}1")
    (_, row) = csv.reader(io.StringIO(written(hoa)))
    assert row[2].startswith("'")
    assert row[4].startswith("'")


def test_names_stay_in_one_cell_and_one_line() -> None:
    hoa = replace(HOA, name='Hoa, "bé"\r\n=1+1')

    rows = list(csv.reader(io.StringIO(written(hoa), newline="")))
    assert len(rows) == 2
    assert rows[1][2] == 'Hoa, "bé"  =1+1'


@pytest.mark.parametrize("phone", ["+84912345678", "+842838123456", "+14155552671"])
def test_a_phone_stays_readable_and_comes_back_the_same(phone: str) -> None:
    (_, row) = csv.reader(io.StringIO(written(replace(HOA, phone=phone))))

    assert row[3][0] in "0'"
    assert normalise_phone(row[3].lstrip("'")) == phone


def test_every_column_says_what_it_means() -> None:
    assert len({column.key for column in COLUMNS}) == len(COLUMNS) == 12
    assert all(column.meaning.vi and column.meaning.en for column in COLUMNS)


def test_columns_are_those_chosen_behind_who_it_is() -> None:
    heads = table(columns=("spent", "events", "name", "trait:khong_co")).heads

    assert heads == ["Mã hồ sơ", "Mã khách hàng", "Họ tên", "Đã chi", "Loại tiền", "Số sự kiện"]


def workbook(parts: Sequence[Sequence[ProfileRow]], folder: Path) -> bytes:
    """A workbook written part by part, each by a writer that knows nothing of the one before."""
    asked = table(columns=("phone", "spent", "last_seen"))
    growing, file = folder / "7.part", folder / "7.xlsx"
    told = [open_writer("xlsx").write(asked.cells(rows, now=NOON)) for rows in parts]
    growing.write_bytes(open_writer("xlsx").begin(asked.heads) + b"".join(told))
    list(open_writer("xlsx").finish(growing, file))
    assert [one.name for one in folder.iterdir()] == ["7.xlsx"], "nothing is left beside"
    return file.read_bytes()


def cells(data: bytes) -> list[list[tuple[str | None, str]]]:
    """Every row of the sheet: the kind of each cell, and what is in it."""
    parcel = zipfile.ZipFile(io.BytesIO(data))
    assert parcel.testzip() is None
    for name in parcel.namelist():
        ElementTree.fromstring(parcel.read(name))
    sheet = ElementTree.fromstring(parcel.read("xl/worksheets/sheet1.xml"))
    rows = sheet.iter(f"{MAIN}row")
    return [[(one.get("t"), "".join(one.itertext())) for one in row] for row in rows]


def test_a_workbook_written_in_parts_is_one_workbook(tmp_path: Path) -> None:
    nam = replace(HOA, id=8, name="Trần Nam & <Sơn>", phone="+14155552671")

    made = workbook([[HOA], [], [nam] * 700], tmp_path)

    assert made == workbook([[HOA, *[nam] * 700]], tmp_path), "the same bytes"
    told = cells(made)
    heads, hoa, row, *_more = told
    assert len(told) == 702
    assert [words for _, words in heads][:4] == [
        "Mã hồ sơ",
        "Mã khách hàng",
        "Họ tên",
        "Số điện thoại",
    ]
    assert hoa[0] == (None, "7")
    assert hoa[2:5] == [
        ("inlineStr", "Nguyễn Thị Hoa"),
        ("inlineStr", "0912 345 678"),
        (None, "1250000"),
    ]
    assert row[2] == ("inlineStr", "Trần Nam & <Sơn>")
    assert hoa[6] == (None, "46346.5"), "20/11/2026 12:00 as a spreadsheet counts days"


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "\u200b+1", "a\x00b\x1f", "\ud800"])
def test_a_name_in_a_workbook_is_text_whatever_it_is(name: str, tmp_path: Path) -> None:
    made = workbook([[replace(HOA, name=name)]], tmp_path)
    (_, row) = cells(made)
    xml = zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml")

    assert row[2][0] == "inlineStr"
    assert b"<f>" not in xml
    if name[0] in "=@":
        assert b'<c r="C2" s="2" t="inlineStr"><is><t>' + name.encode() in xml, "marked as quoted"


def test_numbers_a_spreadsheet_would_round_stay_text(tmp_path: Path) -> None:
    writer, growing = open_writer("xlsx"), tmp_path / "8.part"
    exact: list[Cell] = [10**15 + 1, 999, Decimal("12.50"), "x" * 40_000, "'=1"]
    growing.write_bytes(writer.begin(["A", "B", "C", "D", "E"]) + writer.write([exact]))

    list(writer.finish(growing, tmp_path / "8.xlsx"))

    (_, row) = cells((tmp_path / "8.xlsx").read_bytes())
    assert row[0] == ("inlineStr", "1000000000000001")
    assert row[1:3] == [(None, "999"), (None, "12.5")]
    assert len(row[3][1]) == 32_767
    assert row[4] == ("inlineStr", "'=1"), "an apostrophe somebody typed stays"


def test_a_workbook_given_up_half_way_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_ROWS_AT_ONCE", 2)
    growing, file, whole = (tmp_path / name for name in ("9.part", "9.xlsx", "whole.xlsx"))
    told = open_writer("xlsx").begin(["Họ tên"]) + open_writer("xlsx").write([["Hoa"]] * 5)
    growing.write_bytes(told)

    killed = open_writer("xlsx").finish(growing, file)
    assert next(killed) == 2
    del killed
    assert not file.exists()
    assert growing.read_bytes() == told
    assert list(open_writer("xlsx").finish(growing, file)) == [2, 4]
    growing.write_bytes(told)
    list(open_writer("xlsx").finish(growing, whole))

    assert file.read_bytes() == whole.read_bytes()
