"""The same people typed again and again."""

from collections import Counter
from itertools import islice

from khachquen.demo import DIRTY_COLUMNS, DIRTY_TRUTH, dirty_customers


def test_the_same_seed_gives_the_same_rows_and_as_many_as_asked() -> None:
    rows = list(dirty_customers(12_000, seed=7))

    assert rows == list(dirty_customers(12_000, seed=7))
    assert len(rows) == 12_000
    assert rows[:100] != list(islice(dirty_customers(12_000, seed=8), 100))
    assert {tuple(row) for row in rows} == {DIRTY_COLUMNS}


def test_half_as_many_people_none_with_more_than_five_rows() -> None:
    rows = list(dirty_customers(10_000, seed=7))
    times = Counter(row[DIRTY_TRUTH] for row in rows)

    assert 4_500 < len(times) < 5_600
    assert max(times.values()) == 5
    assert len({row["Mã"] for row in rows}) == 10_000


def test_it_is_dirty_and_reaches_nobody() -> None:
    rows = list(dirty_customers(5_000, seed=7))
    missing = {name: sum(not row[name] for row in rows) / 5_000 for name in DIRTY_COLUMNS}

    assert 0.1 < missing["Điện thoại"] < 0.15
    assert 0.35 < missing["E-mail"] < 0.5
    assert missing["Họ và tên"] == 0
    hosts = {row["E-mail"].partition("@")[2] for row in rows} - {""}
    assert hosts == {"hopthu.example", "thu.example", "example.com", "example.net"}
