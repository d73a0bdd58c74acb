"""The shop a page speaks for, and the sources it hears from."""

from django.conf import settings
from django.http import HttpRequest

from khachquen.collect import list_sources


def currency_of(request: HttpRequest) -> str:
    """The shop's currency, or the installation's before there is a shop."""
    shop = getattr(request, "shop", None)
    return str(shop.currency if shop else settings.CONFIG.shop.currency)


def source_names() -> dict[int, str]:
    """Source id → the name people gave it."""
    return {source.id: source.name for source in list_sources()}
