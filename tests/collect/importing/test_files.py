"""Files in every dress shops send them in, and files that are no tables at all."""

import csv
from pathlib import Path
from unicodedata import normalize

import duckdb
import pytest

from khachquen.base import InputError
from khachquen.collect.importing import duck, open_import
from tests.collect.importing.told import open_here, told_by, write

LIST = "Mã khách hàng,Tên khách hàng,Điện thoại\nKH01,Nguyễn Thị Hoà,0912345678\n"


def _only(path: Path) -> dict[str, object]:
    [message], _ = told_by(path, "customers")
    return {"userId": message["userId"], **message["traits"]}


HOA = {"userId": "KH01", "name": "Nguyễn Thị Hoà", "phone": "0912345678"}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"]
)
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    text = _for_1258(LIST) if encoding == "cp1258" else LIST

    assert _only(write(tmp_path, text, encoding=encoding)) == HOA


def _for_1258(text: str) -> str:
    """Windows-1258 has letters with marks but keeps most tones beside them."""
    written = ""
    for letter in text:
        parts = normalize("NFD", letter)
        tone = [c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323"]
        rest = normalize("NFC", "".join(c for c in parts if c not in tone))
        written += rest + "".join(tone)
    return written


def test_a_file_from_a_mac_is_in_the_same_letters(tmp_path: Path) -> None:
    assert _only(write(tmp_path, normalize("NFD", LIST))) == HOA


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "tep.csv"
    path.write_text(LIST.replace(",", delimiter), encoding="utf-8")

    assert _only(path) == HOA


def test_excels_word_about_the_delimiter_and_titles_above_the_header_are_no_rows(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, "sep=;\nDANH SÁCH KHÁCH HÀNG\nNgày 20/10\n" + LIST.replace(",", ";"))

    messages, summary = told_by(path, "customers")

    assert [m["userId"] for m in messages] == ["KH01"]
    assert summary.rows == 1


def test_invisible_characters_and_nul_do_not_reach_the_values(tmp_path: Path) -> None:
    path = write(tmp_path, LIST.replace("KH01", "\u200bKH\x0001\ufeff").replace("Thị", "\xa0Thị "))

    assert _only(path) == HOA


def test_a_letter_the_encoding_lacks_refuses_its_row_only(tmp_path: Path) -> None:
    path = tmp_path / "tep.csv"
    path.write_bytes(LIST.encode() * 1 + b"KH02,H\xffng,0987654321\n")

    messages, summary = told_by(path, "customers", {"encoding": "utf-8"})

    assert [m["userId"] for m in messages] == ["KH01"]
    assert [(p.row, p.column, p.code) for p in summary.problems] == [
        (3, "Tên khách hàng", "bad_bytes")
    ]


def test_a_quote_that_never_closes_costs_no_more_than_it_swallows(tmp_path: Path) -> None:
    rows = "".join(f"KH{n},Khách số {n},09{n:08}\n" for n in range(20_000))
    path = tmp_path / "tep.csv"
    path.write_text(f'{LIST}KH_,"chưa khép,0\n{rows}', encoding="utf-8")

    messages, summary = told_by(path, "customers")

    assert messages[0]["userId"] == "KH01"
    assert messages[-1]["userId"] == "KH19999"
    assert summary.problems_by_code == {"broken_quotes": 1}
    assert len(messages) > 10_000


@pytest.mark.parametrize(
    ("start", "code", "words"),
    [
        (b"PK\x03\x04zip", "import.wrong_format", "a ZIP, not an Excel"),
        (b"\xd0\xcf\x11\xe0ole", "import.wrong_format", "an old Office, not an Excel"),
        (b"\x1f\x8bgz", "import.wrong_format", "a gzip"),
        (b"PAR1nonsense", "import.cannot_read", "broken"),
        (b"", "import.empty_file", "empty"),
        (b"\n\n\n", "import.no_header", "header"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, start: bytes, code: str, words: str) -> None:
    path = tmp_path / "tep"
    path.write_bytes(start)

    with pytest.raises(InputError) as caught:
        open_here(path, "customers")

    assert caught.value.code == code
    assert words in caught.value.message.en


def test_a_missing_file_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_here(tmp_path / "khong-co.csv", "customers")

    assert caught.value.code == "import.cannot_open"
    assert caught.value.path == "khong-co.csv"


def test_parquet_is_read_by_its_types(tmp_path: Path) -> None:
    path = tmp_path / "don [2026]*.parquet"
    duckdb.sql(
        "SELECT 'HD1' AS InvoiceNo, TIMESTAMPTZ '2026-10-20 07:05:00+00' AS InvoiceDate,"
        " 2.0::DOUBLE AS Quantity, 1.250::DOUBLE AS UnitPrice, 17850.0::DOUBLE AS CustomerID"
    ).write_parquet(str(tmp_path / "a.parquet"))
    (tmp_path / "a.parquet").rename(path)

    [message], _ = told_by(path, "orders", {"currency": "USD"})

    assert message["timestamp"] == "2026-10-20T07:05:00+00:00"
    assert message["userId"] == "17850"
    assert str(message["properties"]["total"]) == "2.50"


def test_the_reader_of_a_file_can_open_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path, LIST)
    other = write(tmp_path, "bí mật", name="khac.csv")
    connection = duck.open_only(path, tmp_path)

    assert connection.execute("SELECT count(*) FROM read_csv(?)", [str(path)]).fetchone() == (1,)
    for attempt in (
        f"SELECT * FROM read_text('{other}')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        f"COPY (SELECT 1) TO '{tmp_path}/ra.csv'",
        f"ATTACH '{tmp_path}/a.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(attempt).fetchall()
    assert not (tmp_path / "ra.csv").exists()


def test_the_error_file_opens_in_a_spreadsheet_and_runs_nothing(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        Họ tên,SĐT,Ngày sinh
        =HYPERLINK("http://x.vn"),,
         @SUM(1+1),,
        Hoa,0912345678,+84 912 345
        Nam,0987654321,=1+1
        """,
    )
    errors = tmp_path / "loi.csv"

    with open_here(path, "customers") as opened:
        assert len(list(opened.messages())) == 2
        assert opened.save_errors(errors)

    assert errors.read_bytes().startswith(b"\xef\xbb\xbf")
    with errors.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[:5] for row in rows[1:]] == [
        ["2", "", '\'=HYPERLINK("http://x.vn")', "no_identifier", "yes"],
        ["3", "", "'@SUM(1+1)", "no_identifier", "yes"],
        ["4", "Ngày sinh", "+84 912 345", "bad_date", "no"],
        ["5", "Ngày sinh", "'=1+1", "bad_date", "no"],
    ]


def test_what_is_written_beside_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    path = write(tmp_path, "Mã đơn,Ngày,SL,Giá\n1,20/10/2026,1,1000")
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    with open_import(
        path, "orders", timezone="Asia/Ho_Chi_Minh", currency="VND", scratch=scratch
    ) as opened:
        list(opened.messages())
        [folder] = scratch.iterdir()
        assert folder.stat().st_mode & 0o077 == 0
        assert (folder / "rows.csv").exists()
        assert not opened.save_errors(tmp_path / "loi.csv")

    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "loi.csv").exists()
