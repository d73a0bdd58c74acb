"""What the shop sells, as trusted sources last told it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

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


@dataclass(frozen=True, slots=True)
class ProductView:
    """One product as it stands; price in minor units, None where nobody told one."""

    sku: str
    name: str
    category: str
    price_minor: int | None
    currency: str
    url: str
    image_url: str


def read_products(skus: Collection[str]) -> dict[str, ProductView]:
    """SKU → product; those the shop does not have are left out."""
    found = (Product.objects.filter(sku__in=chunk) for chunk in chunks(skus))
    return {row.sku: _view(row) for rows in found for row in rows}


def list_products(*, search: str = "", limit: int = 50) -> list[ProductView]:
    """Products by name, those whose name, SKU or category holds the words; at most ``limit``."""
    rows = Product.objects.order_by("name", "sku")
    if words := search.strip():
        rows = rows.filter(
            Q(name__icontains=words) | Q(sku__icontains=words) | Q(category__icontains=words)
        )
    return [_view(row) for row in rows[:limit]]


def _view(row: Product) -> ProductView:
    return ProductView(
        sku=row.sku,
        name=row.name,
        category=row.category,
        price_minor=row.price_minor,
        currency=row.currency,
        url=row.url,
        image_url=row.image_url,
    )


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
