"""Knows what every room shares: errors, configuration, clocks, ids, money, text in two languages.

Hides how they are parsed and checked. Imports nothing else of ours.
"""

from khachquen.base.clock import Clock, from_micros, system_clock, to_micros
from khachquen.base.config import CONFIG_FILE, Config, load_config
from khachquen.base.doors import door
from khachquen.base.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    InputError,
    InvariantError,
    KhachQuenError,
    NotFoundError,
    UnavailableError,
)
from khachquen.base.money import Money, exponent_of
from khachquen.base.progress import Progress, silent
from khachquen.base.text import Text, nearest

__all__ = [
    "CONFIG_FILE",
    "BusyError",
    "Clock",
    "Config",
    "ConflictError",
    "ForbiddenError",
    "InputError",
    "InvariantError",
    "KhachQuenError",
    "Money",
    "NotFoundError",
    "Progress",
    "Text",
    "UnavailableError",
    "door",
    "exponent_of",
    "from_micros",
    "load_config",
    "nearest",
    "silent",
    "system_clock",
    "to_micros",
]
