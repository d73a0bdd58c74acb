"""What was promised of the public sets and of five thousand Vietnamese customers."""

from pathlib import Path
from typing import Any

import pytest

from khachquen.flows.evaluate_identity import evaluate_identity, read_rows


def measure(path: Path, truth: str, **options: Any) -> dict[str, Any]:
    found = evaluate_identity(path, truth=truth, **options)
    assert found["largest_cluster"] <= 100
    return found


def with_truth(folder: Path, *paths: Path) -> Path:
    """The files under one another; ``rec-7-org`` and ``rec-7-dup-0`` are person ``rec-7``."""
    joined = folder / "joined.csv"
    with joined.open("w", encoding="utf-8") as out:
        for number, path in enumerate(paths):
            for row in read_rows(path):
                if out.tell() == 0:
                    out.write(",".join(["person", "list", *row]) + "\n")
                person = "-".join(row["rec_id"].split("-")[:2])
                out.write(",".join([person, str(number), *row.values()]) + "\n")
    return joined


@pytest.mark.shared_data("vn_customers")
def test_vietnamese_customers(shared_data: Path) -> None:
    found = measure(shared_data / "vn_customers" / "vn_customers_5k.csv", "cluster")

    assert (found["rows"], found["true_pairs"]) == (10_109, 8_175)
    assert found["clusters"]["f1"] >= 0.985
    assert found["clusters"]["precision"] >= 0.975
    assert found["blocking_recall"] >= 0.986
    assert found["baseline"]["f1"] == pytest.approx(0.888, abs=0.005)


@pytest.mark.shared_data("er_splink_fake1000")
def test_fake_1000(shared_data: Path) -> None:
    found = measure(shared_data / "er_splink_fake1000" / "fake_1000.csv", "cluster")

    assert (found["rows"], found["true_pairs"]) == (1_000, 2_031)
    assert found["clusters"]["f1"] >= 0.93


@pytest.mark.shared_data("er_febrl")
@pytest.mark.parametrize(("number", "pairs"), [(1, 500), (2, 1_934), (3, 6_538)])
def test_febrl(shared_data: Path, tmp_path: Path, number: int, pairs: int) -> None:
    path = with_truth(tmp_path, shared_data / "er_febrl" / f"dataset{number}.csv")
    found = measure(path, "person")

    assert found["true_pairs"] == pairs
    assert found["clusters"]["f1"] >= 0.997


@pytest.mark.shared_data("er_febrl")
@pytest.mark.parametrize("source", ["", "list"])
def test_febrl_4_as_one_list_and_as_two(shared_data: Path, tmp_path: Path, source: str) -> None:
    folder = shared_data / "er_febrl"
    path = with_truth(tmp_path, folder / "dataset4a.csv", folder / "dataset4b.csv")
    found = measure(path, "person", source=source)

    assert (found["rows"], found["true_pairs"]) == (10_000, 5_000)
    assert found["clusters"]["f1"] >= 0.998
