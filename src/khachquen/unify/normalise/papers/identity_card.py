"""The twelve digits of a citizen (CCCD): province of birth, century and sex, year, six at random.

Source: Decree 137/2015/NĐ-CP, article 13; Circular 07/2016/TT-BCA, article 7 and its list of
provinces. There is no check digit, so a number can only be consistent, never proven.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

# Where a birth was registered: the 63 provinces of before 2025, whose numbers stay.
_PROVINCES = {
    code: name.strip()
    for code, _, name in (
        entry.strip().partition(" ")
        for entry in (
            "001 Hà Nội, 002 Hà Giang, 004 Cao Bằng, 006 Bắc Kạn, 008 Tuyên Quang, 010 Lào Cai, "
            "011 Điện Biên, 012 Lai Châu, 014 Sơn La, 015 Yên Bái, 017 Hòa Bình, 019 Thái Nguyên, "
            "020 Lạng Sơn, 022 Quảng Ninh, 024 Bắc Giang, 025 Phú Thọ, 026 Vĩnh Phúc, "
            "027 Bắc Ninh, 030 Hải Dương, 031 Hải Phòng, 033 Hưng Yên, 034 Thái Bình, 035 Hà Nam, "
            "036 Nam Định, 037 Ninh Bình, 038 Thanh Hóa, 040 Nghệ An, 042 Hà Tĩnh, "
            "044 Quảng Bình, 045 Quảng Trị, 046 Thừa Thiên Huế, 048 Đà Nẵng, 049 Quảng Nam, "
            "051 Quảng Ngãi, 052 Bình Định, 054 Phú Yên, 056 Khánh Hòa, 058 Ninh Thuận, "
            "060 Bình Thuận, 062 Kon Tum, 064 Gia Lai, 066 Đắk Lắk, 067 Đắk Nông, 068 Lâm Đồng, "
            "070 Bình Phước, 072 Tây Ninh, 074 Bình Dương, 075 Đồng Nai, 077 Bà Rịa - Vũng Tàu, "
            "079 Hồ Chí Minh, 080 Long An, 082 Tiền Giang, 083 Bến Tre, 084 Trà Vinh, "
            "086 Vĩnh Long, 087 Đồng Tháp, 089 An Giang, 091 Kiên Giang, 092 Cần Thơ, "
            "093 Hậu Giang, 094 Sóc Trăng, 095 Bạc Liêu, 096 Cà Mau"
        ).split(",")
    )
}
_FIRST_YEARS = (1900, 2000, 2100, 2200, 2300)

Form = Literal["", "cccd", "cmnd"]
Flag = Literal[
    "lost_zero", "unknown_province", "birth_year_differs", "gender_differs", "birth_in_future"
]


@dataclass(frozen=True, slots=True)
class Cccd:
    """What was written, the number, and what it says of its owner.

    ``number`` is None when there is none. ``form`` is "cccd" (12 digits) or "cmnd" (the 9 of before
    2016, which say nothing). ``flags`` are doubts for a person to settle; no value is rewritten
    because of one, except that zeros lost to Excel (one, or two of Hà Nội's 001) are put back. An
    unknown province is a birth abroad, or no such number.
    """

    raw: str
    number: str | None
    form: Form = ""
    province_code: str = ""
    province: str = ""
    gender: str = ""
    birth_year: int | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def masked(self) -> str:
        """The last four digits, the rest hidden: how it is shown.

        >>> read_cccd("079195012345").masked
        '********2345'
        """
        return "*" * (len(self.number) - 4) + self.number[-4:] if self.number else ""


def read_cccd(
    raw: str, *, born_on: date | None = None, gender: str = "", on: date | None = None
) -> Cccd:
    """The number and what it says; ``born_on`` and ``gender`` are what else is known, to compare.

    ``gender`` is "female" or "male"; ``on`` is the day of reading, after which nobody was born.

    >>> card = read_cccd("079195012345", born_on=date(1996, 1, 1))
    >>> card.province, card.gender, card.birth_year, card.flags
    ('Hồ Chí Minh', 'female', 1995, ('birth_year_differs',))
    >>> read_cccd("79195012345").number, read_cccd("79195012345").flags
    ('079195012345', ('lost_zero',))
    """
    digits = _digits(raw)
    if len(digits) == 9:
        return Cccd(raw, digits, "cmnd")
    flags: list[Flag] = []
    if len(digits) in (10, 11) and _was_whole(digits.zfill(12)):
        digits, flags = digits.zfill(12), ["lost_zero"]
    if len(digits) != 12:
        return Cccd(raw, None)
    province, century = digits[:3], int(digits[3])
    year = _FIRST_YEARS[century // 2] + int(digits[4:6])
    says = "female" if century % 2 else "male"
    if province not in _PROVINCES:
        flags.append("unknown_province")
    if born_on and born_on.year != year:
        flags.append("birth_year_differs")
    if gender in ("female", "male") and gender != says:
        flags.append("gender_differs")
    if on and year > on.year:
        flags.append("birth_in_future")
    return Cccd(
        raw, digits, "cccd", province, _PROVINCES.get(province, ""), says, year, tuple(flags)
    )


def _was_whole(digits: str) -> bool:
    """Whether a number with its zeros back is one of somebody born in this century or the last."""
    return digits[:3] in _PROVINCES and digits[3] in "0123"


def _digits(raw: str) -> str:
    text = unicodedata.normalize("NFKC", raw[:40]).strip("'\" \ufeff\u200b")
    text = re.sub(r"[.,]0+$", "", text)  # Excel's 79195012345.0
    digits = re.sub(r"[\s.\-\u200b]", "", text)
    return digits if digits.isascii() and digits.isdigit() else ""
