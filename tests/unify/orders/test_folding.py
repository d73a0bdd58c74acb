"""The same orders come out whatever order the news comes in, and as the lake has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from khachquen.base import from_micros, to_micros
from khachquen.store.engine import LakeReader, Question
from khachquen.store.lake.schema import COLUMNS, stored_columns
from khachquen.unify.models import Node, Order, Profile
from khachquen.unify.orders import OrderNews, save_orders, save_totals
from tests.clock import START
from tests.laws import tries
from tests.rows import Row, event_row, write_events

pytestmark = pytest.mark.django_db

TILL = 2
FIELDS = (
    "source_id number node_id placed_at currency total_minor units refunded_minor units_returned"
    " refunded_at cancelled_at"
).split()


def news(event: str, minutes: int = 0, **rest: Any) -> OrderNews:
    told: dict[str, Any] = {
        "source_id": TILL,
        "number": "HD-1",
        "event": f"Order {event}",
        "node_id": 7,
        "at": to_micros(START + timedelta(minutes=minutes)),
        "currency": "VND",
        "total_minor": 0,
        "units": 0,
    }
    return OrderNews(**{**told, **rest})


def stored() -> list[tuple[Any, ...]]:
    return list(Order.objects.order_by("source_id", "number").values_list(*FIELDS))


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of its own, taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_an_order_its_correction_and_its_return() -> None:
    save_orders([news("Completed", total_minor=300, units=3)])
    save_orders([news("Updated", 5, total_minor=250, units=2)])
    save_orders([news("Refunded", 60, total_minor=50, units=1)])
    nodes = save_orders([news("Refunded", 90, total_minor=20, units=1)])

    [order] = Order.objects.all()
    assert (order.total_minor, order.units) == (250, 2)
    assert (order.refunded_minor, order.units_returned) == (70, 2)
    assert (order.placed_at, order.refunded_at) == (START, START + timedelta(minutes=90))
    assert (order.cancelled_at, nodes) == (None, {7})


def test_numbers_of_two_sources_never_mix() -> None:
    save_orders([news("Completed", total_minor=1), news("Completed", total_minor=2, source_id=3)])

    assert list(Order.objects.order_by("source_id").values_list("source_id", "total_minor")) == [
        (2, 1),
        (3, 2),
    ]


def test_an_order_given_to_somebody_else_changes_both_peoples_totals() -> None:
    save_orders([news("Completed", total_minor=100, node_id=7)])

    assert save_orders([news("Updated", 1, total_minor=100, node_id=8)]) == {7, 8}
    assert Order.objects.get().node_id == 8


def test_a_return_of_an_unknown_order_waits_for_it() -> None:
    save_orders([news("Refunded", 60, total_minor=50, node_id=9)])
    [order] = Order.objects.all()
    assert (order.placed_at, order.node_id, order.refunded_minor) == (None, 9, 50)

    save_orders([news("Completed", total_minor=200, node_id=None)])
    [order] = Order.objects.all()
    assert (order.placed_at, order.node_id, order.total_minor) == (START, 9, 200)


SAID = st.builds(
    news,
    st.sampled_from(["Completed", "Updated", "Refunded", "Cancelled"]),
    st.integers(0, 3),
    number=st.sampled_from(["HD-1", "HD-2"]),
    node_id=st.sampled_from([None, 7, 8, 9]),
    currency=st.sampled_from(["VND", "USD"]),
    total_minor=st.integers(-5, 500),
    units=st.integers(0, 3),
)


@settings(
    max_examples=tries(20),
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(SAID, min_size=1, max_size=8), st.data())
def test_any_order_of_arrival_gives_the_orders_of_the_lake(
    tmp_path: Path, said: list[OrderNews], data: st.DataObject
) -> None:
    with undone():
        save_orders(said)
        straight = stored()
    shuffled = data.draw(st.permutations(said))
    cuts = data.draw(st.lists(st.integers(0, len(said)), max_size=3).map(sorted))
    with undone():
        for start, end in zip([0, *cuts], [*cuts, len(said)], strict=True):
            save_orders(shuffled[start:end])
        assert stored() == straight

    assert orders_of_the_lake(tmp_path, shuffled) == straight


def orders_of_the_lake(folder: Path, said: list[OrderNews]) -> list[tuple[Any, ...]]:
    """What the ``orders`` view makes of the same events."""
    rows = [as_row(number, one) for number, one in enumerate(said)]
    files = [segment.path for segment in write_events(folder, rows, label="told")]
    reader = LakeReader(
        folder,
        lambda dataset: files if dataset == "events" else [],
        {dataset: stored_columns(dataset) for dataset in COLUMNS},
        memory_mb=128,
        threads=1,
    )
    sql = f"SELECT {', '.join(FIELDS)} FROM orders ORDER BY source_id, number"
    return [
        tuple(v.replace(tzinfo=UTC) if isinstance(v, datetime) else v for v in row)
        for row in reader.ask(Question("test", sql)).rows
    ]


def as_row(number: int, one: OrderNews) -> Row:
    return event_row(
        number,
        from_micros(one.at),
        source_id=one.source_id,
        trusted=True,
        type="track",
        name=one.event,
        node_id=one.node_id,
        order_number=one.number,
        currency=one.currency,
        total_minor=one.total_minor,
        units=one.units,
    )


def person(key: int, *nodes: int) -> None:
    Profile.objects.create(id=key, first_seen=START, last_seen=START, is_known=True)
    for node in nodes:
        Node.objects.create(
            id=node,
            key=f"user:{node}",
            kind="user",
            profile_id=key,
            first_seen=START,
            last_seen=START,
        )


def test_totals_count_a_persons_orders_over_all_their_identifiers() -> None:
    person(1, 7, 8)
    person(2, 9)
    save_orders(
        [
            news("Completed", total_minor=300),
            news("Completed", 9, number="HD-2", total_minor=200, node_id=8),
            news("Refunded", 20, total_minor=50),
            news("Completed", number="HD-3", total_minor=1000, currency="USD"),
            news("Completed", number="HD-4", total_minor=400),
            news("Cancelled", 30, number="HD-4"),
            news("Refunded", 30, number="HD-5", total_minor=10),
        ]
    )

    save_totals({1, 2}, currency="VND")

    hoa, nobody = Profile.objects.order_by("id")
    assert (hoa.orders, hoa.spent_minor) == (3, 440)
    assert hoa.last_order_at == START + timedelta(minutes=9)
    assert (nobody.orders, nobody.spent_minor, nobody.last_order_at) == (0, 0, None)
