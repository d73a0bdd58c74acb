"""How many letters asked for a word, what came of them, and what an account has used for them."""

from collections import Counter
from datetime import datetime

from django.db.models import Count

from khachquen.activate.confirmations.models import Confirmation

__all__ = ["count_letters", "count_letters_since"]


def count_letters_since(account_id: int, since: datetime) -> int:
    """How many letters left by an account since then, may have left, or are about to."""
    gone = Confirmation.objects.filter(account_id=account_id, state__in=("sent", "unknown"))
    held = Confirmation.objects.filter(account_id=account_id, state__in=("claimed", "wire"))
    return gone.filter(ended_at__gt=since).count() + held.count()


def count_letters(form: str) -> Counter[str]:
    """What became of a form's sign-ups that were to be confirmed: ``yes``, ``no``, ``open`` (a
    letter went, nothing was said), ``waiting``, why no letter went, or how it came back."""
    counted: Counter[str] = Counter()
    rows = Confirmation.objects.filter(form=form).values_list("state", "reason", "answer")
    for state, reason, said, count in rows.annotate(n=Count("pk")).order_by("state"):
        is_on_its_way = "waiting" if state in ("waiting", "claimed", "wire") else "open"
        is_told = state in ("skipped", "failed") or reason in ("bounced", "complained")
        counted[said or (reason if is_told else is_on_its_way)] += count
    return counted
