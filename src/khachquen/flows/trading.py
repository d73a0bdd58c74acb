"""The step that hears what trusted sources say of orders and of the catalogue."""

from khachquen.collect.event import ORDER_EVENTS, PRODUCT_EVENT, Event, read_currency, read_price
from khachquen.flows.batch import Batch
from khachquen.unify.catalogue import ProductNews
from khachquen.unify.identity import NodeState
from khachquen.unify.orders import OrderNews


def update_orders(batch: Batch) -> None:
    """What trusted sources say of orders and of the catalogue."""
    for event, node in zip(batch.events, batch.nodes, strict=True):
        if not event.trusted or event.type != "track":
            continue
        if event.order and event.name in ORDER_EVENTS:
            batch.orders.append(_order_news(event, node))
        elif event.name == PRODUCT_EVENT and (news := _product_news(event, batch)):
            batch.products.append(news)


def _order_news(event: Event, node: NodeState | None) -> OrderNews:
    assert event.order is not None
    assert event.name is not None
    order = event.order
    return OrderNews(
        source_id=event.source_id,
        number=order.number,
        event=event.name,
        node_id=node.id if node else None,
        at=event.at,
        currency=order.currency,
        total_minor=order.total_minor,
        units=order.units,
    )


def _product_news(event: Event, batch: Batch) -> ProductNews | None:
    told = event.properties
    sku = str(told.get("product_id") or told.get("sku") or "")[:200]
    if not sku:
        return None
    currency = read_currency(told, batch.ingester.limits.default_currency)
    return ProductNews(
        sku=sku,
        price_minor=read_price(told, currency),
        currency=currency,
        at=event.at,
        source_id=event.source_id,
        name=str(told.get("name") or "")[:300],
        category=str(told.get("category") or "")[:200],
        brand=str(told.get("brand") or "")[:200],
        url=str(told.get("url") or "")[:500],
        image_url=str(told.get("image_url") or "")[:500],
    )
