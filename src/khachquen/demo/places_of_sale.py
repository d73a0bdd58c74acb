"""Tills and marketplaces: what each of them knows, and writes, of a customer."""

from typing import Any

from khachquen.demo.draw import Dice
from khachquen.demo.person import Person, masked_name, name_at_till, phone_at_till
from khachquen.demo.phones import masked
from khachquen.demo.places import PROVINCES
from khachquen.demo.selling import Sale, Who

_NORTH, _CENTRE = frozenset(PROVINCES[:18]), frozenset(PROVINCES[18:25])
_SHOPS = ("Cửa hàng Hai Bà Trưng, Hà Nội", "Cửa hàng Bạch Đằng, Đà Nẵng", "Cửa hàng Lê Lợi, TP.HCM")
_TILL_PAYMENTS = ("Tiền mặt",) * 45 + ("VietQR",) * 38 + ("Thẻ",) * 17
_MARKETPLACES = ("Shopee",) * 60 + ("TikTok Shop",) * 30 + ("Lazada",) * 10
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_TILL_LIBRARY = {"name": "quay-thu-ngan", "version": "3.2"}
_MARKETPLACE_LIBRARY = {"name": "dong-bo-san", "version": "1.8"}


def sale_at_till(dice: Dice, province: str) -> Sale:
    """A sale at the shop nearest to where the customer lives."""
    shop = _SHOPS[0] if province in _NORTH else _SHOPS[1] if province in _CENTRE else _SHOPS[2]
    return Sale("pos", "pos", shop, dice.pick(_TILL_PAYMENTS))


def somebody_at_till(dice: Dice, person: Person) -> Who:
    """Name and phone as the cashier typed them; one in ten leaves an e-mail too."""
    traits = {"name": name_at_till(dice, person), "phone": phone_at_till(dice, person)}
    if person.email and dice.chance(0.1):
        traits["email"] = person.email.upper() if dice.chance(0.3) else person.email
    return {"context": {"traits": traits, "library": _TILL_LIBRARY}}


def nobody_at_till(dice: Dice) -> Who:
    """A customer who said nothing: khách lẻ."""
    context: dict[str, Any] = {"library": _TILL_LIBRARY}
    if dice.chance(0.5):
        context["traits"] = {"name": dice.pick(("khách lẻ", "Khách lẻ", "KHACH LE"))}
    return {"context": context}


def sale_at_marketplace(dice: Dice) -> Sale:
    """A sale at one of the marketplaces."""
    marketplace = dice.pick(_MARKETPLACES)
    payment = "COD" if dice.chance(0.6) else "Ví sàn"
    return Sale("marketplace", marketplace.lower().replace(" ", "_"), marketplace, payment)


def somebody_at_marketplace(person: Person, sale: Sale, name: str) -> Who:
    """What a marketplace tells: masked name and phone, the province, its own id of the buyer."""
    return {
        "context": {
            "traits": {
                "name": masked_name(person),
                "phone": masked(person.phone),
                "address": {"city": person.address.province},
            },
            "externalIds": [
                {
                    "id": f"{sale.channel}-{name}",
                    "type": f"{sale.channel}_buyer_id",
                    "collection": "users",
                    "encoding": "none",
                }
            ],
            "library": _MARKETPLACE_LIBRARY,
        }
    }


def marketplace_number(dice: Dice, day: str, seed: int, name: str, turn: int) -> str:
    """An order number in the marketplaces' style; its middle keeps it apart from all others."""
    noise = "".join(dice.pick(_ALPHABET) for _ in range(3))
    return f"{day}{seed % 100:02d}{name.upper()}{turn}{noise}"
