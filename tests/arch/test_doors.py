"""Rooms are entered by their doors, and every name at a door can be had."""

from collections.abc import Mapping
from importlib import import_module

import pytest

from scripts import doors
from scripts.doors import Import
from scripts.exceptions import Exceptions, load_exceptions


def without_exceptions(reasons: Mapping[str, str] | None = None) -> Exceptions:
    return Exceptions("doors.imports", reasons or {})


def test_nobody_climbs_through_a_wall() -> None:
    assert doors.find_crossings(doors.list_imports(), load_exceptions("doors.imports")) == []


def test_an_import_of_an_inside_is_named_with_the_door_to_take() -> None:
    inside = Import("khachquen.web.pages", "khachquen.unify.profiles.reading")
    assert doors.find_crossings([inside], without_exceptions()) == [
        "khachquen.web.pages -> khachquen.unify.profiles.reading climbs through a wall;"
        " the door is khachquen.unify"
    ]


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("khachquen.web.pages", "khachquen.unify"),
        ("khachquen.web.pages", "khachquen.unify.profiles"),
        ("khachquen.unify.identity.rules", "khachquen.unify.profiles.reading"),
        ("khachquen.web.pages", "khachquen.settings"),
    ],
)
def test_doors_and_neighbours_are_open(importer: str, imported: str) -> None:
    assert doors.find_crossings([Import(importer, imported)], without_exceptions()) == []


def test_an_exception_that_excuses_nothing_is_refused() -> None:
    reasons = {"khachquen.web -> khachquen.store.sqlite": "ADR 0000"}
    assert doors.find_crossings([], without_exceptions(reasons)) == [
        "exceptions.toml [doors.imports]: 'khachquen.web -> khachquen.store.sqlite'"
        " excuses nothing any more; take it out"
    ]


def test_doors_are_short() -> None:
    assert doors.find_wide_doors(doors.list_doors(), load_exceptions("doors.wide")) == []
    assert doors.find_wide_doors(["khachquen.base"], without_exceptions()) == [
        f"khachquen.base lists {len(doors.names_of('khachquen.base') or [])} names;"
        " a door has at most 12"
    ]


@pytest.mark.parametrize("door", doors.list_doors())
def test_every_name_at_a_door_can_be_had_and_has_a_purpose(door: str) -> None:
    module = import_module(door)
    for name in doors.names_of(door) or []:
        assert getattr(module, name) is not None
    assert module.__doc__ is not None, f"{door} does not say what it knows and hides"
