"""Phone numbers that look like today's, one for each person, and how tills write them."""

from khachquen.demo.draw import Dice, spread_text

# National prefixes without the zero, by carrier share: Viettel, VinaPhone, MobiFone, others.
_PREFIX = spread_text(
    """32 3, 33 4, 34 4, 35 4, 36 4, 37 4, 38 4, 39 4, 86 3, 96 5, 97 6, 98 6, 81 2, 82 2, 83 2
    84 2, 85 2, 88 2, 91 6, 94 5, 70 2, 76 2, 77 2, 78 2, 79 2, 90 5, 93 4, 89 1, 56 1, 58 1, 92 1
    59 0.5, 99 0.5, 87 0.5"""
)
_TODAY = "32 33 34 35 36 37 38 39 70 79 77 76 78 83 84 85 81 82 56 58 59"
_BEFORE_2018 = "162 163 164 165 166 167 168 169 120 121 122 126 128 123 124 125 127 129 186 188 199"
_OLD = dict(zip(_TODAY.split(), _BEFORE_2018.split(), strict=True))
_SUBSCRIBERS = 10_000_000


def phone_of(seed: int, number: int) -> str:
    """Nine national digits nobody else of this seed has: ``number`` names the owner.

    The last seven digits are a one-to-one shuffle of ``number``; 912345678 stands for
    0912 345 678.
    """
    subscriber = (number * 7_368_787 + seed * 919_393 + 1_234_567) % _SUBSCRIBERS
    prefix = _PREFIX[(number * 7_919 + seed * 104_729) % len(_PREFIX)]
    return f"{prefix}{subscriber:07d}"


def as_typed(dice: Dice, phone: str) -> str:
    """The number as a cashier or an old spreadsheet writes it."""
    a, b, c = phone[:3], phone[3:6], phone[6:]
    old = _OLD.get(phone[:2])
    form = dice.between(0, 15)
    if form < 5:
        return "0" + phone
    if form == 5 and old:
        return f"0{old} {phone[2:5]} {phone[5:]}"
    forms = (
        f"0{a} {b} {c}",
        f"0{a}.{b}.{c}",
        f"0{a}-{b}-{c}",
        f"+84{phone}",
        f"84{phone}",
        phone,
        f"0{phone}.0",
        f"+84 (0) {a} {b} {c}",
        f"(+84) {a} {b} {c}",
        f" 0{a} {b} {c} ",
        f"0{phone[:2]} {phone[2:5]} {phone[5:]}",
    )
    return forms[form - 5]


def mistyped(dice: Dice, phone: str) -> str:
    """The number with one wrong digit near its end: somebody else's, or nobody's."""
    place = dice.between(3, 8)
    digit = (int(phone[place]) + dice.between(1, 9)) % 10
    return f"0{phone[:place]}{digit}{phone[place + 1 :]}"


def masked(phone: str) -> str:
    """What a marketplace lets a shop see of it."""
    return f"(+84)*****{phone[-2:]}"
