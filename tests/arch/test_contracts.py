"""The import contracts hold, and each of them notices what it is there to notice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import ROOT

LAYERS = "Layers: a later step may know an earlier one, never the reverse"
PURITY = "Purity: rooms that compute know no framework, no database, no network"
LINT = "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())"


def lint(source: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-cache", "--config", str(ROOT / ".importlinter")]
    env = {**os.environ, "PYTHONPATH": str(source), "COLUMNS": "200"}
    return subprocess.run(command, cwd=source, env=env, check=False, capture_output=True, text=True)


def plant(tmp_path: Path, module: str, line: str) -> Path:
    """A copy of the package in which one module has one line more."""
    source = tmp_path / "src"
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("static", "__pycache__"))
    file = source / "khachquen" / module
    file.parent.mkdir(parents=True, exist_ok=True)
    (file.parent / "__init__.py").touch()
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(f"{before}\n{line}\n", encoding="utf-8")
    return source


def test_every_contract_is_kept() -> None:
    result = lint(ROOT / "src")
    assert result.returncode == 0, result.stdout
    assert f"{LAYERS} KEPT" in result.stdout
    assert f"{PURITY} KEPT" in result.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken", "named"),
    [
        ("base/planted.py", "import khachquen.govern", LAYERS, "khachquen.base.planted"),
        ("store/planted.py", "import khachquen.unify", LAYERS, "khachquen.store.planted"),
        ("receive/planted.py", "import khachquen.web", LAYERS, "khachquen.receive.planted"),
        ("flows/planted.py", "import khachquen.serve", LAYERS, "khachquen.flows.planted"),
        ("drawer/planted.py", "import khachquen.base", LAYERS, "khachquen.drawer"),
        ("understand/metrics/planted.py", "import django.db", PURITY, "metrics.planted"),
        ("understand/query/planted.py", "import duckdb", PURITY, "query.planted"),
        ("unify/normalise/planted.py", "import sqlite3", PURITY, "normalise.planted"),
        (
            "collect/protocols/planted.py",
            "from khachquen.collect import models",
            PURITY,
            "khachquen.collect.protocols.planted -> khachquen.collect.models",
        ),
    ],
)
def test_a_planted_violation_is_found(
    tmp_path: Path, module: str, line: str, broken: str, named: str
) -> None:
    result = lint(plant(tmp_path, module, line))
    assert result.returncode == 1, result.stdout
    assert f"{broken} BROKEN" in result.stdout
    assert named in result.stdout
