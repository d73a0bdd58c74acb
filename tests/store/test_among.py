"""One of many values, asked for as one value."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from khachquen.govern.consent.models import ConsentEntry, Subject
from khachquen.store import among

pytestmark = pytest.mark.django_db

HOA, NAM, LAN = "email:hoa@gom-moc.example", "phone:+84912345678", "user:KH'7\"; DROP"


def named(*keys: str) -> list[str]:
    found = Subject.objects.filter(key__among=keys).order_by("pk")
    return list(found.values_list("key", flat=True))


def test_whoever_is_among_them_is_found_and_nobody_else() -> None:
    assert among.Among.lookup_name == "among"
    people = Subject.objects.bulk_create([Subject(key=key) for key in (HOA, NAM, LAN)])

    assert named(HOA, LAN, "email:khong-co@gom-moc.example") == [HOA, LAN]
    assert named(HOA, HOA) == [HOA]
    assert named() == []
    numbers = {people[1].pk, 10**15}
    assert [one.key for one in Subject.objects.filter(pk__among=numbers)] == [NAM]
    assert [one.key for one in Subject.objects.exclude(pk__among=numbers)] == [HOA, LAN]
    assert not ConsentEntry.objects.filter(subject__key__among=[HOA]).exists()


def test_a_thousand_values_are_one_question_that_goes_by_the_index() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert named(*(f"email:khach-{number}@gom-moc.example" for number in range(1_000))) == []

    assert len(asked) == 1
    if connection.vendor == "sqlite":
        plan = Subject.objects.filter(key__among=[HOA, NAM]).explain()
        assert "SEARCH consent_subject USING" in plan
