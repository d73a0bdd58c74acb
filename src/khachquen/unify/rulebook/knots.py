"""People made of very many identifiers: mostly a number many use, which no rule calls shared."""

from typing import NamedTuple

from django.db.models import Count

from khachquen.unify.models import Node

MANY = 100
"""More identifiers than one person is likely to have."""


class Knot(NamedTuple):
    """A person and how many identifiers they are made of."""

    profile_id: int
    size: int


def list_knots(limit: int = 10, *, more_than: int = MANY) -> list[Knot]:
    """Who has the most, the largest first; reads one index."""
    counted = Node.objects.values("profile_id").annotate(size=Count("id"))
    rows = counted.filter(size__gt=more_than).order_by("-size", "profile_id")[:limit]
    return [Knot(row["profile_id"], row["size"]) for row in rows]
