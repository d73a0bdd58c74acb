"""A question sees people as they are today, whatever they were when the events were told."""

from pathlib import Path

import pytest

from khachquen.unify.models import Node
from tests.clock import FrozenClock
from tests.flows.line import Line, order, page

pytestmark = pytest.mark.django_db

BUYERS = "SELECT count(DISTINCT profile_id) FROM events WHERE order_number IS NOT NULL"


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


def _map_is_followed(line: Line) -> bool:
    today = dict(Node.objects.values_list("id", "profile_id"))
    told = line.ask("SELECT DISTINCT node_id, profile_id FROM events WHERE node_id IS NOT NULL")
    return len(told) == len(dict(told)) and all(today[node] == who for node, who in told)


def test_chi_hoa_of_the_phone_and_of_the_till_become_one_buyer(line: Line) -> None:
    line.till(order("W-1", 100_000, messageId="m-1", userId="hoa"))
    line.till(order("T-1", 200_000, messageId="m-2", context={"traits": {"phone": "0912345678"}}))
    line.take_in()
    assert line.ask(BUYERS) == [(2,)]

    line.till(
        {
            "type": "identify",
            "messageId": "m-3",
            "userId": "hoa",
            "traits": {"phone": "+84 912 345 678"},
        }
    )
    line.take_in()

    assert line.ask(BUYERS) == [(1,)]
    assert line.ask("SELECT node_id, profile_id FROM moves") == [(2, 1)]
    assert _map_is_followed(line)


def test_a_chain_of_merges_is_followed_to_its_end(line: Line) -> None:
    for name in ("a", "b", "c", "d"):
        line.website(page(f"device-{name}", messageId=f"page-{name}"))
        line.take_in()
    for before, after in (("d", "c"), ("c", "b"), ("b", "a")):
        line.clock.advance(minutes=1)
        line.website(
            {
                "type": "alias",
                "messageId": f"alias-{before}{after}",
                "anonymousId": f"device-{after}",
                "previousId": f"device-{before}",
            }
        )
        line.take_in()

    assert _map_is_followed(line)
    assert line.ask("SELECT DISTINCT profile_id FROM events") == [(1,)]


def test_without_a_merge_nothing_is_written(line: Line) -> None:
    line.website(page("device-a", messageId="m-1"))
    line.take_in()
    line.clock.advance(minutes=60)
    line.website(page("device-a", messageId="m-2"))
    line.take_in()

    assert line.ask("SELECT count(*) FROM moves") == [(0,)]


@pytest.mark.parametrize(("sender", "people"), [("till", 1), ("website", 2)])
def test_the_shop_may_say_that_an_account_was_replaced_a_browser_may_not(
    line: Line, sender: str, people: int
) -> None:
    for account in ("kh-old", "kh-new"):
        line.till(order(f"W-{account}", 100_000, messageId=f"m-{account}", userId=account))
    alias = {
        "type": "alias",
        "messageId": "m-alias",
        "userId": "kh-new",
        "anonymousId": "a-hoa",
        "previousId": "kh-old",
    }
    getattr(line, sender)(alias)
    line.take_in()

    assert line.ask(BUYERS) == [(people,)]
    assert _map_is_followed(line)
