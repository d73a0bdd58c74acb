"""Knows the Vietnamese year: lunar dates, Tết, and the days that move sales.

Hides the astronomy (lunar-vn: Hồ Ngọc Đức's published algorithm at UTC+7; calendars computed for
China's longitude give other days in 1985, 2007 and 2030). Does not know which days a shop closes,
nor the holidays the government sets year by year.
"""

from khachquen.unify.normalise.calendar.lunar import (
    LunarDay,
    days_from_tet,
    lunar_of,
    solar_of,
    tet_of,
)
from khachquen.unify.normalise.calendar.season import NamedDay, is_quiet, named_days

__all__ = [
    "LunarDay",
    "NamedDay",
    "days_from_tet",
    "is_quiet",
    "lunar_of",
    "named_days",
    "solar_of",
    "tet_of",
]
