"""Keeping what was found: nobody is asked twice, and nothing is asked that is settled already."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from django.db import transaction
from django.db.models import Q

from khachquen.unify.households.models import Member
from khachquen.unify.identity.ledger import chunks
from khachquen.unify.models import Change, Decision, Node, Profile
from khachquen.unify.suggestions.found import Found
from khachquen.unify.suggestions.models import Suggestion

MOST_OPEN = 2_000
MOST_A_PERSON = 5
"""One odd record must not fill the queue, and whoever has more twins than that will have others
when these are decided."""
_BANDS = 10
_KEEP_GONE = timedelta(days=30)
_FIRST = {"apart": 0, "joined": 1, "open": 2, "gone": 3}
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A pair of people by number, with what was found of them and what both spent."""

    people: Pair
    found: Found
    value: int

    @property
    def place(self) -> tuple[int, int, Pair]:
        """The stated order: tenths of the score, then what both spent, then the older."""
        return -band_of(self.found.score), -self.value, self.people


def band_of(score: float) -> int:
    """The tenth a probability is in.

    >>> band_of(0.3), band_of(0.899), band_of(1.0)
    (3, 8, 9)
    """
    return min(int(score * _BANDS + 1e-9), _BANDS - 1)


def keep_found(found: Iterable[Found], *, run_id: int, by: str, at: datetime) -> int:
    """Suggest pairs to staff, and return how many are open because of it.

    Left out are people who are one by now, who are kept apart, who live in one household, and who
    were refused before, unless more speaks for it than then (``_may_ask_again``). Each pair of
    people is asked about once, whatever identifiers it was found by.
    """
    with transaction.atomic():
        asked = _choose(found)
        known = _known_pairs({person for one in asked for person in one.people})
        new, kept = [], 0
        for one in sorted(asked, key=lambda one: one.place)[:MOST_OPEN]:
            row = known.get(one.people)
            if row is None:
                new.append(_fill(Suggestion(made_at=at), one, run_id, by))
            elif _may_ask_again(row, one.found):
                _fill(row, one, run_id, by).save()
                kept += 1
        Suggestion.objects.bulk_create(new, batch_size=500)
    return len(new) + kept


def close_unfound(run_id: int, *, top_node: int, at: datetime) -> None:
    """What a whole run did not find again is gone, but for people who came after it began."""
    old = Suggestion.objects.filter(state="open", run_id__lt=run_id)
    old = old.filter(left_id__lte=top_node, right_id__lte=top_node)
    old.update(state="gone", decided_at=at)
    Suggestion.objects.filter(
        state="gone", decided_at__lt=at - _KEEP_GONE, refused__isnull=True
    ).delete()


def settle(at: datetime, *, everything: bool = False) -> int:
    """Close what needs no answer any more; returns how many rows changed.

    People who became one meanwhile, or were kept apart on another page, are not asked about. A join
    that was taken back counts as refused; a refusal that was taken back is open again. Of erased
    people nothing stays; rows decided long ago are looked at for that only with ``everything``.
    """
    with transaction.atomic():
        undone = set(Decision.objects.filter(kind="undo").values_list("of", flat=True))
        touched = Q() if everything else Q(state="open") | Q(act__in=undone)
        rows = list(Suggestion.objects.filter(touched))
        owner = owners_of(end for row in rows for end in (row.left_id, row.right_id))
        foes = kept_apart()
        changed = [row for row in rows if _settle(row, owner, undone, foes, at)]
        erased = [row.pk for row in changed if row.state == "erased"]
        Suggestion.objects.filter(id__in=erased).delete()
        kept = [row for row in changed if row.state != "erased"] + _doubled(rows, owner, at)
        fields = ["state", "refused", "act", "decided_by", "decided_at"]
        Suggestion.objects.bulk_update(kept, fields, batch_size=200)
    return len(kept) + len(erased)


def mark_of_changes() -> Pair:
    """Changes whenever somebody was joined, split or decided about."""
    change = Change.objects.order_by("-id").values_list("id", flat=True).first()
    decision = Decision.objects.order_by("-id").values_list("id", flat=True).first()
    return change or 0, decision or 0


def owners_of(node_ids: Iterable[int]) -> dict[int, int]:
    """Whose identifiers these are now."""
    owner: dict[int, int] = {}
    for chunk in chunks(sorted(set(node_ids))):
        owner |= dict(Node.objects.filter(id__in=chunk).values_list("id", "profile_id"))
    return owner


def kept_apart() -> set[Pair]:
    """People whom a decision in force keeps apart, as pairs of their numbers."""
    undone = Decision.objects.filter(kind="undo").values("of")
    rows = Decision.objects.filter(kind="apart").exclude(act__in=undone)
    pairs = [(a, b) for a, b in rows.values_list("left_id", "right_id") if a and b]
    owner = owners_of(end for pair in pairs for end in pair)
    return {_sorted(owner[a], owner[b]) for a, b in pairs if a in owner and b in owner}


def _choose(found: Iterable[Found]) -> list[_Asked]:
    """The pairs that may be asked about, each pair of people once, at most so many of a person."""
    told = list(found)
    owner = owners_of(end for one in told for end in (one.left_id, one.right_id))
    best: dict[Pair, Found] = {}
    for one in told:
        left, right = owner.get(one.left_id), owner.get(one.right_id)
        if left is None or right is None or left == right:
            continue
        pair = _sorted(left, right)
        if pair not in best or one.score > best[pair].score:
            best[pair] = one
    settled = kept_apart() | _housemates(set(owner.values()))
    spent = _spent({person for pair in best for person in pair})
    asked = [
        _Asked(pair, one, spent.get(pair[0], 0) + spent.get(pair[1], 0))
        for pair, one in best.items()
        if pair not in settled
    ]
    count: Counter[int] = Counter()
    chosen = []
    for each in sorted(asked, key=lambda one: one.place):
        if all(count[person] < MOST_A_PERSON for person in each.people):
            count.update(each.people)
            chosen.append(each)
    return chosen


def _may_ask_again(row: Suggestion, found: Found) -> bool:
    """The rule: who was refused is asked about again only when what is compared agrees otherwise
    than it did then, and more speaks for one person. One that is being joined is not."""
    if row.refused:
        then = [tuple(one) for one in row.refused["agreements"]]
        return found.score > row.refused["score"] and list(found.agreements) != then
    return row.state in ("open", "gone")


def _fill(row: Suggestion, one: _Asked, run_id: int, by: str) -> Suggestion:
    found = one.found
    row.left_id, row.right_id = row.left_id or found.left_id, row.right_id or found.right_id
    row.score, row.band, row.value_minor = found.score, band_of(found.score), one.value
    row.agreements = [list(each) for each in found.agreements]
    row.is_sure, row.is_held = found.is_sure, found.is_held
    row.run_id, row.found_by = run_id, by
    if row.state != "open":
        row.state, row.act, row.decided_by, row.decided_at = "open", None, "", None
    return row


def _settle(
    row: Suggestion,
    owner: Mapping[int, int],
    undone: set[int | None],
    foes: set[Pair],
    at: datetime,
) -> bool:
    """Bring one row up to what is so now; whether it changed."""
    left, right = owner.get(row.left_id), owner.get(row.right_id)
    if left is None or right is None:
        row.state = "erased"
        return True
    is_foe = _sorted(left, right) in foes
    if row.state == "open":
        if left != right and not is_foe:
            return False
        row.state, row.decided_at = ("gone" if left == right else "apart"), at
    elif row.act not in undone or row.act is None:
        return False
    elif row.state == "joined":
        refuse(row)
        row.act = None
    elif is_foe:
        return False
    else:
        row.state, row.act, row.decided_by, row.decided_at = "open", None, "", None
        row.refused = None
    return True


def refuse(row: Suggestion) -> None:
    """Somebody says no; what was compared is remembered."""
    row.state = "apart"
    row.refused = {"score": row.score, "agreements": row.agreements}


def _doubled(
    rows: Iterable[Suggestion], owner: Mapping[int, int], at: datetime
) -> list[Suggestion]:
    """Open rows about the same two people, after others became one; the likeliest stays."""
    groups: dict[Pair, list[Suggestion]] = defaultdict(list)
    for row in rows:
        if row.state == "open":
            groups[_sorted(owner[row.left_id], owner[row.right_id])].append(row)
    extra = [
        row for group in groups.values() for row in sorted(group, key=lambda one: -one.score)[1:]
    ]
    for row in extra:
        row.state, row.decided_at = "gone", at
    return extra


def _known_pairs(people: set[int]) -> dict[Pair, Suggestion]:
    """What is kept of pairs among these people; of several rows the one that says most."""
    owner: dict[int, int] = {}
    for chunk in chunks(sorted(people)):
        owner |= dict(Node.objects.filter(profile_id__in=chunk).values_list("id", "profile_id"))
    known: dict[Pair, Suggestion] = {}
    for chunk in chunks(owner):
        for row in Suggestion.objects.filter(left_id__in=chunk):
            if row.right_id in owner:
                pair = _sorted(owner[row.left_id], owner[row.right_id])
                other = known.get(pair)
                if other is None or _FIRST[row.state] < _FIRST[other.state]:
                    known[pair] = row
    return known


def _housemates(people: set[int]) -> set[Pair]:
    """Staff says that they live together, so they are several."""
    members: dict[int, set[int]] = defaultdict(set)
    rows = list(Member.objects.values_list("household_id", "node_id"))
    owner = owners_of(node for _, node in rows)
    for home, node in rows:
        if (person := owner.get(node)) in people:
            members[home].add(person)
    return {pair for home in members.values() for pair in combinations(sorted(home), 2)}


def _spent(people: set[int]) -> dict[int, int]:
    spent: dict[int, int] = {}
    for chunk in chunks(sorted(people)):
        spent |= dict(Profile.objects.filter(id__in=chunk).values_list("id", "spent_minor"))
    return spent


def _sorted(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
