"""The graph as stored: what one batch says, the next one knows, in this process or another."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from khachquen.unify.identity import Evidence, Graph, Identifier, IdentityBook
from khachquen.unify.models import Edge, Node, Profile
from tests.clock import START
from tests.unify.identity.test_graph import ANY_EVENTS, ids, new_graph, tell
from tests.unify.identity.test_graph import people as people_in_memory

pytestmark = pytest.mark.django_db


def take(book: IdentityBook, *events: list[str]) -> Graph:
    """A batch, saved."""
    named = [ids(*keys) for keys in events]
    graph = book.open_graph(named)
    for number, identifiers in enumerate(named):
        graph.resolve(identifiers, Evidence("identify", 1, f"m-{number}", number * 10**6))
    book.save(graph)
    for profile_id in graph.new_profiles:
        Profile.objects.get_or_create(
            id=profile_id, defaults={"first_seen": START, "last_seen": START}
        )
    return graph


def people() -> set[frozenset[str]]:
    groups: dict[int, set[str]] = {}
    for key, profile_id in Node.objects.values_list("key", "profile_id"):
        groups.setdefault(profile_id, set()).add(key)
    return {frozenset(group) for group in groups.values()}


def test_a_later_batch_knows_what_an_earlier_one_said() -> None:
    book = IdentityBook()
    take(book, ["anonymous:a"], ["anonymous:b"])
    take(book, ["user:hoa", "anonymous:a"])
    take(book, ["user:hoa", "anonymous:b"])

    assert people() == {frozenset({"anonymous:a", "anonymous:b", "user:hoa"})}
    assert Profile.objects.get(id=2).merged_into == 1


def test_another_process_goes_on_where_this_one_stopped() -> None:
    take(IdentityBook(), ["user:a", "email:x@x.vn"])
    take(IdentityBook(), ["user:b", "email:x@x.vn"])
    take(IdentityBook(), ["user:b", "email:x@x.vn"])

    assert people() == {frozenset({"user:a", "email:x@x.vn"}), frozenset({"user:b"})}
    assert list(Edge.objects.order_by("id").values_list("accepted", "reason")) == [
        (True, ""),
        (False, "limit_user"),
    ]
    assert sorted(Node.objects.values_list("id", flat=True)) == [1, 2, 3]


def test_identifiers_not_named_move_with_their_person() -> None:
    """A merge moves nodes no event of the batch has named."""
    take(IdentityBook(), ["user:hoa", "anonymous:old"], ["anonymous:new", "email:h@x.vn"])
    book = IdentityBook()
    take(book, ["user:hoa", "email:h@x.vn"])

    assert len(people()) == 1
    take(book, ["anonymous:new"])
    assert len(people()) == 1


def test_a_chain_of_merges_ends_at_one_survivor() -> None:
    book = IdentityBook()
    take(book, ["anonymous:a"], ["anonymous:b"], ["anonymous:c"])
    take(book, ["anonymous:b", "anonymous:c"])
    take(book, ["anonymous:a", "anonymous:c"])

    assert people() == {frozenset({"anonymous:a", "anonymous:b", "anonymous:c"})}
    assert list(Profile.objects.order_by("id").values_list("id", "merged_into")) == [
        (1, None),
        (2, 1),
        (3, 1),
    ]


def test_a_batch_that_was_not_saved_is_forgotten() -> None:
    book = IdentityBook()
    take(book, ["user:hoa"])
    graph = book.open_graph([ids("user:hoa", "email:h@x.vn"), ids("user:nam")])
    tell(graph, ["user:hoa", "email:h@x.vn"], ["user:nam"])
    book.forget()

    take(book, ["user:hoa"], ["user:nam"])

    assert people() == {frozenset({"user:hoa"}), frozenset({"user:nam"})}
    assert dict(Node.objects.values_list("key", "events")) == {"user:hoa": 2, "user:nam": 1}
    assert Edge.objects.count() == 0


def test_a_small_memory_changes_nothing() -> None:
    book = IdentityBook(max_nodes=2)
    for n in range(12):
        take(book, [f"user:{n % 4}", f"anonymous:{n}"])

    assert Counter(len(group) for group in people()) == {4: 4}


def test_more_identifiers_than_a_question_may_hold() -> None:
    take(IdentityBook(), *([f"user:{n}", f"anonymous:{n}"] for n in range(1100)))
    graph = take(IdentityBook(), *([f"user:{n}", f"anonymous:{n}"] for n in range(1100)))

    assert graph.new_edges == []
    assert graph.new_profiles == set()
    assert Node.objects.count() == 2200


def test_blocked_values_on_many_people_join_nobody() -> None:
    from khachquen.unify.identity import identifiers_of

    book = IdentityBook()
    named: list[list[Identifier]] = [
        identifiers_of("null", f"a-{n}", {"phone": "0000000000", "email": "n/a"}, {})
        for n in range(500)
    ]
    graph = book.open_graph(named)
    for identifiers in named:
        graph.resolve(identifiers, Evidence("identify", 1, "m", 1))
    book.save(graph)

    assert len(people()) == 500
    assert Edge.objects.count() == 0


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(ANY_EVENTS, min_size=1, max_size=25), st.data())
def test_in_batches_or_at_once_the_people_are_the_same(
    events: list[list[str]], data: st.DataObject
) -> None:
    for model in (Edge, Node, Profile):
        model.objects.all().delete()
    book = IdentityBook(max_nodes=data.draw(st.sampled_from([1, 1000])))
    rest = events
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        take(book, *rest[:size])
        rest = rest[size:]
    at_once = new_graph()
    tell(at_once, *events)

    assert people() == people_in_memory(at_once)
    assert sum(Node.objects.values_list("events", flat=True)) == len(events)
    living = set(Node.objects.values_list("profile_id", flat=True))
    ended = set(Profile.objects.exclude(merged_into=None).values_list("id", flat=True))
    assert not living & ended
