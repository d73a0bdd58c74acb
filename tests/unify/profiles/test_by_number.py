"""However many people there are, some hundred of them by number cost as much."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from khachquen.unify import quality
from khachquen.unify.mirror import hold_mirror, read_people
from khachquen.unify.mirror.rows import people_after
from khachquen.unify.models import Profile
from khachquen.unify.profiles.choosing import rows_of
from khachquen.unify.quality.loading import people_by_id
from khachquen.unify.traits import load_registry

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOA, NAM, HOA_TOO = 1, 2, 3


@pytest.fixture(autouse=True)
def people() -> None:
    """Chị Hoa came twice, and is one."""
    seen = {"first_seen": NOW, "last_seen": NOW, "is_known": True}
    Profile.objects.create(id=HOA, name="Hoa", **seen)
    Profile.objects.create(id=NAM, name="Nam", **seen)
    Profile.objects.create(id=HOA_TOO, name="Hoa", merged_into=HOA, **seen)


def wide_rows(numbers: Sequence[int]) -> list[int]:
    mirror = hold_mirror(load_registry(), "VND")
    return list(read_people(numbers, mirror, now=NOW, only=()))


ASKED: list[Callable[[Sequence[int]], list[int]]] = [
    wide_rows,
    lambda numbers: people_after(min(numbers) - 1, 10),
    lambda numbers: [row.id for row in rows_of(numbers)],
    lambda numbers: [one.id for one in people_by_id(numbers)],
    lambda numbers: [one.id for one in quality.loading.people_after(min(numbers) - 1, 10)],
]


@pytest.mark.parametrize("ask", ASKED)
def test_who_became_part_of_another_is_left_out_without_walking_everybody(
    ask: Callable[[Sequence[int]], list[int]],
) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert ask([HOA, NAM, HOA_TOO]) == [HOA, NAM]
    people = [one["sql"] for one in asked if 'FROM "unify_profile"' in one["sql"]]
    assert people
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for sql in people:
                plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall())
                assert "USING INDEX sqlite_autoindex_unify_profile_1 (id" in plan, plan
