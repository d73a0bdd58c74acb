"""Snowplow's e-commerce actions in Segment's words: what happened stands in the event, to which
products and to which order in the contexts beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from khachquen.collect.protocols.message import Message

ACTION = "snowplow_ecommerce_action"
Entities = Mapping[str, Sequence[Any]]

_NAMES: Mapping[object, str] = {
    "product_view": "Product Viewed",
    "list_view": "Product List Viewed",
    "list_click": "Product Clicked",
    "add_to_cart": "Product Added",
    "remove_from_cart": "Product Removed",
    "checkout_step": "Checkout Step Viewed",
    "transaction": "Order Completed",
    "refund": "Order Refunded",
    "promo_view": "Promotion Viewed",
    "promo_click": "Promotion Clicked",
}
_ABOUT: Mapping[object, tuple[str, Mapping[str, str]]] = {
    "transaction": ("transaction", {"transaction_id": "order_id", "revenue": "total"}),
    "refund": ("refund", {"transaction_id": "order_id", "refund_amount": "total"}),
    "checkout_step": ("checkout_step", {}),
    "promo_view": ("promotion", {"id": "promotion_id"}),
    "promo_click": ("promotion", {"id": "promotion_id"}),
}
"""Action → the context it is about, and which of its fields have other names with Segment."""


def read_action(told: Mapping[str, Any], entities: Entities) -> Message | None:
    """The call of Segment's e-commerce vocabulary an action is; None when it has none."""
    action = told.get("type")
    name = _NAMES.get(action) if isinstance(action, str) else None
    if name is None:
        return None
    products = [_renamed(product, {"id": "product_id"}) for product in _all(entities, "product")]
    entity, names = _ABOUT.get(action, ("", {}))
    about = _all(entities, entity)
    properties = _renamed(about[0], names) if about else {}
    if told.get("name"):
        properties["list_id"] = told["name"]
    if len(products) == 1 and not entity and action != "list_view":
        properties = {**products[0], **properties}
    elif products:
        properties["products"] = products
    return Message("track", event=name, properties=properties)


def _all(entities: Entities, name: str) -> list[Mapping[str, Any]]:
    return [entity for entity in entities.get(name, ()) if isinstance(entity, dict)]


def _renamed(told: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in told.items() if value is not None}
