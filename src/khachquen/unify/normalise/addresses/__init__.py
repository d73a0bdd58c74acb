"""Knows the units of the country, before and since July 2025, and how people write addresses.

Hides the tables, their dates and the parser. Does not know streets or house numbers, draw maps, or
ask anybody over a network: a divided ward gives candidates and a flag, and a person decides.
"""

from khachquen.unify.normalise.addresses.reading import Address, Place, read_address
from khachquen.unify.normalise.addresses.units import (
    Unit,
    find_unit,
    list_provinces,
    list_wards,
)

__all__ = [
    "Address",
    "Place",
    "Unit",
    "find_unit",
    "list_provinces",
    "list_wards",
    "read_address",
]
