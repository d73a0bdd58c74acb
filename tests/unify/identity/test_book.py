"""The graph as stored: what one batch says, the next one knows, in this process or another."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from khachquen.unify.identity import Evidence, Graph, Identifier, IdentityBook, identifiers_of
from khachquen.unify.identity.rules import read_rules
from khachquen.unify.models import Edge, Node
from tests.laws import tries
from tests.unify.identity.memory import Memory, Told, ids
from tests.unify.identity.test_graph import ANY_EVENTS, groups, told
from tests.unify.identity.test_rules import plain_rules

Words = dict[str, tuple[int, str, str]]
pytestmark = pytest.mark.django_db


def take(book: IdentityBook, *events: Told, words: Words | None = None) -> Graph:
    """A batch, saved; ``words`` remember what was told of birth dates before."""
    named = [ids(*event.keys) for event in events]
    graph = book.open_graph(named)
    words = {} if words is None else words
    for event, identifiers in zip(events, named, strict=True):
        evidence = Evidence(event.kind, 1, event.message_id, event.at, event.trusted, event.human)
        node = graph.resolve(identifiers, evidence)
        if node and event.born:
            word = event.at, event.message_id, event.born
            words[node.key] = max(word, words.get(node.key, word))
    for key in {identifiers[0].key for identifiers in named} & words.keys():
        graph.learn(graph.nodes[key], f"birthday={words[key][-1]}")
    graph.settle()
    book.save(graph)
    return graph


def say(book: IdentityBook, *events: Sequence[str]) -> Graph:
    return take(book, *told(*events))


def people() -> set[frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for key, profile_id in Node.objects.values_list("key", "profile_id"):
        found[profile_id].add(key)
    return {frozenset(group) for group in found.values()}


def test_a_later_batch_knows_what_an_earlier_one_said() -> None:
    book = IdentityBook()
    say(book, ["anonymous:a"], ["anonymous:b"])
    say(book, ["user:hoa", "anonymous:a"])
    say(book, ["user:hoa", "anonymous:b"])

    assert people() == groups("anonymous:a anonymous:b user:hoa")
    assert {*Node.objects.values_list("profile_id", flat=True)} == {1}


def test_another_process_goes_on_where_this_one_stopped() -> None:
    for _ in range(2):
        say(IdentityBook(), ["user:a", "email:x@x.vn"], ["user:b", "email:x@x.vn"])

    assert people() == groups("user:a email:x@x.vn", "user:b")
    assert list(Edge.objects.order_by("id").values_list("reason", flat=True)) == ["", "limit_user"]
    assert sorted(Node.objects.values_list("id", flat=True)) == [1, 2, 3]


def test_identifiers_not_named_move_with_their_person() -> None:
    """A merge moves nodes no event of the batch has named."""
    say(IdentityBook(), ["user:hoa", "anonymous:old"], ["anonymous:new", "email:h@x.vn"])
    book = IdentityBook()
    graph = say(book, ["user:hoa", "email:h@x.vn"])

    assert len(people()) == 1
    assert graph.was == {3: 3, 4: 3}
    assert [node.key for node in graph.moved_with_events()] == ["email:h@x.vn"]
    say(book, ["anonymous:new"])
    assert len(people()) == 1


def test_an_earlier_word_takes_the_place_of_a_later_one() -> None:
    """Also in a process that has to look up what was known."""
    take(IdentityBook(), Told(("user:b", "email:x@x.vn"), 5))
    take(IdentityBook(), Told(("user:a", "email:x@x.vn"), 4))
    assert people() == groups("user:a email:x@x.vn", "user:b")

    graph = take(IdentityBook(), Told(("user:b", "email:x@x.vn"), 3))

    assert people() == groups("user:b email:x@x.vn", "user:a")
    assert graph.was == {2: 2, 3: 2}


def test_a_batch_that_was_not_saved_is_forgotten() -> None:
    book = IdentityBook()
    say(book, ["user:hoa"])
    named = [ids("user:hoa", "email:h@x.vn"), ids("user:nam")]
    graph = book.open_graph(named)
    for identifiers in named:
        graph.resolve(identifiers, Evidence("identify", 1, "m", 1))
    book.forget()

    say(book, ["user:hoa"], ["user:nam"])

    assert people() == groups("user:hoa", "user:nam")
    assert dict(Node.objects.values_list("key", "events")) == {"user:hoa": 2, "user:nam": 1}
    assert Edge.objects.count() == 0


def test_a_small_memory_changes_nothing() -> None:
    book = IdentityBook(max_nodes=2)
    for n in range(12):
        say(book, [f"user:{n % 4}", f"anonymous:{n}"])

    assert Counter(len(group) for group in people()) == {4: 4}


def test_more_identifiers_than_a_question_may_hold() -> None:
    many = [[f"user:{n}", f"anonymous:{n}"] for n in range(1100)]
    say(IdentityBook(), *many)
    graph = say(IdentityBook(), *many)

    assert graph.told == {}
    assert graph.new == {}
    assert Node.objects.count() == 2200


def test_a_person_of_ten_thousand_identifiers_is_drawn_and_explained() -> None:
    data = plain_rules()
    data["kinds"]["anonymous"] = {"limit": 9_000}
    book = IdentityBook(read_rules(data))
    say(book, *(["user:hoa", f"anonymous:{n:05}"] for n in range(10_000)))

    refused = Edge.objects.exclude(reason="")
    assert {*refused.values_list("reason", flat=True)} == {"limit_anonymous"}
    assert refused.count() == 1_000
    assert max(len(group) for group in people()) == 9_001


def test_blocked_values_on_many_people_join_nobody() -> None:
    book = IdentityBook()
    named: list[list[Identifier]] = [
        identifiers_of(nobody, f"a-{n}", {"phone": "0000000000", "email": "n/a"}, {})
        for n in range(1000)
        for nobody in ("null", "0", "anonymous")
    ]
    graph = book.open_graph(named)
    for identifiers in named:
        graph.resolve(identifiers, Evidence("identify", 1, "m", 1))
    graph.settle()
    book.save(graph)

    assert len(people()) == 1000
    assert Edge.objects.count() == 0


@settings(
    max_examples=tries(25),
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ANY_EVENTS, st.sampled_from([1, 1000]), st.randoms(use_true_random=False))
def test_stored_in_batches_or_in_memory_at_once_the_people_are_the_same(
    events: list[Told], max_nodes: int, dice: random.Random
) -> None:
    for model in (Edge, Node):
        model.objects.all().delete()
    at_once = Memory()
    at_once.tell(*events)
    words: Words = {}
    book = IdentityBook(max_nodes=max_nodes)
    dice.shuffle(events)
    while events:
        size = dice.randint(1, len(events))
        take(book, *events[:size], words=words)
        events = events[size:]

    assert people() == at_once.people()
    keys = dict(Node.objects.values_list("id", "key"))
    refused = Edge.objects.exclude(reason="").values_list("left_id", "right_id", "reason")
    assert {(keys[a], keys[b]): reason for a, b, reason in refused} == at_once.refusals()
