"""Households read and changed. A person is held by their strongest identifier."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from khachquen.base import ConflictError, InputError, Text
from khachquen.govern import record_audit
from khachquen.store.touched import touch
from khachquen.unify.households.models import Household, Member
from khachquen.unify.identity.ledger import chunks
from khachquen.unify.models import Edge, Node
from khachquen.unify.profiles import ProfileRow, get_profile, people_of_nodes

EVIDENCE: Mapping[str, Text] = {
    "declared": Text(vi="Khách cho biết", en="The customer says so"),
    "address": Text(vi="Cùng địa chỉ", en="One address"),
    "phone": Text(vi="Cùng số điện thoại", en="One phone"),
}
MOST = 20
_MOST_LOOKED_AT = 100
_STRENGTH = {"user": 0, "email": 1, "phone": 2}


@dataclass(frozen=True, slots=True)
class MemberView:
    """One person of a household, and why they are thought to be."""

    person: ProfileRow
    evidence: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """A household as it is today: each person once, however many identifiers hold them."""

    id: int
    members: tuple[MemberView, ...]

    @property
    def spent_minor(self) -> int:
        """What they spent together, in minor units of the shop's currency."""
        return sum(one.person.spent_minor for one in self.members)

    @property
    def orders(self) -> int:
        """How many orders they placed together."""
        return sum(one.person.orders for one in self.members)


def households_of(profile_id: int) -> tuple[HouseholdView, ...]:
    """The households of a person. Usually one at most; more after two of them were merged."""
    nodes = Node.objects.filter(profile_id=profile_id).values("id")
    homes = Member.objects.filter(node_id__in=nodes).values_list("household_id", flat=True)
    return tuple(_view(home) for home in sorted(set(homes)))


def homes_of_nodes(node_ids: Iterable[int]) -> dict[int, int]:
    """Identifier → the household it holds somebody in; those in none are left out."""
    return {
        node_id: home
        for chunk in chunks(node_ids)
        for node_id, home in Member.objects.filter(node_id__in=chunk).values_list(
            "node_id", "household_id"
        )
    }


def members_of_homes(home_ids: Iterable[int]) -> dict[int, set[int]]:
    """Household → the people in it, each once, however many identifiers hold them."""
    found: dict[int, set[int]] = defaultdict(set)
    for chunk in chunks(home_ids):
        rows = Member.objects.filter(household_id__in=chunk).values_list("household_id", "node_id")
        held = list(rows)
        owners = dict(
            Node.objects.filter(id__in=[node for _, node in held]).values_list("id", "profile_id")
        )
        for home, node in held:
            if node in owners:
                found[home].add(owners[node])
    return found


def housemates_of(profile_ids: Iterable[int]) -> set[int]:
    """Everybody in a household with some of these people, themselves too."""
    nodes = [
        node
        for chunk in chunks(profile_ids)
        for node in Node.objects.filter(profile_id__in=chunk).values_list("id", flat=True)
    ]
    homes = set(homes_of_nodes(nodes).values())
    return set().union(*members_of_homes(homes).values())


def suggest_members(
    profile_id: int, *, beside: Iterable[HouseholdView], limit: int = 5
) -> tuple[ProfileRow, ...]:
    """People who use one phone or e-mail with this one that identity refused to join them by.

    Those who live with the person already (``beside``) are left out. Costs two index ranges.
    """
    mine = list(Node.objects.filter(profile_id=profile_id).values_list("id", flat=True))
    used = Edge.objects.filter(left_id__in=mine).values("right_id")
    shared = Node.objects.filter(Q(id__in=used) | Q(id__in=mine), is_shared=True)
    shared = shared.filter(kind__in=("phone", "email"))
    others = Edge.objects.filter(right_id__in=shared.values("id")).exclude(left_id__in=mine)
    people = people_of_nodes(others.values_list("left_id", flat=True)[:_MOST_LOOKED_AT]).values()
    known = {m.person.id for home in beside for m in home.members}
    found = {person.id: person for person in people if person.id not in {profile_id, *known}}
    return tuple(found[key] for key in sorted(found))[:limit]


def add_to_household(
    profile_id: int, other_id: int, *, evidence: str, actor: str, at: datetime
) -> None:
    """Note that two people live together: in the household one of them has, else in a new one.

    Raises:
        InputError: the same person, or evidence there is not (``households.same_person``,
            ``households.bad_evidence``).
        ConflictError: each has a household of their own already (``households.two_homes``), or it
            is full (``households.full``).
        NotFoundError: there is no such person.
    """
    if evidence not in EVIDENCE:
        raise _bad_evidence(evidence)
    one, other = get_profile(profile_id).row.id, get_profile(other_id).row.id
    if one == other:
        raise _same_person()
    with transaction.atomic():
        homes = {home.id: home for home in (*households_of(one), *households_of(other))}
        if len(homes) > 1:
            raise _two_homes()
        home = next(iter(homes.values()), None)
        present = {member.person.id for member in home.members} if home else set()
        if len(present | {one, other}) > MOST:
            raise _full()
        home_id = home.id if home else Household.objects.create(created_at=at).pk
        for person in sorted({one, other} - present):
            Member.objects.create(
                household_id=home_id,
                node_id=_strongest(person),
                evidence=evidence,
                added_by=actor[:200],
                added_at=at,
            )
        touch(sorted(present | {one, other}), at=at)
        detail = {"profiles": [one, other], "evidence": evidence}
        subject = f"household:{home_id}"
        record_audit(actor=actor, action="household.add", subject=subject, detail=detail, at=at)


def leave_household(profile_id: int, *, actor: str, at: datetime) -> None:
    """Take a person out of their household; one that is left alone has none."""
    with transaction.atomic():
        nodes = Node.objects.filter(profile_id=profile_id).values("id")
        for home in households_of(profile_id):
            touch([member.person.id for member in home.members], at=at)
            Member.objects.filter(household_id=home.id, node_id__in=nodes).delete()
            if len(_view(home.id).members) < 2:
                Household.objects.filter(pk=home.id).delete()
            subject, detail = f"household:{home.id}", {"profile": profile_id}
            record_audit(
                actor=actor, action="household.leave", subject=subject, detail=detail, at=at
            )


def _view(home_id: int) -> HouseholdView:
    rows = list(Member.objects.filter(household_id=home_id).order_by("added_at", "pk"))
    people = people_of_nodes(row.node_id for row in rows)
    members: dict[int, MemberView] = {}
    for row in rows:
        person = people.get(row.node_id)
        if person and person.id not in members:
            members[person.id] = MemberView(person, row.evidence, row.added_by, row.added_at)
    return HouseholdView(home_id, tuple(members.values()))


def _strongest(profile_id: int) -> int:
    nodes = Node.objects.filter(profile_id=profile_id).values_list("id", "kind")
    ranked = sorted((_STRENGTH.get(kind, 3), node_id) for node_id, kind in nodes)
    if not ranked:
        raise _nobody()
    return ranked[0][1]


def _bad_evidence(given: str) -> InputError:
    return InputError(
        "households.bad_evidence",
        Text(vi=f"Không có căn cứ {given[:40]!r}.", en=f"There is no evidence {given[:40]!r}."),
        path="evidence",
        hint=Text(vi=f"Chọn: {', '.join(EVIDENCE)}.", en=f"One of {', '.join(EVIDENCE)}."),
    )


def _same_person() -> InputError:
    return InputError(
        "households.same_person",
        Text(vi="Đây là cùng một hồ sơ.", en="This is the same profile."),
        path="who",
        hint=Text(vi="Nhập người khác trong nhà.", en="Name another person of the household."),
    )


def _nobody() -> InputError:
    return InputError(
        "households.nobody",
        Text(vi="Hồ sơ này chưa có mã định danh nào.", en="This profile has no identifier yet."),
        path="who",
    )


def _two_homes() -> ConflictError:
    return ConflictError(
        "households.two_homes",
        Text(
            vi="Mỗi người đang ở một hộ khác nhau.",
            en="Each of them is in a household of their own.",
        ),
        path="who",
        hint=Text(vi="Đưa một người ra khỏi hộ trước.", en="Take one of them out first."),
    )


def _full() -> ConflictError:
    return ConflictError(
        "households.full",
        Text(vi=f"Một hộ có tối đa {MOST} người.", en=f"A household has at most {MOST} people."),
        path="who",
    )
