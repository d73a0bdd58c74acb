"""The customer list as a file that Excel opens rightly and that runs nothing."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from khachquen.activate.audiences import COLUMNS, export_customers, safe_cell, write_customers
from khachquen.activate.audiences.customer_file import Setting
from khachquen.govern import list_audit
from khachquen.unify.models import Profile
from khachquen.unify.normalise import normalise_phone
from khachquen.unify.profiles import ProfileRow
from tests.findable import make_findable

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


def written(*rows: ProfileRow, currency: str = "VND", language: str = "vi") -> str:
    return "".join(write_customers(rows, Setting(currency, VIETNAM), language=language))


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


def test_a_long_list_comes_in_pieces() -> None:
    pieces = list(write_customers([HOA] * 1200, Setting("VND", VIETNAM)))

    assert [piece.count("\r\n") for piece in pieces] == [501, 500, 200]


def test_every_column_says_what_it_means() -> None:
    assert len({column.key for column in COLUMNS}) == len(COLUMNS) == 11
    assert all(column.meaning.vi and column.meaning.en for column in COLUMNS)


@pytest.mark.django_db
def test_taking_the_list_away_is_written_down_without_the_words_searched() -> None:
    for key, name in ((1, "Chị Hoa"), (2, "Anh Nam")):
        person = Profile.objects.create(
            id=key,
            name=name,
            search=["chi hoa", "anh nam"][key - 1],
            is_known=True,
            first_seen=NOON,
            last_seen=NOON,
        )
        make_findable(person)

    pieces = export_customers(
        actor="lan@shop.vn", at=NOON, currency="VND", timezone=VIETNAM, search="hoa"
    )

    assert "Chị Hoa" in (text := "".join(pieces))
    assert "Anh Nam" not in text
    (entry,) = list_audit(10)
    assert (entry.actor, entry.action, entry.at) == ("lan@shop.vn", "customers.export", NOON)
    assert entry.detail == {"rows": 1, "who": "known", "searched": True}
