"""One row in the form rows are compared in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache

from khachquen.unify.matching.columns import Columns, Field
from khachquen.unify.normalise import fold, normalise_email, split_name, split_phones

_LONGEST = 300  # what is longer is a note in the wrong cell
_WORDS = re.compile(r"[^a-z0-9]+")
_UNIT = re.compile(r"^(?:phuong|xa|thi tran|quan|huyen|thi xa|thanh pho|tinh|tp|tx|tt|p|q|h|x) ")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ]?(\d{1,2})[-/. ]?(\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[T ].*)?")


@dataclass(frozen=True, slots=True)
class Record:
    """Normal forms only, empty where nothing is known. Names are folded; dates are YYYYMMDD."""

    given: str = ""
    middle: str = ""
    family: str = ""
    phone: str = ""
    phone_other: str = ""
    email: str = ""
    birth: str = ""
    id_number: str = ""
    street: str = ""
    place: str = ""
    region: str = ""
    postcode: str = ""


RECORD_COLUMNS = tuple(field.name for field in fields(Record))


def normalise_row(row: Mapping[str, str], columns: Columns) -> Record:
    """What a raw row says, field by field.

    A value that has no sure normal form (a masked phone, *khách lẻ*) is unknown, not a value.

    >>> from khachquen.unify.matching.columns import guess_columns
    >>> row = {"Họ tên": "Chị NGUYEN THI HOA", "SĐT": "0168.812.3456", "Ngày sinh": "02/10/2001"}
    >>> record = normalise_row(row, guess_columns(list(row)))
    >>> record.given, record.family, record.phone, record.birth
    ('hoa', 'nguyen', '+84388123456', '20011002')
    """
    said = {
        field: " ".join(filter(None, (row.get(name, "").strip() for name in names)))[:_LONGEST]
        for field, names in columns.of.items()
    }
    get = said.get
    given, middle, family = _name_of(said)
    phones = _phones(get(Field.PHONE, ""))
    return Record(
        given=given,
        middle=middle,
        family=family,
        phone=phones[0] if phones else "",
        phone_other=phones[1] if len(phones) > 1 else "",
        email=normalise_email(get(Field.EMAIL, "")) or "",
        birth=normalise_birth(get(Field.BIRTH, "")),
        id_number=_WORDS.sub("", fold(get(Field.ID_NUMBER, ""))),
        street=_plain(get(Field.STREET, "")),
        place=_unit(get(Field.PLACE, "") or get(Field.DISTRICT, "")),
        region=_unit(get(Field.DISTRICT, "")) + "|" + _unit(get(Field.REGION, ""))
        if Field.DISTRICT in said
        else _unit(get(Field.REGION, "")),
        postcode=_WORDS.sub("", fold(get(Field.POSTCODE, ""))),
    )


def normalise_birth(text: str) -> str:
    """A birth date as eight digits, day before month unless the year comes first.

    A date no calendar has (a typing error) keeps its digits: it still resembles the right one.

    >>> normalise_birth("2/10/2001"), normalise_birth("19851329"), normalise_birth("1990")
    ('20011002', '19851329', '')
    """
    if not text:
        return ""
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        return ""
    return f"{year}{int(month):02d}{int(day):02d}"


def _name_of(said: Mapping[Field, str]) -> tuple[str, str, str]:
    """Given, middle and family name, folded.

    Shops of Vietnam put a whole name into either half of a form that asks for two, so only a
    family and a given name of one word each are taken as they are told.
    """
    given, family = said.get(Field.GIVEN, ""), said.get(Field.FAMILY, "")
    whole = said.get(Field.FULL_NAME, "")
    if not whole and given and family and " " not in given:
        return fold(given), fold(said.get(Field.MIDDLE, "")), fold(family)
    if not whole and bool(given) != bool(family) and " " not in given + family:
        return fold(given), "", fold(family)
    return _split(whole or " ".join(filter(None, (family, said.get(Field.MIDDLE, ""), given))))


@lru_cache(maxsize=65_536)
def _split(full_name: str) -> tuple[str, str, str]:
    name = split_name(full_name)
    return fold(name.given), fold(name.middle), fold(name.family)


def _phones(text: str) -> tuple[str, ...]:
    return split_phones(text) if text else ()


def _plain(text: str) -> str:
    return " ".join(_WORDS.sub(" ", fold(text)).split())


@lru_cache(maxsize=16_384)
def _unit(text: str) -> str:
    """The bare name of a ward, district or province: their kind changes, and is often left out."""
    plain = _plain(text)
    bare = _UNIT.sub("", plain)
    return plain if bare.isdigit() else bare
