"""What a source does not let in: visitors who said no to being measured, and robots if it wishes.

Pure: the rules are data, the event is data.
"""

from dataclasses import dataclass
from typing import Any

from khachquen.collect.event.event import Event
from khachquen.collect.event.reasons import Reason

_NO = frozenset({"denied", "no", "false", "0", "none", "opt_out", "opted_out"})
_ANALYTICS = frozenset({"analytics", "analyticsstorage", "measurement", "statistics"})


@dataclass(frozen=True, slots=True)
class SourceRules:
    """What the owner of a source chose; these are the rules of a new one."""

    honour_consent: bool = True
    drop_robots: bool = False


def find_objection(event: Event, rules: SourceRules) -> tuple[Reason, str] | None:
    """Why the rules keep this event out, and where in the message that was said.

    An order told by a trusted key is the shop's own record of a sale, not a measurement of a
    visitor: nobody's "no" takes it away.
    """
    if rules.drop_robots and event.robot:
        return Reason.ROBOT, ""
    is_sale = event.trusted and event.order
    if event.denied is not None and rules.honour_consent and not is_sale:
        return Reason.NO_CONSENT, event.denied
    return None


def find_denial(context: dict[str, Any]) -> str | None:
    """The JSON path at which a context says no to being measured; None when it does not.

    Understood are Segment's ``categoryPreferences``, Google's ``analytics_storage``, a plain
    ``consent`` of "denied", and ``doNotTrack``.

    >>> find_denial({"consent": {"categoryPreferences": {"Analytics": False}}})
    '$.context.consent.categoryPreferences.Analytics'
    >>> find_denial({"consent": {"analytics_storage": "denied"}})
    '$.context.consent.analytics_storage'
    >>> find_denial({"consent": {"analytics": True}})
    """
    if "consent" in context and (path := _denied(context["consent"], "$.context.consent")):
        return path
    if str(context.get("doNotTrack", "")).lower() in ("1", "true", "yes"):
        return "$.context.doNotTrack"
    return None


def _denied(said: object, path: str) -> str | None:
    if not isinstance(said, dict):
        return path if _is_no(said) else None
    for name, value in said.items():
        if name == "categoryPreferences" and isinstance(value, dict):
            if found := _denied(value, f"{path}.{name}"):
                return found
        elif name.lower().replace("_", "") in _ANALYTICS and _is_no(value):
            return f"{path}.{name}"
    return None


def _is_no(said: object) -> bool:
    return said is False or (isinstance(said, str | int) and str(said).lower() in _NO)
