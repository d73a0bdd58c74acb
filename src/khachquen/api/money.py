"""Amounts in answers."""

from khachquen.api.shapes import MoneyShape
from khachquen.base import Money


def money(minor: int, currency: str) -> MoneyShape:
    """The amount in both its forms.

    >>> money(1250, "USD").amount
    '12.50'
    """
    exact = Money(minor, currency)
    return MoneyShape(amount=str(exact.to_major()), minor=minor, currency=currency)
