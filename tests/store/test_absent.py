"""What a value costs on its way to DuckDB: not a search through every folder of Python."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

import duckdb
import pytest

from khachquen.store.absent import Absent, note_absence


class Listener:
    """Hears which modules Python looks through its folders for."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        self.heard.append(name)
        return None


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    """Finders as they were before anything was known to be absent, and one that listens."""
    listener = Listener()
    known = [finder for finder in sys.meta_path if not isinstance(finder, Absent)]
    monkeypatch.setattr(sys, "meta_path", [listener, *known])
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    return listener


def hand_over() -> None:
    with duckdb.connect() as connection:
        asked = "SELECT list_sum($ids), $name"
        answer = connection.execute(asked, {"ids": list(range(1000)), "name": "Hoa"}).fetchall()
    assert answer == [(499_500, "Hoa")]


def test_what_is_absent_is_looked_for_once(listener: Listener) -> None:
    note_absence("pandas_of_nobody")
    with pytest.raises(ModuleNotFoundError, match="No module named 'pandas_of_nobody'"):
        __import__("pandas_of_nobody")

    assert listener.heard.count("pandas_of_nobody") == 1


def test_what_is_there_is_found_as_before(listener: Listener) -> None:
    before = list(sys.meta_path)
    note_absence("duckdb")
    note_absence("wave")

    assert sys.meta_path == before


def test_a_list_of_ids_is_handed_over_without_a_search_for_each(listener: Listener) -> None:
    note_absence("pandas")
    heard = listener.heard.count("pandas")

    hand_over()

    assert (heard, listener.heard.count("pandas")) == (1, 1)


def test_the_product_has_written_it_down() -> None:
    import khachquen.store  # noqa: F401

    assert "pandas" in [f.library for f in sys.meta_path if isinstance(f, Absent)]
