"""Every example in a docstring says what the code does."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from tests.needs import ROOT


def modules_with_examples() -> list[str]:
    """Dotted names of our modules with an example in them."""
    return [
        _dotted(file.relative_to(root))
        for root in (ROOT / "src", ROOT)
        for folder in ("khachquen", "scripts", "tests")
        for file in sorted((root / folder).rglob("*.py"))
        if ">>> " in file.read_text(encoding="utf-8") and file.name != Path(__file__).name
    ]


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_hold(name: str) -> None:
    result = doctest.testmod(import_module(name), report=True)
    assert result.attempted > 0
    assert result.failed == 0, f"{name}: {result.failed} examples fail (see captured output)"
