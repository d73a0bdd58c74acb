"""What went into a published client is what is stored."""

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.clients.published import CLIENTS
from tests.clients.said import YESTERDAY, Row
from tests.clients.speaking import Spoken

NAMES = [client.name for client in CLIENTS]
PLAIN = ("type", "name", "user_id", "anonymous_id", "previous_id", "group_id")


@pytest.fixture(params=NAMES)
def heard(request: pytest.FixtureRequest, spoken: dict[str, Spoken]) -> Spoken:
    """What became of one client that nothing befell."""
    return spoken[request.param]


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["type"], row["name"] or ""))


def expected_of(heard: Spoken) -> list[Row]:
    return sorted(
        heard.run.client.expected(heard.person), key=lambda row: (row.type, row.name or "")
    )


def test_nobody_complains(heard: Spoken) -> None:
    assert heard.complaints == []
    assert {request.status for request in heard.relay.told} == {200}
    assert heard.refused == []


def test_as_many_events_are_stored_as_calls_were_made(heard: Spoken) -> None:
    stored = [tuple(row[column] for column in PLAIN) for row in in_order(heard.rows)]
    assert stored == [tuple(getattr(row, column) for column in PLAIN) for row in expected_of(heard)]


def test_properties_and_traits_are_what_was_passed(heard: Spoken) -> None:
    for stored, row in zip(in_order(heard.rows), expected_of(heard), strict=True):
        for told, kept in ((row.properties, stored["properties"]), (row.traits, stored["traits"])):
            assert {name: kept.get(name) for name in told} == told
            added = [name for name in kept if name not in told and kept[name] is not None]
            assert [n for n in added if not any(fnmatchcase(n, a) for a in row.adds)] == []


def test_it_happened_when_the_caller_said(heard: Spoken) -> None:
    for stored, row in zip(in_order(heard.rows), expected_of(heard), strict=True):
        if row.is_timed:
            assert abs(stored["at"] - YESTERDAY) < timedelta(seconds=30), row.type
        else:
            assert heard.began_at < stored["at"] <= stored["received_at"], row.type
