"""``khachquen identity evaluate``: no installation is needed, and nothing is kept."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from khachquen.cli import cli
from tests.collect.importing.books import excel

LIST = """Họ tên;Liên lạc;Ai
Nguyễn Thị Hoa;0912 345 678;1
NGUYEN THI HOA;+84912345678;1
Chị Hoa;0912.345.678;1
Trần Văn Nam;0987654321;2
Nguyễn Văn Nam;0905123456;3
"""


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    file = tmp_path / "khach.csv"
    file.write_text(LIST, encoding="utf-8-sig")
    return file


def ask(*words: str | Path, code: int = 0) -> Any:
    result = CliRunner().invoke(cli, ["identity", "evaluate", *map(str, words), "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_it_prints_every_figure(customers: Path) -> None:
    found = ask(customers, "--truth", "Ai")

    perfect = {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert {name: found[name] for name in ("rows", "records", "true_pairs")} == {
        "rows": 5,
        "records": 4,
        "true_pairs": 3,
    }
    assert found["columns"] == {"full_name": ["Họ tên"], "phone": ["Liên lạc"]}
    assert found["blocking_recall"] == 1.0
    assert found["pairwise"] == found["clusters"] == found["baseline"] == perfect
    assert found["largest_cluster"] == 3
    assert found["seconds"] > 0
    assert found["peak_memory_mb"] > 10


def test_it_says_the_same_to_a_reader(customers: Path) -> None:
    result = CliRunner().invoke(cli, ["identity", "evaluate", str(customers), "--truth", "Ai"])

    assert result.exit_code == 0
    assert "clusters           precision 1.0, recall 1.0, f1 1.0\n" in result.stdout
    assert "columns            full_name Họ tên, phone Liên lạc\n" in result.stdout


def test_a_workbook_says_the_same_as_the_text_it_was(customers: Path, tmp_path: Path) -> None:
    rows = [line.split(";") for line in LIST.splitlines()]
    file = excel(tmp_path / "khach.xlsx", Bia=[("Danh sách 2026",)], Khach=rows)

    found, plain = ask(file, "--truth", "Ai", "--sheet", "Khach"), ask(customers, "--truth", "Ai")

    same = ("rows", "records", "true_pairs", "columns", "pairwise", "clusters", "unread_rows")
    assert {name: found[name] for name in same} == {name: plain[name] for name in same}
    wrong = ask(file, "--truth", "Ai", "--sheet", "Khac", code=1)
    assert wrong["error"]["code"] == "import.unknown_sheet"
    assert wrong["error"]["hint"] == "Did you mean Khach?"


def test_a_mapping_is_followed(customers: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"phone": "Liên lạc"}', encoding="utf-8")

    assert ask(customers, "--truth", "Ai", "--mapping", mapping)["columns"] == {
        "phone": ["Liên lạc"]
    }


def test_what_cannot_be_read_is_said(customers: Path, tmp_path: Path) -> None:
    workbook, empty = tmp_path / "khach.xlsx", tmp_path / "empty.csv"
    workbook.write_bytes(b"PK\x03\x04 a workbook")
    empty.write_text("Họ tên,Ai\n", encoding="utf-8")
    mapping = tmp_path / "mapping.json"
    mapping.write_text("{", encoding="utf-8")

    errors = [
        ask(customers, "--truth", "Người", code=1),
        ask(customers, "--truth", "Ai", "--link", "Shop", code=1),
        ask(customers, "--truth", "Ai", "--mapping", mapping, code=1),
        ask(workbook, "--truth", "Ai", code=1),
        ask(empty, "--truth", "Ai", code=1),
    ]

    assert [error["error"]["code"] for error in errors] == [
        "identity.no_column",
        "identity.no_column",
        "matching.mapping",
        "import.wrong_format",
        "identity.no_rows",
    ]
    assert errors[3]["error"]["hint"] == "Save it as Excel (.xlsx) or CSV UTF-8 and import that."
    assert errors[0]["error"]["message"] == "The file has no column 'Người'."
    assert errors[0]["error"]["hint"] == "Columns: Họ tên, Liên lạc, Ai"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1258"])
def test_a_file_is_read_in_the_encoding_it_came_in(
    customers: Path, tmp_path: Path, encoding: str
) -> None:
    text = unicodedata.normalize("NFC", customers.read_text(encoding="utf-8"))
    told = text
    if encoding == "windows-1258":  # which has marks of tones as letters of their own
        told = unicodedata.normalize("NFD", told)
        told = re.sub("([aAeEoOuU])([\u0302\u0306\u031b])", _composed, told)
    file = tmp_path / "khach.csv"
    file.write_bytes(told.encode(encoding, "replace"))

    found, plain = ask(file, "--truth", "Ai"), ask(customers, "--truth", "Ai")

    assert found["unread_rows"] == []
    for figure in ("rows", "true_pairs", "columns", "clusters"):
        assert found[figure] == plain[figure]


def _composed(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", found.group())
