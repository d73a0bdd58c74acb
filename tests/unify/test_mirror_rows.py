"""People as wide rows, whole or only as far as somebody asks."""

from datetime import UTC, datetime

import pytest

from khachquen.unify.mirror import hold_mirror, read_people
from khachquen.unify.models import Node, Trait
from khachquen.unify.traits import load_registry
from tests.flows.post import add_people, say

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def test_a_row_read_for_a_few_columns_has_them_as_the_whole_row_has() -> None:
    people = add_people("Nguyễn Thị Hoa", "Trần Văn Nam", at=NOW)
    say("email:khach-2@example.vn", says="withdrawn", at=NOW)
    for node in Node.objects.all():
        told = {"name": "occupation", "value": '"giáo viên"', "at": NOW, "source_id": 0}
        Trait.objects.create(node_id=node.id, **told)
    mirror = hold_mirror(load_registry(), "VND")
    whole = read_people(people, mirror, now=NOW)
    assert whole[1]["may_send"][0] == "ads/email"
    few = read_people(people, mirror, now=NOW, only={"name", "orders"})
    for person, row in few.items():
        assert "may_send" not in row
        assert {key: whole[person][key] for key in row} == row
        assert row["trait:occupation"] == "giáo viên"
    assert read_people(people, mirror, now=NOW, only={"consents"}) == whole
