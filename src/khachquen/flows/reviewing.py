"""Staff's word on a pair: the decision, the audit entry and the queue's row, all or nothing."""

from datetime import datetime
from functools import partial
from typing import Literal

from django.db import transaction

from khachquen.base import ConflictError, NotFoundError
from khachquen.flows.deciding import decide
from khachquen.govern import record_audit
from khachquen.unify.decisions import MODEL, Ruling, join_people, keep_apart, undo
from khachquen.unify.identity import Rules
from khachquen.unify.suggestions.answering import note_answer, note_skip, reopen, take_up
from khachquen.unify.suggestions.automatic import may_join

Answer = Literal["join", "apart", "skip"]


def answer(suggestion_id: int, said: Answer, ruling: Ruling) -> None:
    """One person, two people, or not now. The engine joins whom was joined within a second.

    Raises:
        NotFoundError: there is no such pair (``suggestions.not_found``).
        ConflictError: somebody decided meanwhile (``suggestions.over``), or another decision
            speaks against it (``identity.kept_apart``). Nothing is written then.
    """
    with transaction.atomic():
        row, (one, other) = take_up(suggestion_id)
        if said == "skip":
            note_skip(row, ruling.at)
            _note("review.skip", suggestion_id, ruling.by, ruling.at)
            return
        verb = join_people if said == "join" else keep_apart
        action = "people.join" if said == "join" else "people.keep_apart"
        act = decide(partial(verb, one, other), ruling, action=action)
        state = "joined" if said == "join" else "apart"
        note_answer(row, state, act=act, by=ruling.by, at=ruling.at)


def take_back(suggestion_id: int, ruling: Ruling) -> None:
    """The answer was a slip: the decision is taken back and the pair waits again.

    Raises:
        NotFoundError, ConflictError: as ``answer``; or it was taken back before.
    """
    with transaction.atomic():
        act = reopen(suggestion_id)
        if act:
            decide(partial(undo, act), ruling, action="people.undo")
        else:
            _note("review.unskip", suggestion_id, ruling.by, ruling.at)


def join_by_itself(suggestion_id: int, rules: Rules, at: datetime) -> bool:
    """Join a pair nobody was asked about, if the rules and staff's decisions let a score do that.

    It is a decision like anybody's, by ``MODEL``, and is taken back like any.
    """
    try:
        with transaction.atomic():
            row, people = take_up(suggestion_id)
            if not may_join(people, rules):
                return False
            ruling = Ruling(MODEL, at, why=f"{min(row.score, 0.999):.1%}")
            act = decide(partial(join_people, *people), ruling, action="people.join")
            note_answer(row, "joined", act=act, by=MODEL, at=at)
    except (ConflictError, NotFoundError):
        return False
    return True


def _note(action: str, suggestion_id: int, by: str, at: datetime) -> None:
    record_audit(actor=by, action=action, subject=f"suggestion:{suggestion_id}", at=at)
