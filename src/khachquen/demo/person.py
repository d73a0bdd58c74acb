"""One invented person: name, numbers, address; and the many ways each gets written."""

import unicodedata
from dataclasses import dataclass

from khachquen.demo.draw import Dice
from khachquen.demo.names import (
    FAMILY,
    GIVEN_FEMALE,
    GIVEN_MALE,
    MIDDLE_FEMALE,
    MIDDLE_MALE,
)
from khachquen.demo.phones import as_typed, mistyped, phone_of
from khachquen.demo.places import Address, draw_address
from khachquen.unify.normalise import fold

# Reserved by RFC 2606 and 6761: no letter to them can ever reach anybody.
_MAIL_HOSTS = ("hopthu.example",) * 5 + ("thu.example",) * 2 + ("example.com", "example.net")
_SECOND_PHONES = 3_000_000  # owners of second numbers stand this far behind the first


@dataclass(slots=True)
class Person:
    """Who somebody truly is. ``phone`` is nine national digits; empty texts are not known."""

    user_id: str
    family: str
    middle: str
    given: str
    is_woman: bool
    birthday: str
    phone: str
    second_phone: str
    email: str
    address: Address

    @property
    def name(self) -> str:
        """The full name as its owner writes it."""
        return f"{self.family} {self.middle} {self.given}"


def draw_person(dice: Dice, seed: int, number: int) -> Person:
    """Customer ``number`` of this seed.

    One in a hundred shares the phone of the customer before: mother and daughter, man and wife.
    """
    is_woman = dice.chance(0.68)
    family = dice.pick(FAMILY)
    middle = dice.pick(MIDDLE_FEMALE if is_woman else MIDDLE_MALE)
    given = dice.pick(GIVEN_FEMALE if is_woman else GIVEN_MALE)
    shares = number > 1 and dice.chance(0.01)
    second = phone_of(seed, number + _SECOND_PHONES) if dice.chance(0.12) else ""
    return Person(
        user_id=f"KH{seed % 100:02d}{number:06d}",
        family=family,
        middle=middle,
        given=given,
        is_woman=is_woman,
        birthday=_draw_birthday(dice) if dice.chance(0.6) else "",
        phone=phone_of(seed, number - shares),
        second_phone=second,
        email=_email(dice, fold(given), fold(family), number * 10 + seed % 10),
        address=draw_address(dice),
    )


def _draw_birthday(dice: Dice) -> str:
    age = 18 + int(20 * dice.random() + 26 * dice.random() ** 2)
    return f"{2025 - age}-{dice.between(1, 12):02d}-{dice.between(1, 28):02d}"


def _email(dice: Dice, given: str, family: str, number: int) -> str:
    form, host = dice.between(0, 3), dice.pick(_MAIL_HOSTS)
    if dice.chance(0.22):
        return ""
    local = (f"{given}.{family}", f"{given}{family}", f"{family}{given}", f"{given}_{family}")[form]
    return f"{local}{number}@{host}"


def name_at_till(dice: Dice, person: Person) -> str:
    """The name as a cashier types it."""
    form = dice.random()
    if form < 0.55:
        return fold(person.name).upper()
    if form < 0.75:
        return person.name
    if form < 0.88:
        return f"{'Chị' if person.is_woman else 'Anh'} {person.given}"
    if form < 0.94:
        return unicodedata.normalize("NFD", person.name)
    return f"{person.given} {person.family} {person.middle}"


def masked_name(person: Person) -> str:
    """What a marketplace lets a shop see of the name: ``N*** H``."""
    return f"{person.family[0]}*** {person.given[0]}"


def phone_at_till(dice: Dice, person: Person) -> str:
    """The number as a cashier types it, now and then with a wrong digit."""
    if dice.chance(0.01):
        return mistyped(dice, person.phone)
    use_second = person.second_phone and dice.chance(0.2)
    return as_typed(dice, person.second_phone if use_second else person.phone)


def phone_on_form(dice: Dice, person: Person) -> str:
    """The number as its owner types it."""
    phone = person.phone
    form = dice.random()
    if form < 0.8:
        return "0" + phone
    return f"0{phone[:3]} {phone[3:6]} {phone[6:]}" if form < 0.92 else "+84" + phone
