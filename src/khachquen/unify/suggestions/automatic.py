"""Which pairs may be joined by themselves, where the operator allows it."""

from collections import Counter

from khachquen.unify.identity.rules import VOUCHED, Rules
from khachquen.unify.models import Node
from khachquen.unify.suggestions.models import Suggestion


def list_automatic(join_at: float) -> list[int]:
    """The open pairs a run brought together with so much certainty, the surest first.

    None that is held, and none anybody ever refused: then a person decides.
    """
    rows = Suggestion.objects.filter(
        state="open", is_sure=True, is_held=False, refused__isnull=True
    )
    return list(
        rows.filter(score__gte=join_at).order_by("-score", "id").values_list("id", flat=True)
    )


def may_join(people: tuple[int, int], rules: Rules) -> bool:
    """Whether the rules let a score join two people.

    Not where they would have too many identifiers of a kind (two customer numbers are two people
    until somebody says otherwise), nor where a trusted source vouches for one of them only: what
    a stranger typed into a form takes over nobody's record.
    """
    left, right = (_tally(person) for person in people)
    return not rules.may_dispute(left, right) and bool(left[VOUCHED]) == bool(right[VOUCHED])


def _tally(profile_id: int) -> Counter[str]:
    tally: Counter[str] = Counter()
    rows = Node.objects.filter(profile_id=profile_id).values_list("kind", "is_vouched")
    for kind, is_vouched in rows:
        tally[kind] += 1
        tally[VOUCHED] += is_vouched
    return tally
