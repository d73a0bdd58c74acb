"""People as what their evidence makes them: stories, then laws."""

import itertools
import random
from collections import Counter
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khachquen.unify.identity import load_rules
from khachquen.unify.identity.rules import read_rules
from tests.laws import tries
from tests.unify.identity.memory import Memory, Told, groups
from tests.unify.identity.test_rules import plain_rules

HOME = "phone:+84912345678"


def told(*events: Sequence[str], trusted: bool = False) -> list[Told]:
    return [Told(tuple(keys), at, trusted=trusted) for at, keys in enumerate(events, 1)]


def test_chi_hoa_signs_up_on_the_browser_she_came_with() -> None:
    memory = Memory()
    memory.tell(
        *told(["anonymous:a"], ["anonymous:a"], ["user:hoa", "anonymous:a", "email:hoa@x.vn"])
    )

    assert memory.people() == groups("anonymous:a user:hoa email:hoa@x.vn")
    assert {node.profile_id for node in memory.kept_nodes.values()} == {1}


def test_two_browsers_of_one_person_become_one_under_the_older_number() -> None:
    memory = Memory()
    memory.tell(*told(["anonymous:phone"], ["anonymous:laptop"]))
    graph = memory.tell(*told(["user:hoa", "anonymous:laptop"], ["user:hoa", "anonymous:phone"]))

    assert memory.people() == groups("user:hoa anonymous:phone anonymous:laptop")
    assert graph.was == {2: 2}
    assert [(join.ended, join.edge.message_id) for join in graph.joins] == [
        (2, "2-user:hoa+anonymous:phone-identify01")
    ]
    assert graph.reshaped == {1}


def test_an_event_belongs_to_its_strongest_identifier() -> None:
    memory = Memory()
    memory.tell(*told(["anonymous:a", HOME, "user:hoa"], [HOME]))

    assert {node.key: node.events for node in memory.kept_nodes.values()} == {
        "user:hoa": 1,
        HOME: 1,
        "anonymous:a": 0,
    }


def test_two_user_ids_never_join_through_one_email() -> None:
    """Segment's own example: the e-mail stays with the first, whoever is heard first."""
    events = told(["user:a", "email:x@x.vn"], ["user:b", "email:x@x.vn"])
    for order in (events, events[::-1], [*events, events[1]]):
        memory = Memory()
        for event in order:
            memory.tell(event)

        assert memory.people() == groups("user:a email:x@x.vn", "user:b")
        assert memory.refusals() == {("user:b", "email:x@x.vn"): "limit_user"}


def test_a_tablet_forty_customers_sign_in_on_joins_none_of_them() -> None:
    memory = Memory()
    for event in told(*(["anonymous:tablet", f"user:{n}"] for n in range(40))):
        memory.tell(event)

    assert len(memory.people()) == 41  # the tablet is a device of its own
    assert memory.shared() == {"anonymous:tablet"}
    assert Counter(memory.refusals().values()) == {"shared": 40}


def test_a_browser_two_sisters_use_is_the_first_ones() -> None:
    memory = Memory()
    memory.tell(*told(["anonymous:home"], ["user:lan", "anonymous:home"]))
    memory.tell(Told(("user:mai", "anonymous:home"), 9))

    assert memory.people() == groups("user:lan anonymous:home", "user:mai")


def test_a_family_phone_is_nobodys_and_takes_nobody_along() -> None:
    """Two accounts may be one person's mistake; three are a household."""
    memory = Memory()
    memory.tell(*told(["user:me", HOME], ["user:bo", HOME]))
    assert memory.people() == groups(f"user:me {HOME}", "user:bo")

    graph = memory.tell(Told(("user:con", HOME), 3))

    assert memory.people() == groups("user:me", "user:bo", "user:con", HOME)
    assert set(memory.refusals().values()) == {"shared"}
    assert graph.was == {2: 1}  # the phone had been mẹ's, and stands alone now


def test_a_shared_phone_learns_nothing_more_from_a_fourth_account() -> None:
    memory = Memory()
    memory.tell(*told(*(["user:" + who, HOME] for who in ("me", "bo", "con"))))
    graph = memory.tell(Told(("user:ong", HOME, "email:ong@x.vn"), 9))

    assert len(graph.near) <= 3  # of the family only the phone itself was looked at
    assert frozenset({"user:ong", "email:ong@x.vn"}) in memory.people()


def test_a_counter_phone_typed_for_many_emails_is_shared() -> None:
    memory = Memory()
    memory.tell(*told(*([f"email:{n}@x.vn", HOME] for n in range(6))))

    assert memory.shared() == {HOME}
    assert len(memory.people()) == 7


def test_an_account_every_visitor_is_given_by_mistake_joins_none_of_them() -> None:
    """``userId: "user"`` in a template: what it is told beside never has to be drawn again."""
    memory = Memory()
    memory.tell(*(Told(("user:user", f"anonymous:{n}"), n) for n in range(1001)))
    graph = memory.tell(Told(("user:user", "anonymous:last"), 5000))

    assert len(memory.people()) == 1003
    assert memory.shared() == {"user:user"}
    assert len(graph.near) == 2


def test_naming_oneself_twice_is_nothing() -> None:
    memory = Memory()
    graph = memory.tell(*told(["anonymous:a", "anonymous:a"], ["user:hoa", "user:hoa"]))

    assert memory.people() == groups("anonymous:a", "user:hoa")
    assert graph.told == {}


def test_a_ring_of_aliases_ends() -> None:
    memory = Memory()
    memory.tell(
        *told(
            ["anonymous:a", "anonymous:b"],
            ["anonymous:b", "anonymous:c"],
            ["anonymous:c", "anonymous:a"],
        )
    )

    assert memory.people() == groups("anonymous:a anonymous:b anonymous:c")


def test_the_shop_itself_may_say_that_one_account_replaced_another() -> None:
    memory = Memory()
    memory.tell(*told(["user:old", "email:hoa@x.vn"], ["user:new", "anonymous:a"]))
    memory.tell(Told(("user:new", "user:old"), 9, kind="alias", trusted=True))

    assert memory.people() == groups("user:old email:hoa@x.vn user:new anonymous:a")


def test_a_browser_may_not_say_so() -> None:
    memory = Memory()
    memory.tell(Told(("user:new", "user:old"), 9, kind="alias"))

    assert memory.people() == groups("user:old", "user:new")
    assert memory.refusals() == {("user:new", "user:old"): "limit_user"}


def test_the_sixth_email_is_refused_and_stands_alone() -> None:
    memory = Memory()
    memory.tell(*told(*(["user:hoa", f"email:{n}@x.vn"] for n in range(6))))

    assert frozenset({"email:5@x.vn"}) in memory.people()
    assert memory.refusals() == {("user:hoa", "email:5@x.vn"): "limit_email"}


def test_an_identifier_beside_a_stronger_one_is_seen_too() -> None:
    memory = Memory()
    for at in (50, 90, 10):
        memory.tell(Told(("user:hoa", HOME), at))

    [phone] = [node for node in memory.kept_nodes.values() if node.key == HOME]
    assert (phone.first_seen, phone.last_seen, phone.events) == (10, 90, 0)


def test_what_a_robot_does_is_kept_but_is_nobodys_visit() -> None:
    memory = Memory()
    memory.tell(Told(("anonymous:a",), 5, human=False), Told(("anonymous:a",), 7))

    [node] = memory.kept_nodes.values()
    assert (node.events, node.human_events, node.first_event, node.last_event) == (2, 1, 7, 7)


# Who may say so.


def test_a_visitor_cannot_claim_the_phone_of_a_customer_of_the_till() -> None:
    memory = Memory()
    memory.tell(Told((HOME,), 1, trusted=True), Told(("user:ke-gian",), 2, trusted=True))
    memory.tell(Told(("user:ke-gian", HOME), 3))

    assert memory.people() == groups(HOME, "user:ke-gian")
    assert memory.refusals() == {("user:ke-gian", HOME): "authority"}


def test_once_the_till_says_so_itself_they_are_one() -> None:
    memory = Memory()
    memory.tell(Told((HOME,), 1, trusted=True), Told(("user:hoa",), 2, trusted=True))
    memory.tell(Told(("user:hoa", HOME), 3))
    memory.tell(Told(("user:hoa", HOME), 4, kind="track", trusted=True))

    assert memory.people() == groups(f"user:hoa {HOME}")
    assert memory.refusals() == {}


def test_a_claim_made_before_the_till_knew_either_is_looked_at_again() -> None:
    """What comes first must not matter: vouching for both later breaks the claim too."""
    memory = Memory()
    memory.tell(Told(("user:hoa", HOME), 3))
    memory.tell(Told((HOME,), 4, trusted=True))
    assert memory.people() == groups(f"user:hoa {HOME}")

    graph = memory.tell(Told(("user:hoa",), 5, trusted=True))

    assert memory.people() == groups(HOME, "user:hoa")
    assert graph.was == {2: 1}


def test_a_browser_may_tell_the_phone_of_an_account_nobody_has_a_phone_of() -> None:
    memory = Memory()
    memory.tell(Told(("user:hoa",), 1, trusted=True))
    memory.tell(Told(("user:hoa", HOME, "anonymous:a"), 2))

    assert memory.people() == groups(f"user:hoa {HOME} anonymous:a")


# Staff.


def test_staff_may_join_what_no_rule_would() -> None:
    memory = Memory()
    memory.tell(*told(["user:hoa-web", "anonymous:a"], ["user:hoa-shop", HOME]))
    memory.decide(1, "user:hoa-web", "user:hoa-shop", together=True)
    assert len(memory.people()) == 1

    memory.tell(Told(("user:hoa-web", "email:h@x.vn"), 9))
    assert len(memory.people()) == 1

    memory.undo(1)
    assert memory.people() == groups(
        "user:hoa-web anonymous:a email:h@x.vn", f"user:hoa-shop {HOME}"
    )
    assert {node.group_id for node in memory.kept_nodes.values()} == {None}


def test_kept_apart_by_staff_they_stay_apart_whatever_comes() -> None:
    memory = Memory()
    memory.tell(*told(["user:lan", HOME], ["email:mai@x.vn", HOME]))
    assert len(memory.people()) == 1

    memory.decide(1, "user:lan", "email:mai@x.vn", together=False)
    memory.tell(Told(("user:lan", "email:mai@x.vn"), 8), Told(("anonymous:a", "user:lan"), 9))

    assert memory.people() == groups(f"user:lan {HOME} anonymous:a", "email:mai@x.vn")
    assert set(memory.refusals().values()) == {"apart"}


def test_a_limit_may_count_within_a_stretch_of_time() -> None:
    told_rules = plain_rules()
    told_rules["kinds"]["anonymous"] = {"limit": 2, "window_days": 7}
    day = 86_400_000_000
    memory = Memory(read_rules(told_rules))
    for days, browser in ((0, "a"), (3, "b"), (4, "c"), (8, "d")):
        memory.tell(Told(("user:hoa", f"anonymous:{browser}"), days * day))

    assert memory.people() == groups("user:hoa anonymous:a anonymous:b anonymous:d", "anonymous:c")


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
ANY_KEYS = st.lists(
    st.sampled_from(list(itertools.chain(*OWN.values()))), min_size=1, max_size=4, unique=True
)
FEW = [f"{kind}:{n}" for kind in ("user", "email", "phone", "anonymous") for n in range(4)]
ANY_EVENTS = st.lists(
    st.builds(
        Told,
        st.lists(st.sampled_from(FEW), min_size=1, max_size=3, unique=True).map(tuple),
        st.integers(1, 6),
        st.sampled_from(["identify", "track", "alias"]),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["", "", "", "1970-03-12", "1992-11-25", "1992-11-26"]),
    ),
    max_size=25,
)
STRICT = plain_rules()
STRICT["kinds"] |= {
    "user": {"limit": 1, "strong": True, "shared_after": {"anonymous": 2}},
    "email": {"limit": 1, "strong": True, "shared_after": {"user": 2, "anonymous": 3}},
    "phone": {"limit": 2, "strong": True, "shared_after": {"user": 1, "email": 2}},
    "anonymous": {"limit": 2, "window_days": 1, "shared_after": {"user": 2, "email": 1}},
}
STRICT["conflict"] = {"fields": ["birthday"], "carried_by": ["phone"]}
RULES = st.sampled_from([load_rules(), read_rules(STRICT), read_rules(plain_rules())])


def in_batches(memory: Memory, events: Sequence[Told], dice: random.Random) -> None:
    rest = list(events)
    while rest:
        size = dice.randint(1, len(rest))
        memory.tell(*rest[:size])
        rest = rest[size:]


def everything(memory: Memory) -> object:
    """All that must not depend on the order of arrival: who, why not, and what was seen."""
    nodes = {
        n.key: (n.events, n.human_events, n.first_event, n.last_event, n.first_seen, n.last_seen)
        for n in memory.kept_nodes.values()
    }
    proof = {
        (memory.kept_nodes[left].key, memory.kept_nodes[right].key): (e.message_id, e.reason)
        for (left, right), e in memory.kept_edges.items()
    }
    return memory.people(), memory.shared(), nodes, proof


def components(events: Iterable[Sequence[str]]) -> set[frozenset[str]]:
    """The connected components, the plain way."""
    found: list[set[str]] = []
    for event in events:
        touching = [group for group in found if group & set(event)]
        found = [group for group in found if group not in touching]
        found.append(set(event).union(*touching))
    return {frozenset(group) for group in found}


CHAIN = ["email:hoa@x.vn", HOME], [HOME, "anonymous:a"], ["anonymous:a", "anonymous:b"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_a_chain_told_in_any_of_24_orders_makes_one_person(order: tuple[int, ...]) -> None:
    events = told(["user:hoa", "email:hoa@x.vn"], *CHAIN)
    memory = Memory()
    for place in order:
        memory.tell(events[place])

    assert memory.people() == groups(f"user:hoa email:hoa@x.vn {HOME} anonymous:a anonymous:b")


def test_a_phone_beside_too_many_emails_is_shared_even_if_some_of_them_are() -> None:
    """Whether the shared e-mail is told of first or last."""
    data = plain_rules()
    data["kinds"] |= {
        "user": {"limit": 1},
        "email": {"limit": 2, "shared_after": {"user": 1}},
        "phone": {"limit": 2, "shared_after": {"email": 2}},
    }
    events = told(
        ["user:lan", "email:cty@x.vn"],
        ["user:mai", "email:cty@x.vn"],
        *([f"email:{who}@x.vn", HOME] for who in ("cty", "lan", "mai")),
    )
    for order in itertools.permutations(events):
        memory = Memory(read_rules(data))
        for event in order:
            memory.tell(event)
        assert memory.shared() == {"email:cty@x.vn", HOME}, order
        assert len(memory.people()) == 6


@settings(max_examples=tries(100))
@given(st.lists(TRUE_EVENTS, max_size=30), st.randoms(use_true_random=False))
def test_where_no_limit_is_met_people_are_the_components(
    events: list[list[str]], dice: random.Random
) -> None:
    memory = Memory()
    in_batches(memory, told(*events), dice)

    assert memory.people() == components(events)


@settings(max_examples=tries(150))
@given(ANY_EVENTS, RULES, st.randoms(use_true_random=False))
def test_people_refusals_and_proofs_never_depend_on_order_or_batches(
    events: list[Told], rules: object, dice: random.Random
) -> None:
    at_once, shuffled = Memory(rules), Memory(rules)  # type: ignore[arg-type]
    at_once.tell(*events)
    dice.shuffle(events)
    in_batches(shuffled, events, dice)

    assert everything(shuffled) == everything(at_once)


@settings(max_examples=tries(100))
@given(ANY_EVENTS, RULES, st.randoms(use_true_random=False))
def test_drawing_everything_anew_changes_nothing(
    events: list[Told], rules: object, dice: random.Random
) -> None:
    memory = Memory(rules)  # type: ignore[arg-type]
    in_batches(memory, events, dice)
    before = everything(memory)
    graph = memory.open_graph()
    graph.dirty |= memory.kept_nodes.keys()
    graph.settle()
    memory.save(graph)

    assert everything(memory) == before
    assert graph.was == {}
    assert graph.told == {}


@settings(max_examples=tries(100))
@given(st.lists(ANY_KEYS, max_size=40))
def test_whatever_is_claimed_the_rules_hold(events: list[list[str]]) -> None:
    memory = Memory()
    memory.tell(*told(*events))

    for group in memory.people():
        kinds = Counter(key.partition(":")[0] for key in group)
        assert all(kinds[kind] <= limit for kind, limit in memory.rules.limits.items())
    assert sum(node.events for node in memory.kept_nodes.values()) == len(events)
    # Every join can show its evidence: what joins makes exactly the people there are.
    keys = {node.id: node.key for node in memory.kept_nodes.values()}
    joined = [[keys[n] for n in e.pair] for e in memory.kept_edges.values() if not e.reason]
    assert components([*([key] for key in keys.values()), *joined]) == memory.people()


ACTS = st.lists(
    st.tuples(st.booleans(), st.sampled_from(FEW), st.sampled_from(FEW), st.integers(0, 9)),
    max_size=8,
)


@settings(max_examples=tries(100))
@given(ANY_EVENTS, ACTS, RULES, st.randoms(use_true_random=False))
def test_undoing_every_decision_leaves_what_would_be_without_them(
    events: list[Told], acts: list[tuple[bool, str, str, int]], rules: object, dice: random.Random
) -> None:
    """Events, merges, splits and their undoing in any order: then nothing of them is left."""
    decided, never = Memory(rules), Memory(rules)  # type: ignore[arg-type]
    never.tell(*events)
    rest, open_acts = list(events), []
    for number, (together, left, right, share) in enumerate(acts):
        decided.tell(*rest[:share])
        rest = rest[share:]
        known = {node.key for node in decided.kept_nodes.values()}
        if left != right and {left, right} <= known:
            decided.decide(number, left, right, together=together)
            open_acts.append(number)
        if open_acts and dice.random() < 0.3:
            decided.undo(open_acts.pop(dice.randrange(len(open_acts))))
    decided.tell(*rest)
    dice.shuffle(open_acts)
    for number in open_acts:
        decided.undo(number)

    assert everything(decided) == everything(never)
    assert {n.key: n.group_id is None for n in decided.kept_nodes.values()} == {
        n.key: n.group_id is None for n in never.kept_nodes.values()
    }
    assert [(n.key, n.id, n.profile_id) for n in decided.kept_nodes.values()] == [
        (n.key, n.id, n.profile_id) for n in never.kept_nodes.values()
    ]
