"""An overloaded server, a lost answer, too much at once: each client does as it should."""

import pytest

from tests.clients.published import MIXED, TOO_LARGE, UNLUCKY
from tests.clients.speaking import Spoken
from tests.clients.test_what_is_stored import PLAIN, both

Heard = dict[str, Spoken]


@pytest.mark.parametrize("name", [client.name for client in UNLUCKY])
def test_what_was_refused_or_left_unanswered_comes_again_and_counts_once(
    spoken: Heard, name: str
) -> None:
    heard = spoken[name]

    statuses = [request.status for request in heard.relay.told]
    told = {"refuse": 429, "lose": 0}
    assert statuses[: len(heard.client.faults)] == [told[fault] for fault in heard.client.faults]
    assert set(statuses[len(heard.client.faults) :]) == {200}
    assert [error for error in heard.complaints if "exit" in error] == []
    for stored, row in both(heard):
        assert [stored[column] for column in PLAIN] == [getattr(row, column) for column in PLAIN]
    assert heard.refused
    assert {row["outcome"] for row in heard.refused} == {"duplicate"}
    sent_twice = {row["message_id"] for row in heard.refused}
    assert sent_twice <= {row["message_id"] for row in heard.rows}


def test_a_batch_too_large_is_sent_exactly_once(spoken: Heard) -> None:
    heard = spoken[TOO_LARGE.name]
    assert [request.status for request in heard.relay.told] == [413]
    assert heard.complaints != []  # its caller hears of it, and its log says it
    assert all("collect.too_large" in said for said in heard.complaints)
    assert (heard.rows, heard.refused) == ([], [])


def test_bad_messages_cost_neither_the_good_ones_nor_the_process(spoken: Heard) -> None:
    heard = spoken[MIXED.name]
    assert heard.complaints == []  # not even "exit 1": this library ends its process at any 4xx
    assert {request.status for request in heard.relay.told} == {200}
    assert [row["name"] for row in heard.rows] == ["Xem 1", "Xem 2", "Xem 3", "Xem 4"]
    assert sorted(row["reason"] for row in heard.refused) == ["id_too_long", "too_large"]
    assert {row["outcome"] for row in heard.refused} == {"quarantined"}
