"""What staff decides of people, written down as what holds between two identifiers.

A decision outlives the people it was made of: it names identifiers, and whoever is drawn anew, for
new evidence or other rules, is drawn with it. Call these inside the transaction that notes the
audit entry; the engine applies what was decided within a second.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from khachquen.base import ConflictError, InputError, NotFoundError, Text
from khachquen.unify.identity.drawing import SHARED
from khachquen.unify.identity.graph import Graph
from khachquen.unify.identity.ledger import Ledger, next_node_id
from khachquen.unify.identity.rules import STRENGTH, load_rules
from khachquen.unify.models import Change, Decision, Edge, Node

Ends = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Ruling:
    """Who decides, when, and why in their own words."""

    by: str
    at: datetime
    why: str = ""


def join_people(profile_id: int, other_id: int, ruling: Ruling) -> int:
    """Two records are one person, whatever limit says otherwise; returns the number of the act.

    Raises:
        NotFoundError: there is no such person. InputError: it is one person already by number.
        ConflictError: staff keeps them apart (``identity.kept_apart``).
    """
    left, right = _face(profile_id), _face(other_id)
    if profile_id == other_id:
        raise _same(profile_id)
    return _decide("together", [(left, right)], ruling)


def keep_apart(profile_id: int, other_id: int, ruling: Ruling) -> int:
    """Two people are never one, whatever evidence comes; returns the number of the act.

    Raises:
        NotFoundError, InputError: as ``join_people``.
        ConflictError: staff joined them (``identity.joined_by_staff``).
    """
    left, right = _face(profile_id), _face(other_id)
    if profile_id == other_id:
        raise _same(profile_id)
    return _decide("apart", [(left, right)], ruling)


def split_person(profile_id: int, node_ids: Collection[int], ruling: Ruling) -> int:
    """Some identifiers are not this person's; they leave together, with their events.

    They stay away from the person's strongest identifier and from all they were told beside.

    Raises:
        InputError: some are not this person's, or none would leave or stay
            (``identity.bad_split``).
        ConflictError: staff joined them (``identity.joined_by_staff``).
    """
    _face(profile_id)
    mine = set(Node.objects.filter(profile_id=profile_id).values_list("id", flat=True))
    leaving = set(node_ids)
    staying = mine - leaving
    if not leaving or not staying or leaving - mine:
        raise InputError(
            "identity.bad_split",
            Text(
                vi="Chọn ít nhất một định danh của khách này để tách, và giữ lại ít nhất một.",
                en="Choose at least one identifier of this customer to take out, and leave one.",
            ),
            path="node_ids",
        )
    beside = Edge.objects.filter(Q(left_id__in=leaving) | Q(right_id__in=leaving))
    pairs = {
        (one, other)
        for left, right in beside.exclude(reason=SHARED).values_list("left_id", "right_id")
        for one, other in ((left, right), (right, left))
        if one in leaving and other in staying
    }
    stays = _strongest(staying)
    return _decide("apart", sorted(pairs | {(node, stays) for node in leaving}), ruling)


def unmerge(change_id: int, ruling: Ruling) -> int:
    """Take a recorded merge back, and keep it back; returns the number of the act.

    What staff joined is undone; what evidence joined is kept apart from now on.

    Raises:
        NotFoundError: there is no such merge. ConflictError: staff joined them elsewhere.
    """
    change = Change.objects.filter(id=change_id, kind="merged").first()
    if change is None:
        raise NotFoundError(
            "identity.no_such_merge",
            Text(vi=f"Không có lần gộp số {change_id}.", en=f"There is no merge {change_id}."),
        )
    if change.act:
        return undo(change.act, ruling)
    nodes = dict(
        Node.objects.filter(key__in=[change.left_key, change.right_key]).values_list("key", "id")
    )
    pairs = {(change.profile_id, change.other_id)}
    if len(nodes) == 2:
        pairs.add((nodes[change.left_key], nodes[change.right_key]))
    return _decide("apart", sorted(pairs), ruling)


def undo(act: int, ruling: Ruling) -> int:
    """Take a decision back: people are drawn as if it had never been made.

    Raises:
        NotFoundError: there is no such decision (``identity.no_such_decision``).
        ConflictError: it was taken back before (``identity.undone_before``).
    """
    if not Decision.objects.filter(act=act).exclude(kind="undo").exists():
        raise NotFoundError(
            "identity.no_such_decision",
            Text(vi=f"Không có quyết định số {act}.", en=f"There is no decision {act}."),
        )
    if Decision.objects.filter(kind="undo", of=act).exists():
        raise ConflictError(
            "identity.undone_before",
            Text(
                vi=f"Quyết định số {act} đã được hoàn tác.",
                en=f"Decision {act} was taken back before.",
            ),
        )
    row = Decision.objects.create(kind="undo", of=act, by=ruling.by, at=ruling.at, why=ruling.why)
    return _number([row])


def _decide(kind: str, pairs: Sequence[Ends], ruling: Ruling) -> int:
    rows = [
        Decision.objects.create(
            kind=kind, left_id=left, right_id=right, by=ruling.by, at=ruling.at, why=ruling.why
        )
        for left, right in pairs
    ]
    act = _number(rows)
    _refuse_contradiction(kind, {end for pair in pairs for end in pair}, {row.id for row in rows})
    return act


def _number(rows: Sequence[Decision]) -> int:
    act = rows[0].id
    Decision.objects.filter(id__in=[row.id for row in rows]).update(act=act)
    return act


def _refuse_contradiction(kind: str, ends: set[int], fresh: set[int]) -> None:
    """Draw it once, in memory: no decision may break another."""
    rules = load_rules()
    graph = Graph({}, {}, Ledger(rules, foresee=True), next_node_id(), rules)
    graph.dirty |= ends
    graph.settle()
    broken = graph.drawing.broken if graph.drawing else {}
    for number, foe in broken.items():
        if fresh & {number, foe}:
            other = foe if number in fresh else number
            raise _contradiction(kind, Decision.objects.get(id=other))


def _contradiction(kind: str, other: Decision) -> ConflictError:
    when = f"{other.at:%d/%m/%Y}"
    hint = Text(
        vi=f"Hoàn tác quyết định số {other.act} trước.", en=f"Take decision {other.act} back first."
    )
    if kind == "together":
        vi = f"Ngày {when}, {other.by} đã quyết định hai khách này không phải một người."
        en = f"On {when} {other.by} decided that these two customers are not one person."
        return ConflictError("identity.kept_apart", Text(vi=vi, en=en), hint=hint)
    vi = f"Ngày {when}, {other.by} đã quyết định hai khách này là một người."
    en = f"On {when} {other.by} decided that these two customers are one person."
    return ConflictError("identity.joined_by_staff", Text(vi=vi, en=en), hint=hint)


def _face(profile_id: int) -> int:
    """The strongest identifier of a person."""
    nodes = Node.objects.filter(profile_id=profile_id).values_list("id", flat=True)
    if not nodes:
        raise NotFoundError(
            "identity.no_such_person",
            Text(
                vi=f"Không có khách hàng số {profile_id}.", en=f"There is no customer {profile_id}."
            ),
        )
    return _strongest(nodes)


def _strongest(node_ids: Collection[int]) -> int:
    kinds = Node.objects.filter(id__in=node_ids).values_list("kind", "id")
    return min(kinds, key=lambda pair: (STRENGTH.index(pair[0]), pair[1]))[1]


def _same(profile_id: int) -> InputError:
    return InputError(
        "identity.same_person",
        Text(
            vi=f"Khách hàng số {profile_id} chỉ là một người.",
            en=f"Customer {profile_id} is only one person.",
        ),
        path="other_id",
    )


def waiting_acts() -> dict[int, set[int]]:
    """Decisions the engine has not brought about, in their order, with the nodes they touch."""
    acts: dict[int, set[int]] = {}
    for row in Decision.objects.filter(applied_at=None, act__isnull=False).order_by("id"):
        of = Decision.objects.filter(act=row.of) if row.kind == "undo" else [row]
        ends = acts.setdefault(row.act or row.id, set())
        ends |= {end for one in of for end in (one.left_id, one.right_id) if end is not None}
    return acts


def mark_applied(act: int, *, at: datetime) -> None:
    """The engine has brought it about; call inside the transaction that did."""
    Decision.objects.filter(act=act).update(applied_at=at)
