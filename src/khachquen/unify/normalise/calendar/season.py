"""The days that move sales, with the names they go by: what a campaign calendar shows."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from khachquen.base import Text
from khachquen.unify.normalise.calendar.lunar import lunar_of, solar_of, tet_of


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day with a name; ``is_lunar``: it moves from year to year."""

    on: date
    code: str
    name: Text
    is_lunar: bool = False


# month, day, code, Vietnamese, English
_SOLAR = (
    (1, 1, "new_year", "Tết Dương lịch", "New Year's Day"),
    (2, 14, "valentine", "Lễ tình nhân", "Valentine's Day"),
    (3, 8, "women", "Quốc tế Phụ nữ", "International Women's Day"),
    (4, 30, "reunification", "Ngày Giải phóng miền Nam", "Reunification Day"),
    (5, 1, "labour", "Quốc tế Lao động", "Labour Day"),
    (6, 1, "children", "Quốc tế Thiếu nhi", "Children's Day"),
    (9, 2, "national", "Quốc khánh", "National Day"),
    (9, 9, "sale_9_9", "Ngày mua sắm 9/9", "9.9 sale"),
    (10, 10, "sale_10_10", "Ngày mua sắm 10/10", "10.10 sale"),
    (10, 20, "vietnamese_women", "Ngày Phụ nữ Việt Nam", "Vietnamese Women's Day"),
    (11, 11, "sale_11_11", "Ngày mua sắm 11/11", "11.11 sale"),
    (11, 20, "teachers", "Ngày Nhà giáo Việt Nam", "Teachers' Day"),
    (12, 12, "sale_12_12", "Ngày mua sắm 12/12", "12.12 sale"),
    (12, 24, "christmas", "Giáng sinh", "Christmas Eve"),
)
# lunar month and day; the 12th month ends the year that began the Tết before
_LUNAR = (
    (1, 1, "tet", "Mùng 1 Tết", "Lunar New Year"),
    (1, 10, "god_of_wealth", "Vía Thần Tài", "God of Wealth Day"),
    (1, 15, "first_full_moon", "Rằm tháng Giêng", "First full moon"),
    (3, 10, "hung_kings", "Giỗ Tổ Hùng Vương", "Hùng Kings' Day"),
    (5, 5, "doan_ngo", "Tết Đoan Ngọ", "Đoan Ngọ Festival"),
    (7, 7, "that_tich", "Thất Tịch", "Thất Tịch (double seventh)"),
    (7, 15, "vu_lan", "Lễ Vu Lan", "Vu Lan Festival"),
    (8, 15, "mid_autumn", "Tết Trung Thu", "Mid-Autumn Festival"),
    (12, 23, "kitchen_gods", "Ông Công Ông Táo", "Kitchen Gods' Day"),
)


@lru_cache(maxsize=32)
def named_days(year: int) -> tuple[NamedDay, ...]:
    """Every named day that falls in a calendar year, in order.

    >>> [str(day.on) for day in named_days(2026) if day.code in ("tet", "mid_autumn")]
    ['2026-02-17', '2026-09-25']
    >>> named_days(2026)[-1].name.vi
    'Giáng sinh'

    Raises:
        ValueError: the year is before 1901 or after 2099.
    """
    tet = tet_of(year)
    days = [NamedDay(date(year, m, d), code, Text(vi, en)) for m, d, code, vi, en in _SOLAR]
    days.append(NamedDay(_black_friday(year), "black_friday", Text("Black Friday", "Black Friday")))
    days.append(
        NamedDay(
            tet - timedelta(days=1), "tet_eve", Text("Giao thừa", "Lunar New Year's Eve"), True
        )
    )
    for month, day, code, vi, en in _LUNAR:
        for lunar_year in (year - 1, year):
            on = solar_of(day, month, lunar_year)
            if on and on.year == year:
                days.append(NamedDay(on, code, Text(vi, en), True))
    return tuple(sorted(days, key=lambda each: (each.on, each.code)))


def is_quiet(on: date) -> bool:
    """Whether nothing should be sent unless somebody asked for it: New Year's Eve and mùng 1.

    >>> [is_quiet(date(2026, 2, day)) for day in (15, 16, 17, 18)]
    [False, True, True, False]
    """
    today, tomorrow = lunar_of(on), lunar_of(on + timedelta(days=1))
    first = (1, 1)
    return any(day is not None and (day.day, day.month) == first for day in (today, tomorrow))


def _black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)
