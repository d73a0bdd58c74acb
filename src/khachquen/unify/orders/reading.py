"""Orders read for many people at once."""

from collections.abc import Collection
from typing import Any

from khachquen.unify.identity.ledger import chunks
from khachquen.unify.models import Node, Order


def latest_orders(profile_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Person → the last order they placed and kept: ``number``, ``total`` in minor units,
    ``currency``, ``units``, ``placed_at``; who placed none is left out."""
    owners = {
        node_id: owner
        for chunk in chunks(profile_ids)
        for node_id, owner in Node.objects.filter(profile_id__in=chunk).values_list(
            "id", "profile_id"
        )
    }
    found: dict[int, dict[str, Any]] = {}
    for chunk in chunks(owners):
        kept = Order.objects.filter(node_id__in=chunk, cancelled_at=None, placed_at__isnull=False)
        for one in kept.order_by("placed_at", "id"):
            owner = owners[int(one.node_id or 0)]
            if owner not in found or one.placed_at >= found[owner]["placed_at"]:
                found[owner] = {
                    "number": one.number,
                    "total": one.total_minor,
                    "currency": one.currency,
                    "units": one.units,
                    "placed_at": one.placed_at,
                }
    return found
