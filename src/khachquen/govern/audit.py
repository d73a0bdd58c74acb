"""Who did what, and when: appended, never changed."""

from datetime import datetime
from typing import Any

from khachquen.govern.models import AuditEntry


def record_audit(
    *,
    actor: str,
    action: str,
    subject: str = "",
    detail: dict[str, Any] | None = None,
    at: datetime,
) -> None:
    """Note one action. Call it inside the transaction of what was done, so both hold or neither.

    ``action`` is ``noun.verb`` ("token.revoke"), ``subject`` is ``kind:id`` ("token:12").
    """
    AuditEntry.objects.create(
        at=at, actor=actor[:200], action=action, subject=subject[:200], detail=detail or {}
    )


def list_audit(limit: int = 100) -> list[AuditEntry]:
    """The latest entries, newest first."""
    return list(AuditEntry.objects.order_by("-at", "-pk")[:limit])
