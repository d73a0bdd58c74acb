"""``khachquen bench``: figures beside baselines, on an installation of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from khachquen.cli import cli
from tests.served import environment_of

KEYS = ["name", "work", "value", "unit", "baseline", "baseline_name", "ratio", "better"]


def test_ingest_prints_figures_of_a_run_that_lost_nothing(tmp_path: Path) -> None:
    """With a database in the environment, as here, which a measurement must never touch."""
    sizes = "--rate 300 --seconds 2 --visitors 20 --single-rate 300 --single-seconds 1"
    command = ["bench", "ingest", *sizes.split(), "--json"]
    env = environment_of({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"})
    done = subprocess.run(
        [sys.executable, "-m", "khachquen", *command],
        cwd=tmp_path,
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr

    figures: list[dict[str, Any]] = json.loads(done.stdout)

    assert [list(figure) for figure in figures] == [KEYS] * len(figures)
    by_name = {figure["name"]: figure for figure in figures}
    assert set(by_name) == {
        "ingest.throughput",
        "ingest.ack_p50",
        "ingest.ack_p99",
        "ingest.lag",
        "ingest.missing",
        "ingest.to_profile_p95",
        "ingest.single_throughput",
        "ingest.single_p50",
        "ingest.single_p99",
        "ingest.single_cpu",
        "ingest.single_refused",
        "ingest.single_missing",
        "serve.ready",
        "serve.idle_memory",
        "serve.busy_memory",
    }
    for figure in figures:
        assert figure["better"] in {"higher", "lower"}
        assert figure["unit"]
        assert figure["work"]
        if figure["baseline"]:
            ratio = figure["value"] / figure["baseline"]
            assert figure["ratio"] == pytest.approx(ratio, rel=0.01, abs=0.001)
    assert by_name["ingest.missing"]["value"] == 0
    assert by_name["ingest.single_missing"]["value"] == 0
    assert by_name["ingest.throughput"]["value"] > 0
    assert list(tmp_path.iterdir()) == []
    assert "600 events acknowledged" in done.stderr


def test_identity_prints_figures_beside_plain_splink() -> None:
    command = ["bench", "identity", "--records", "2000", "--json"]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0, result.output

    by_name = {figure["name"]: figure for figure in json.loads(result.stdout)}

    assert {tuple(figure) for figure in by_name.values()} == {tuple(KEYS)}
    assert set(by_name) == {
        f"identity.{name}"
        for name in (
            "seconds processor memory online_p50 online_p95"
            " cluster_f1 cluster_precision cluster_recall"
            " f1_beside_exact blocking_recall largest_cluster"
        ).split()
    }
    f1 = by_name["identity.cluster_f1"]
    assert (f1["better"], f1["baseline_name"]) == (
        "higher",
        "plain Splink on the same normalised rows",
    )
    assert f1["value"] > 0.97
    assert f1["baseline"] > 0.9


def test_send_prints_figures_of_letters_that_all_arrived(tmp_path: Path) -> None:
    sizes = "--letters 300 --connections 2 --processes 1"
    env = environment_of({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"})
    done = subprocess.run(
        [sys.executable, "-m", "khachquen", "bench", "send", *sizes.split(), "--json"],
        cwd=tmp_path,
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    figures = {figure["name"]: figure for figure in json.loads(done.stdout)}
    names = {"send.throughput", "send.cpu", "send.missing", "send.memory_growth"}
    assert set(figures) == names
    assert figures["send.missing"]["value"] == 0
    assert figures["send.throughput"]["value"] > 0
