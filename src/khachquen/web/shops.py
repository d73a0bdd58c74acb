"""The shop a page speaks for."""

from django.conf import settings
from django.http import HttpRequest


def currency_of(request: HttpRequest) -> str:
    """The shop's currency, or the installation's before there is a shop."""
    shop = getattr(request, "shop", None)
    return str(shop.currency if shop else settings.CONFIG.shop.currency)
