"""What went into a published client is what is stored."""

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.clients.published import CLIENTS
from tests.clients.said import YESTERDAY, Row
from tests.clients.speaking import Spoken

PLAIN = ("type", "name", "user_id", "anonymous_id", "previous_id", "group_id")


@pytest.fixture(params=[client.name for client in CLIENTS])
def heard(request: pytest.FixtureRequest, spoken: dict[str, Spoken]) -> Spoken:
    """What became of one client that nothing befell."""
    return spoken[request.param]


def both(heard: Spoken) -> list[tuple[dict[str, Any], Row]]:
    """What is stored beside what must be."""
    expected = sorted(heard.client.expected(heard.person), key=lambda r: (r.type, r.name or ""))
    stored = sorted(heard.rows, key=lambda row: (row["type"], row["name"] or ""))
    return list(zip(stored, expected, strict=True))


def test_nobody_complains(heard: Spoken) -> None:
    assert heard.complaints == []
    assert {request.status for request in heard.relay.told} == {200}
    assert heard.refused == []


def test_each_call_is_one_event_with_its_ids(heard: Spoken) -> None:
    for stored, row in both(heard):
        assert [stored[name] for name in PLAIN] == [getattr(row, name) for name in PLAIN]
    sent = {message.decode() for message in heard.relay.said()}
    assert {row["message_id"] for row in heard.rows} == sent


def test_properties_and_traits_are_what_was_passed(heard: Spoken) -> None:
    for stored, row in both(heard):
        for told, kept in ((row.properties, stored["properties"]), (row.traits, stored["traits"])):
            assert {name: kept.get(name) for name in told} == told
            added = [name for name in kept if name not in told and kept[name] is not None]
            assert [n for n in added if not any(fnmatchcase(n, a) for a in row.adds)] == []


def test_it_happened_when_the_caller_said(heard: Spoken) -> None:
    for stored, row in both(heard):
        if row.is_timed:
            assert abs(stored["at"] - YESTERDAY) < timedelta(seconds=30), row.type
        else:
            assert heard.began_at < stored["at"] <= stored["received_at"], row.type


def test_all_of_it_is_one_person_who_is_known_by_what_was_told(heard: Spoken) -> None:
    hoa = heard.person
    of_hoa = [row for row in heard.rows if (row["user_id"] or hoa.user) == hoa.user]
    assert heard.profile is not None
    assert {row["profile_id"] for row in of_hoa if row["node_id"]} == {heard.profile["id"]}
    if any(row["type"] == "identify" for row in heard.rows):
        assert {name: heard.profile.get(name) for name in hoa.traits} == hoa.traits
