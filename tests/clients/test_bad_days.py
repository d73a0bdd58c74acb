"""An overloaded server, a lost answer, too much at once: each client does as it should."""

from collections.abc import Sequence

import pytest

from tests.clients.published import CROWDED, MIXED, TOO_LARGE, UNLUCKY, Client
from tests.clients.speaking import Spoken
from tests.clients.test_what_is_stored import PLAIN, both

Heard = dict[str, Spoken]


def names(clients: Sequence[Client]) -> list[str]:
    return [client.name for client in clients]


@pytest.mark.parametrize("name", names(UNLUCKY))
def test_what_was_left_without_an_answer_comes_again_and_counts_once(
    spoken: Heard, name: str
) -> None:
    heard = spoken[name]

    first, *later = (request.status for request in heard.relay.told if request.method == "POST")
    assert (first, set(later)) == (0, {200})
    assert [error for error in heard.complaints if "exit" in error] == []
    for stored, row in both(heard):
        assert [stored[column] for column in PLAIN] == [getattr(row, column) for column in PLAIN]
    assert heard.refused
    assert {row["outcome"] for row in heard.refused} == {"duplicate"}
    sent_twice = {row["message_id"] for row in heard.refused}
    assert sent_twice <= {row["message_id"] for row in heard.rows}


@pytest.mark.parametrize("name", names(CROWDED))
def test_what_was_too_much_at_once_is_delivered_later_and_once(spoken: Heard, name: str) -> None:
    heard = spoken[name]

    statuses = [request.status for request in heard.relay.told]
    assert set(statuses) == {429, 200}
    assert statuses[-1] == 200
    assert [error for error in heard.complaints if "exit" in error] == []
    assert heard.refused == []  # turned away before anything was kept, so nothing came twice
    for stored, row in both(heard):
        assert [stored[column] for column in PLAIN] == [getattr(row, column) for column in PLAIN]
    assert len({row["message_id"] for row in heard.rows}) == 12


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
