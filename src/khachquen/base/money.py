"""Money: a whole number of the currency's smallest unit, and the currency."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from khachquen.base.errors import InputError
from khachquen.base.text import Text

# ISO 4217 minor-unit exponents of the currencies a shop here meets; all others have 2.
_EXPONENTS = {"VND": 0, "JPY": 0, "KRW": 0, "LAK": 2, "KHR": 2, "KWD": 3, "BHD": 3, "CLP": 0}
_SYMBOLS = {"VND": "₫", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def exponent_of(currency: str) -> int:
    """How many decimals the currency has (ISO 4217): VND 0, USD 2.

    >>> exponent_of("VND"), exponent_of("GBP")
    (0, 2)
    """
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: ``minor`` counts đồng, cents or pence."""

    minor: int
    currency: str = "VND"

    @classmethod
    def from_major(cls, amount: Decimal | int | float | str, currency: str = "VND") -> "Money":
        """An amount as people write it on the wire (12.5 dollars), rounded half to even.

        >>> Money.from_major("12.5", "USD")
        Money(minor=1250, currency='USD')
        >>> Money.from_major(199000)
        Money(minor=199000, currency='VND')

        Raises:
            InputError: ``amount`` is not a finite number (code ``money.not_a_number``).
        """
        try:
            exact = Decimal(str(amount))
            if not exact.is_finite() or abs(exact) >= Decimal(10) ** 15:
                raise ValueError
        except (ArithmeticError, ValueError):
            raise cls.not_a_number(amount) from None
        scaled = exact.scaleb(exponent_of(currency))
        return cls(int(scaled.to_integral_value(ROUND_HALF_EVEN)), currency)

    @staticmethod
    def not_a_number(value: object) -> InputError:
        """The error for a value that is no amount of money."""
        shown = repr(str(value)[:40])
        return InputError(
            "money.not_a_number",
            Text(
                vi=f"{shown} không phải là một số tiền.", en=f"{shown} is not an amount of money."
            ),
            hint=Text(vi="Ví dụ đúng: 199000 hoặc 12.50.", en="For example 199000 or 12.50."),
        )

    def to_major(self) -> Decimal:
        """The amount in the currency's main unit.

        >>> Money(1250, "USD").to_major()
        Decimal('12.50')
        """
        return Decimal(self.minor).scaleb(-exponent_of(self.currency))

    def format(self) -> str:
        """As a Vietnamese reader expects it: dot for thousands, comma for decimals, symbol last.

        >>> Money(1250000).format()
        '1.250.000\\xa0₫'
        >>> Money(974774793, "GBP").format()
        '9.747.747,93\\xa0£'
        """
        digits = exponent_of(self.currency)
        text = f"{self.to_major():,.{digits}f}".translate(str.maketrans(",.", ".,"))
        return f"{text}\xa0{_SYMBOLS.get(self.currency, self.currency)}"
