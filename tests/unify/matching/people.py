"""A small shop's customer list, and who its rows are found to be."""

from collections.abc import Sequence
from itertools import islice

from khachquen.demo import DIRTY_COLUMNS, DIRTY_TRUTH, dirty_customers
from khachquen.unify.matching import Matches, Settings, guess_columns, match

HEADINGS = ("Họ tên", "SĐT", "Email", "Ngày sinh", "Địa chỉ", "Phường xã", "CCCD")
Rows = list[dict[str, str]]


def as_rows(*people: Sequence[str]) -> Rows:
    """Cells in the order of the headings; missing ones are empty."""
    return [dict(zip(HEADINGS, [*cells, *[""] * 7], strict=False)) for cells in people]


def find_people(*people: Sequence[str], settings: Settings | None = None) -> Matches:
    """Match a list; the caller closes it."""
    return match(as_rows(*people), guess_columns(HEADINGS), settings)


def clusters_of(*people: Sequence[str]) -> list[int]:
    """For each row the number of the first row of its person."""
    with find_people(*people) as matches:
        return matches.clusters


def dirty(count: int, *, seed: int = 23) -> tuple[Rows, list[str]]:
    """Dirty rows without the truth, and the truth."""
    rows = list(islice(dirty_customers(count, seed=seed), count))
    return rows, [row.pop(DIRTY_TRUTH) for row in rows]


def match_dirty(
    rows: Rows, settings: Settings | None = None, *, lessons: Rows | None = None
) -> Matches:
    """Match what ``dirty`` gave."""
    columns = guess_columns(DIRTY_COLUMNS, without=[DIRTY_TRUTH])
    return match(rows, columns, settings, lessons=lessons)
