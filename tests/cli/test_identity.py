"""``khachquen identity evaluate``: no installation is needed, and nothing is kept."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from khachquen.cli import cli

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


def test_a_mapping_is_followed(customers: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"phone": "Liên lạc"}', encoding="utf-8")

    assert ask(customers, "--truth", "Ai", "--mapping", mapping)["columns"] == {
        "phone": ["Liên lạc"]
    }


def test_what_cannot_be_read_is_said(customers: Path, tmp_path: Path) -> None:
    broken, empty = tmp_path / "broken.csv", tmp_path / "empty.csv"
    broken.write_bytes("Họ tên,Ai\nNguyễn,1\n".encode("utf-16"))
    empty.write_text("Họ tên,Ai\n", encoding="utf-8")
    mapping = tmp_path / "mapping.json"
    mapping.write_text("{", encoding="utf-8")

    errors = [
        ask(customers, "--truth", "Người", code=1),
        ask(customers, "--truth", "Ai", "--link", "Shop", code=1),
        ask(customers, "--truth", "Ai", "--mapping", mapping, code=1),
        ask(broken, "--truth", "Ai", code=1),
        ask(empty, "--truth", "Ai", code=1),
    ]

    assert [error["error"]["code"] for error in errors] == [
        "identity.no_column",
        "identity.no_column",
        "matching.mapping",
        "identity.not_csv",
        "identity.no_rows",
    ]
    assert errors[0]["error"]["message"] == "The file has no column 'Người'."
    assert errors[0]["error"]["hint"] == "Columns: Họ tên, Liên lạc, Ai"
