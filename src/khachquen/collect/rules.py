"""Knows what a source's owner lets in: whether a visitor's "no" counts, and whether robots do.

Hides where that is kept. Does not judge an event: see ``collect.event.find_objection``.
"""

from collections.abc import Mapping

from khachquen.base import NotFoundError, Text
from khachquen.collect.event import SourceRules
from khachquen.collect.models import Source

__all__ = ["load_rules", "save_rules"]


def load_rules() -> Mapping[int, SourceRules]:
    """Source id → its rules, in one query."""
    rows = Source.objects.values_list("pk", "honour_consent", "drop_robots")
    return {source_id: SourceRules(consent, robots) for source_id, consent, robots in rows}


def save_rules(source_id: int, rules: SourceRules) -> None:
    """Set the rules of a source; they hold for what is taken in from now on.

    Raises:
        NotFoundError: there is no such source (``sources.unknown``).
    """
    found = Source.objects.filter(pk=source_id).update(
        honour_consent=rules.honour_consent, drop_robots=rules.drop_robots
    )
    if not found:
        raise NotFoundError(
            "sources.unknown",
            Text(vi=f"Không có nguồn số {source_id}.", en=f"There is no source {source_id}."),
        )
