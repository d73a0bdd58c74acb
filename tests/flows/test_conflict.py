"""Two people who share a phone, told apart by what no two people share."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from khachquen.unify.decisions import explain, explain_refusal, list_history, list_refusals
from khachquen.unify.models import Edge, Node, Profile, Trait
from tests.clock import FrozenClock
from tests.flows.line import Line
from tests.flows.test_deciding import person_of
from tests.flows.test_rerunning import SHIPPED

pytestmark = pytest.mark.django_db
LAN, MAI = "lan@example.vn", "mai@example.vn"


@pytest.fixture
def line(data: Path, clock: FrozenClock) -> Line:
    return Line(data, clock)


def is_one() -> bool:
    return person_of(f"email:{LAN}") == person_of(f"email:{MAI}")


def word(email: str, minute: int, **traits: Any) -> dict[str, Any]:
    """What the till says of somebody who left this e-mail and the one phone."""
    return {
        "type": "identify",
        "messageId": f"{email}-{minute}",
        "timestamp": f"2026-11-20T09:{minute:02}:00Z",
        "traits": {"email": email, "phone": "0912345678", **traits},
    }


def test_a_number_that_changed_hands_joins_nobody_and_is_asked_about(line: Line) -> None:
    """Cô Lan, born 1970, gave her number up; Mai, born 1992, has it now."""
    line.till(word(LAN, 1, birthday="12/03/1970"), word(MAI, 2, ngay_sinh="x", dob="1992-11-25"))
    line.take_in()

    assert not is_one()
    assert person_of("phone:+84912345678") == person_of(f"email:{LAN}")
    [refused] = list_refusals(reason="conflict")
    assert refused.reason == "conflict_birthday"
    assert set(refused.profile_ids) == {person_of(f"email:{LAN}"), person_of(f"email:{MAI}")}
    assert explain_refusal(refused, "Quầy").vi == (
        f"Không gộp email {MAI} và số điện thoại 0912345678 theo lời tự giới thiệu từ Quầy ngày"
        f" 20/11/2026 ({MAI}-2): hai bên có ngày sinh khác nhau, có thể số đã đổi chủ hoặc người"
        " nhà dùng chung."
    )
    assert list_refusals(reason="limit") == []


def test_a_birth_date_that_comes_late_parts_them_and_its_correction_joins_them(line: Line) -> None:
    line.till(word(LAN, 1, birthday="12/03/1970"), word(MAI, 2))
    line.take_in()
    assert is_one()

    line.till(word(MAI, 3, birthday="25/11/1992"))
    line.take_in()
    assert not is_one()
    [merged] = list_history(person_of(f"email:{MAI}"))
    assert merged.kind == "split"
    assert "ngày sinh khác nhau" in explain(merged, "Quầy").vi

    line.till(word(MAI, 4, birthday="12/03/1970"))
    line.take_in()
    assert is_one()
    assert list_refusals() == []
    assert set(Node.objects.values_list("group_id", flat=True)) == {None}


def test_in_any_order_of_arrival_and_in_any_batches_it_is_the_same(line: Line) -> None:
    told = [
        word(LAN, 1, birthday="12/03/1970"),
        word(MAI, 2),
        word(MAI, 3, birthday="25/11/1992"),
        word(LAN, 4, cccd="001170012345"),
    ]
    ends = set()
    for number, order in enumerate(itertools.permutations(told)):
        for model in (Node, Edge, Trait, Profile):
            model.objects.all().delete()
        line.ingester.forget()
        for one in order:
            line.till(one | {"messageId": f"{number}-{one['messageId']}"})
            if number % 2:
                line.take_in()
        line.take_in()
        facts = Node.objects.exclude(facts="").order_by("key").values_list("key", "facts")
        ends.add((is_one(), len(list_refusals(reason="conflict")), *facts))

    [(joined, refused, lan, mai)] = ends
    assert (joined, refused, mai) == (False, 1, (f"email:{MAI}", "birthday=1992-11-25"))
    assert lan[1].startswith("birthday=1970-03-12 national_id=12:")


@pytest.mark.parametrize(
    ("one", "other", "may_join"),
    [
        ("12/03/1970", "1970-03-12", True),
        ("12/03/1970", "12/03/1971", True),  # one digit
        ("12/03/1970", "03/12/1970", True),  # day and month
        ("12/03/1970", "21/03/1970", True),  # two neighbours
        ("12/03/1970", "01/01/1970", True),  # nobody's: what a system writes for nothing
        ("12/03/1971", "01/01/1971", True),  # the year alone
        ("12/03/1970", "25/11/92", True),  # a guess
        ("12/03/1970", "không rõ", True),
        ("12/03/1970", "13/04/1970", False),
        ("12/03/1970", "12/03/1992", False),
    ],
)
def test_what_may_be_one_birth_date_mistyped_keeps_nobody_apart(
    line: Line, one: str, other: str, may_join: bool
) -> None:
    line.till(word(LAN, 1, birthday=one), word(MAI, 2, birthday=other))
    line.take_in()

    assert is_one() is may_join


@pytest.mark.parametrize(
    ("one", "other", "may_join"),
    [
        ("001170012345", "001 170 012 345", True),
        ("001170012345", "1170012345", True),  # Excel took the zeros
        ("001170012345", "012345678", True),  # an old card of the same person
        ("001170012345", "chưa có", True),
        ("001170012345", "079192054321", False),
    ],
)
def test_sealed_numbers_are_compared_and_stay_sealed(
    line: Line, one: str, other: str, may_join: bool
) -> None:
    line.till(word(LAN, 1, cccd=one))
    line.take_in()
    line.till(word(MAI, 2, soCccd=other, **{"Số CCCD": other}))
    line.take_in()

    assert is_one() is may_join
    facts = Node.objects.get(key=f"email:{LAN}").facts
    assert facts.startswith("national_id=12:")
    assert "170012345" not in facts


def test_rules_without_it_join_them(line: Line, data: Path) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    lax_rules = shipped.replace("[conflict]\non = true", "[conflict]\non = false")
    (data / "identity.toml").write_text(lax_rules, encoding="utf-8")
    lax = Line(data, line.clock)
    lax.till(word(LAN, 1, birthday="12/03/1970"), word(MAI, 2, birthday="25/11/1992"))
    lax.take_in()

    assert is_one()
