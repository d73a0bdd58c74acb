"""The customer list as a file that Excel opens rightly and that runs nothing."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from khachquen.activate.audiences import (
    COLUMNS,
    CustomerTable,
    Setting,
    open_writer,
    safe_cell,
)
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
    told = writer.begin(asked.heads) + writer.write(asked.cells(rows, now=NOON)) + writer.end()
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


def workbook(parts: Sequence[Sequence[ProfileRow]]) -> bytes:
    """A workbook written part by part, each by a writer that only knows where the last one was."""
    asked = table(columns=("phone", "spent", "last_seen"))
    writer = open_writer("xlsx")
    told = writer.begin(asked.heads)
    for rows in parts:
        writer = open_writer("xlsx", writer.state)
        told += writer.write(asked.cells(rows, now=NOON))
    writer = open_writer("xlsx", writer.state)
    return told + writer.end()


def cells(data: bytes) -> list[list[tuple[str | None, str]]]:
    """Every row of the sheet: the kind of each cell, and what is in it."""
    parcel = zipfile.ZipFile(io.BytesIO(data))
    assert parcel.testzip() is None
    for name in parcel.namelist():
        ElementTree.fromstring(parcel.read(name))
    sheet = ElementTree.fromstring(parcel.read("xl/worksheets/sheet1.xml"))
    rows = sheet.iter(f"{MAIN}row")
    return [[(one.get("t"), "".join(one.itertext())) for one in row] for row in rows]


def test_a_workbook_written_in_parts_is_one_workbook() -> None:
    nam = replace(HOA, id=8, name="Trần Nam & <Sơn>", phone="+14155552671")

    told = cells(workbook([[HOA], [], [nam] * 700]))

    assert told == cells(workbook([[HOA, *[nam] * 700]]))
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
    assert hoa[6] == (None, "46346.500000"), "20/11/2026 12:00 as a spreadsheet counts days"


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "\u200b+1", "a\x00b\x1f", "\ud800"])
def test_a_name_in_a_workbook_is_text_whatever_it_is(name: str) -> None:
    (_, row) = cells(workbook([[replace(HOA, name=name)]]))
    xml = zipfile.ZipFile(io.BytesIO(workbook([[replace(HOA, name=name)]]))).read(
        "xl/worksheets/sheet1.xml"
    )

    assert row[2][0] == "inlineStr"
    assert b"<f>" not in xml
    if name[0] in "=@":
        assert b'<c t="inlineStr" s="2"><is><t xml:space="preserve">' + name.encode() in xml
