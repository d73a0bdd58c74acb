"""What the shop sells, as trusted sources last told it."""

from collections.abc import Iterable
from dataclasses import dataclass

from khachquen.base import from_micros, to_micros
from khachquen.unify.identity.ledger import chunks
from khachquen.unify.models import Product


@dataclass(frozen=True, slots=True)
class ProductNews:
    """What one event says of one product; price in minor units, time in microseconds UTC."""

    sku: str
    name: str
    category: str
    brand: str
    price_minor: int | None
    currency: str
    url: str
    image_url: str
    at: int
    source_id: int


def save_products(news: Iterable[ProductNews]) -> None:
    """Keep the newest word on each product."""
    newest: dict[str, ProductNews] = {}
    for one in news:
        if one.sku not in newest or one.at >= newest[one.sku].at:
            newest[one.sku] = one
    stored = {
        sku: to_micros(at)
        for chunk in chunks(newest)
        for sku, at in Product.objects.filter(sku__in=chunk).values_list("sku", "told_at")
    }
    fields = ["name", "category", "brand", "price_minor", "currency", "url", "image_url"]
    Product.objects.bulk_create(
        (
            Product(
                sku=one.sku,
                told_at=from_micros(one.at),
                source_id=one.source_id,
                **{field: getattr(one, field) for field in fields},
            )
            for one in newest.values()
            if one.at >= stored.get(one.sku, 0)
        ),
        update_conflicts=True,
        unique_fields=["sku"],
        update_fields=[*fields, "told_at", "source_id"],
    )
