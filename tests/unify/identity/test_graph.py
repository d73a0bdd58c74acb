"""People as the connected components of their identifiers: stories, then laws."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from khachquen.unify.identity import Evidence, Graph, Identifier
from khachquen.unify.identity.rules import LIMITS, STRENGTH


def new_graph() -> Graph:
    return Graph({}, set(), lambda profile_id: {}, 1, 1)


def ids(*keys: str) -> list[Identifier]:
    """Identifiers as ``user:hoa``, strongest first."""
    found = [Identifier(*key.split(":", 1)) for key in keys]
    return sorted(found, key=lambda identifier: STRENGTH.index(identifier.kind))


def tell(graph: Graph, *events: Sequence[str], start: int = 0) -> None:
    for number, keys in enumerate(events, start):
        graph.resolve(ids(*keys), Evidence("identify", 1, f"m-{number}", number))


def people(graph: Graph) -> set[frozenset[str]]:
    """Who is one person with whom."""
    groups: dict[int, set[str]] = defaultdict(set)
    for node in graph.nodes.values():
        groups[graph.profile_of(node)].add(node.key)
    return {frozenset(group) for group in groups.values()}


def groups(*told: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in told}


def test_chi_hoa_signs_up_on_the_browser_she_came_with() -> None:
    graph = new_graph()
    tell(graph, ["anonymous:a"], ["anonymous:a"], ["user:hoa", "anonymous:a", "email:hoa@x.vn"])

    assert people(graph) == groups("anonymous:a user:hoa email:hoa@x.vn")
    assert graph.new_profiles == {1}
    assert graph.merged == {}


def test_two_browsers_of_one_person_become_one() -> None:
    graph = new_graph()
    tell(
        graph,
        ["anonymous:phone"],
        ["anonymous:laptop"],
        ["user:hoa", "anonymous:laptop"],
        ["user:hoa", "anonymous:phone"],
    )

    assert people(graph) == groups("user:hoa anonymous:phone anonymous:laptop")
    assert graph.merged == {2: 1}


def test_an_event_belongs_to_its_strongest_identifier() -> None:
    graph = new_graph()
    tell(graph, ["anonymous:a", "phone:+84912345678", "user:hoa"], ["phone:+84912345678"])

    assert {node.key: node.events for node in graph.nodes.values()} == {
        "user:hoa": 1,
        "phone:+84912345678": 1,
        "anonymous:a": 0,
    }


def test_two_user_ids_never_join_through_one_email() -> None:
    """Segment's own example: the e-mail stays with the first."""
    graph = new_graph()
    tell(graph, ["user:a", "email:x@x.vn"], ["user:b", "email:x@x.vn"], ["user:b", "email:x@x.vn"])

    assert people(graph) == groups("user:a email:x@x.vn", "user:b")
    assert [(edge.reason, edge.message_id) for edge in graph.new_edges] == [
        ("", "m-0"),
        ("limit_user", "m-1"),
    ]


def test_a_tablet_forty_customers_use_makes_forty_people() -> None:
    graph = new_graph()
    tell(graph, *(["anonymous:tablet", f"user:{n}"] for n in range(40)))
    tell(graph, *(["anonymous:tablet", f"user:{n}"] for n in reversed(range(40))))

    assert len(people(graph)) == 40
    assert frozenset({"anonymous:tablet", "user:0"}) in people(graph)
    assert Counter(edge.reason for edge in graph.new_edges) == {"": 1, "limit_user": 39}


def test_a_household_phone_joins_no_two_accounts() -> None:
    graph = new_graph()
    home = "phone:+84912345678"
    tell(graph, ["user:me", home], ["user:bo", home], ["user:con", home])

    assert people(graph) == groups(f"user:me {home}", "user:bo", "user:con")


def test_naming_oneself_twice_is_nothing() -> None:
    graph = new_graph()
    tell(graph, ["anonymous:a", "anonymous:a"], ["user:hoa", "user:hoa"])

    assert people(graph) == groups("anonymous:a", "user:hoa")
    assert graph.new_edges == []


def test_a_ring_of_aliases_ends() -> None:
    graph = new_graph()
    tell(graph, ["anonymous:a", "anonymous:b"], ["anonymous:b", "anonymous:c"])
    tell(graph, ["anonymous:c", "anonymous:a"])

    assert people(graph) == groups("anonymous:a anonymous:b anonymous:c")


def test_a_new_account_goes_to_whoever_will_have_it() -> None:
    """The e-mail is another account's, the phone is nobody's yet: it goes with the phone."""
    graph = new_graph()
    phone = "phone:+84912345678"
    tell(graph, ["user:a", "email:x@x.vn"], [phone], ["user:b", "email:x@x.vn", phone])

    assert people(graph) == groups("user:a email:x@x.vn", f"user:b {phone}")


def test_the_sixth_email_is_refused_and_stands_alone() -> None:
    graph = new_graph()
    tell(graph, *(["user:hoa", f"email:{n}@x.vn"] for n in range(6)))

    assert frozenset({"email:5@x.vn"}) in people(graph)
    assert len(people(graph)) == 2
    assert graph.new_edges[-1].reason == "limit_email"


def test_an_identifier_beside_a_stronger_one_is_seen_too() -> None:
    graph = new_graph()
    tell(graph, ["user:hoa", "phone:+84912345678"], start=50)
    tell(graph, ["user:hoa", "phone:+84912345678"], start=90)
    tell(graph, ["user:hoa", "phone:+84912345678"], start=10)

    phone = graph.nodes["phone:+84912345678"]
    assert (phone.first_seen, phone.last_seen, phone.events) == (10, 90, 0)


CHAIN = (
    ["user:a", "anonymous:1"],
    ["anonymous:1", "email:b@x.vn"],
    ["email:b@x.vn", "phone:+8491"],
)


def test_a_chain_told_in_any_order_makes_one_person() -> None:
    for order in itertools.permutations([*CHAIN, ["phone:+8491", "anonymous:2"]]):
        graph = new_graph()
        tell(graph, *order)
        assert len(people(graph)) == 1, order


# Laws. Persons 0..5 each have one account and a few other identifiers; events name some of them.
OWN = {
    person: [
        f"user:{person}",
        *(f"{kind}:{person}-{n}" for kind in ("email", "phone", "anonymous") for n in range(3)),
    ]
    for person in range(6)
}
TRUE_EVENTS = st.integers(0, 5).flatmap(
    lambda person: st.lists(st.sampled_from(OWN[person]), min_size=1, max_size=4, unique=True)
)
ANY_EVENTS = st.lists(
    st.sampled_from(list(itertools.chain(*OWN.values()))), min_size=1, max_size=4, unique=True
)


def components(events: Iterable[Sequence[str]]) -> set[frozenset[str]]:
    """The connected components, the plain way."""
    found: list[set[str]] = []
    for event in events:
        touching = [group for group in found if group & set(event)]
        found = [group for group in found if group not in touching]
        found.append(set(event).union(*touching))
    return {frozenset(group) for group in found}


@settings(max_examples=150, deadline=None)
@given(st.lists(TRUE_EVENTS, max_size=30), st.randoms(use_true_random=False))
def test_where_no_limit_is_met_people_are_the_components_in_any_order(
    events: list[list[str]], random: "itertools.permutations[int]"
) -> None:
    graph = new_graph()
    tell(graph, *events)
    assert people(graph) == components(events)

    random.shuffle(events)  # type: ignore[attr-defined]
    other = new_graph()
    tell(other, *events)
    assert people(other) == people(graph)


@settings(max_examples=200, deadline=None)
@given(st.lists(ANY_EVENTS, max_size=40))
def test_whatever_is_claimed_the_rules_hold(events: list[list[str]]) -> None:
    graph = new_graph()
    tell(graph, *events)

    for group in people(graph):
        kinds = Counter(key.partition(":")[0] for key in group)
        assert all(kinds[kind] <= limit for kind, limit in LIMITS.items())
    assert sum(node.events for node in graph.nodes.values()) == len(events)
    assert set(graph.nodes) == set(itertools.chain(*events))
    pairs = [(edge.left_id, edge.right_id) for edge in graph.new_edges]
    assert len(pairs) == len(set(pairs))
    assert all(left != right for left, right in pairs)
    # Every accepted edge lies inside one person: each join can show its evidence.
    owner = {node.id: graph.profile_of(node) for node in graph.nodes.values()}
    joined = [edge for edge in graph.new_edges if not edge.reason]
    assert all(owner[edge.left_id] == owner[edge.right_id] for edge in joined)
    keys = {node.id: node.key for node in graph.nodes.values()}
    told = [(keys[edge.left_id], keys[edge.right_id]) for edge in joined]
    alone = [(key,) for key in graph.nodes]
    assert components([*alone, *told]) == people(graph)
