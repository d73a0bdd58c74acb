"""Zalo, Facebook, cards and devices end to end: as clients send them, and as rules have them."""

from pathlib import Path
from typing import Any

import pytest

from khachquen.unify.models import Node, Profile
from khachquen.unify.profiles import find_profile
from tests.clock import FrozenClock
from tests.flows.line import Line, order, page
from tests.flows.test_deciding import person_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


def external(kind: str, value: str) -> dict[str, Any]:
    return {"id": value, "type": kind, "collection": "users", "encoding": "none"}


def test_chi_hoa_writes_on_zalo_buys_with_her_card_and_opens_the_app(line: Line) -> None:
    hoa = {"zaloUserId": "5511", "zaloOaId": "88", "name": "Nguyễn Thị Hoa"}
    line.till(
        {"type": "identify", "messageId": "m-1", "traits": hoa},
        order(
            "HD-1",
            200_000,
            messageId="m-2",
            context={
                "externalIds": [external("zalo_id", "88/5511"), external("loyalty_card", "TV 01")]
            },
        ),
    )
    line.website(
        page("a-app", messageId="m-3", context={"device": {"id": "4A1F-77"}}),
        {
            "type": "identify",
            "messageId": "m-4",
            "anonymousId": "a-app",
            "traits": {"memberCard": "tv01"},
            "context": {"device": {"id": "4a1f-77"}},
        },
    )
    line.take_in()

    [person] = Profile.objects.filter(merged_into=None)
    assert (person.name, person.is_known, person.orders) == ("Nguyễn Thị Hoa", True, 1)
    assert {*Node.objects.values_list("key", flat=True)} == {
        "zalo:88/5511",
        "card:TV01",
        "device:4a1f-77",
        "anonymous:a-app",
    }
    found = find_profile("card:TV01")
    assert found is not None
    assert found.row.id == person.id


def test_one_number_on_two_official_accounts_is_two_people(line: Line) -> None:
    for oa, phone in (("88", "0912345678"), ("99", "0987654321")):
        told = {"zaloUserId": "5511", "zaloOaId": oa, "phone": phone}
        line.till({"type": "identify", "messageId": f"m-{oa}", "traits": told})
    line.take_in()

    assert person_of("zalo:88/5511") != person_of("zalo:99/5511")


def test_a_tablet_at_the_counter_joins_none_of_those_who_sign_in_on_it(line: Line) -> None:
    for n in range(5):
        line.website(
            {
                "type": "identify",
                "messageId": f"m-{n}",
                "userId": f"kh-{n}",
                "anonymousId": f"a-{n}",
                "context": {"device": {"id": "QUAY-1"}},
            }
        )
    line.take_in()

    assert Node.objects.get(key="device:quay-1").is_shared
    assert len({person_of(f"user:kh-{n}") for n in range(5)}) == 5
