"""Customers as the files of a shop have them: the same people, again and again, each time typed
differently, and who they truly are beside. For measuring; the believable shop is elsewhere here."""

import unicodedata
from collections.abc import Iterator

from khachquen.demo.draw import Dice, dice_for
from khachquen.demo.person import Person, draw_person
from khachquen.demo.phones import as_typed, mistyped
from khachquen.demo.places import draw_address
from khachquen.unify.normalise import fold

DIRTY_TRUTH = "Người"
"""The column that says whose record it is; every other is what somebody typed."""

DIRTY_COLUMNS = (
    "Mã",
    "Nguồn",
    "Họ và tên",
    "Điện thoại",
    "E-mail",
    "Ngày sinh",
    "Địa chỉ",
    "Phường xã",
    "Tỉnh thành",
    DIRTY_TRUTH,
)
_TIMES = (1,) * 45 + (2,) * 28 + (3,) * 16 + (4,) * 8 + (5,) * 3  # records a person has
_SOURCES = ("web", "pos", "zalo", "shopee", "event")
_WINDOW = 5_000  # people whose records lie mixed
_LETTERS = "abcdeghiklmnopqrstuvxy"


def dirty_customers(records: int, *, seed: int) -> Iterator[dict[str, str]]:
    """So many records, about half as many people; the same seed gives the same bytes.

    A longer list begins like a shorter one, apart from the last few thousand.
    """
    left, number = records, 0
    while left > 0:
        window: list[dict[str, str]] = []
        dice = dice_for(seed, "dirty", number)
        for _ in range(_WINDOW):
            number += 1
            window += _records_of(dice, draw_person(dice, seed, number), number)
            if len(window) >= left:
                break
        dice.shuffle(window)
        yield from window[:left]
        left -= len(window)


def _records_of(dice: Dice, person: Person, number: int) -> Iterator[dict[str, str]]:
    for turn in range(dice.pick(_TIMES)):
        address = person.address if dice.chance(0.96) else draw_address(dice)
        values = (
            f"{number}-{turn}",
            dice.pick(_SOURCES),
            _name(dice, person),
            _phone(dice, person),
            _email(dice, person),
            _birthday(dice, person),
            address.street if dice.chance(0.6) else fold(address.street),
            _ward(dice, address.ward),
            address.province if dice.chance(0.8) else fold(address.province).upper(),
            str(number),
        )
        yield dict(zip(DIRTY_COLUMNS, values, strict=True))


def _name(dice: Dice, person: Person) -> str:
    if dice.chance(0.1):
        return f"{'Chị' if person.is_woman else 'Anh'} {person.given}"
    name = person.name
    if dice.chance(0.07):
        name = f"{person.given} {person.family} {person.middle}"
    if dice.chance(0.12):
        name = _with_typo(dice, name)
    if dice.chance(0.45):
        return fold(name).upper() if dice.chance(0.5) else fold(name).title()
    return unicodedata.normalize("NFD", name) if dice.chance(0.08) else name


def _with_typo(dice: Dice, text: str) -> str:
    """One letter turned, lost or wrong."""
    place = dice.between(1, len(text) - 2)
    form = dice.between(0, 2)
    if form == 0:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + (dice.pick(_LETTERS) if form == 1 else "") + text[place + 1 :]


def _phone(dice: Dice, person: Person) -> str:
    if dice.chance(0.12):
        return ""
    phone = person.phone
    if person.second_phone and dice.chance(0.4):
        phone = person.second_phone
    return mistyped(dice, phone) if dice.chance(0.04) else as_typed(dice, phone)


def _email(dice: Dice, person: Person) -> str:
    if not person.email or dice.chance(0.25):
        return ""
    name, _, host = person.email.partition("@")  # the host stays one that reaches nobody
    return f"{_with_typo(dice, name)}@{host}" if dice.chance(0.03) else person.email


def _birthday(dice: Dice, person: Person) -> str:
    if not person.birthday or dice.chance(0.45):
        return ""
    year, month, day = person.birthday.split("-")
    if dice.chance(0.04):
        month, day = day, month
    return f"{day}/{month}/{year}" if dice.chance(0.5) else f"{year}-{month}-{day}"


def _ward(dice: Dice, ward: str) -> str:
    if dice.chance(0.15):
        return ""
    bare = ward.removeprefix("Phường ")
    return dice.pick(("Phường ", "P. ", "")) + (bare if dice.chance(0.7) else fold(bare))
