"""What an answer does to a pair's row. Call inside the transaction that writes the decision."""

from datetime import datetime, timedelta

from khachquen.base import ConflictError, NotFoundError, Text
from khachquen.unify.decisions import MODEL
from khachquen.unify.suggestions.keeping import owners_of, refuse
from khachquen.unify.suggestions.models import Suggestion

__all__ = ["SKIPPED_FOR", "note_answer", "note_skip", "reopen", "take_up"]
SKIPPED_FOR = timedelta(days=7)


def take_up(suggestion_id: int) -> tuple[Suggestion, tuple[int, int]]:
    """The row of a pair nobody decided yet, held until the transaction ends, and its people.

    Raises:
        NotFoundError: there is no such suggestion (``suggestions.not_found``).
        ConflictError: it was decided meanwhile, or there is nothing to decide any more
            (``suggestions.over``).
    """
    row = Suggestion.objects.select_for_update().filter(id=suggestion_id).first()
    if row is None:
        raise _not_found(suggestion_id)
    owner = owners_of((row.left_id, row.right_id))
    people = sorted(set(owner.values()))
    if row.state != "open" or len(people) < 2:
        raise _over(row)
    return row, (people[0], people[1])


def note_answer(row: Suggestion, state: str, *, act: int, by: str, at: datetime) -> None:
    """What was decided of a pair that was taken up."""
    if state == "apart":
        refuse(row)
    row.state, row.act, row.decided_by, row.decided_at = state, act, by[:200], at
    row.skipped_until = None
    row.save()


def note_skip(row: Suggestion, at: datetime) -> None:
    """Not now: it comes again in a week."""
    row.skipped_until = at + SKIPPED_FOR
    row.save(update_fields=["skipped_until"])


def reopen(suggestion_id: int) -> int | None:
    """The answer was a slip: the pair waits again, and nothing is remembered of the answer.

    Returns the decision to take back, or None where it was only put off. Call inside the
    transaction that takes it back.

    Raises:
        NotFoundError: there is no such suggestion (``suggestions.not_found``).
        ConflictError: nobody decided about it (``suggestions.over``).
    """
    row = Suggestion.objects.select_for_update().filter(id=suggestion_id).first()
    if row is None:
        raise _not_found(suggestion_id)
    if row.state == "open" and not row.skipped_until:
        raise _over(row)
    if row.state not in ("open", "joined", "apart") or (row.state != "open" and row.act is None):
        raise _over(row)
    act = row.act if row.state != "open" else None
    if row.state == "apart":
        row.refused = None
    row.state, row.skipped_until, row.act = "open", None, None
    row.decided_by, row.decided_at = "", None
    row.save()
    return act


def _not_found(suggestion_id: int) -> NotFoundError:
    """There is no such pair."""
    return NotFoundError(
        "suggestions.not_found",
        Text(
            vi=f"Không có cặp số {suggestion_id} nào chờ xem.",
            en=f"There is no pair {suggestion_id} to review.",
        ),
    )


def _over(row: Suggestion) -> ConflictError:
    by = row.decided_by if row.decided_by not in ("", MODEL) else ""
    return ConflictError(
        "suggestions.over",
        Text(
            vi=f"Cặp này {by} đã quyết định rồi." if by else "Cặp này không còn gì để quyết định.",
            en=f"{by} has decided about this pair." if by else "Nothing is left to decide here.",
        ),
    )
