"""A template looked at as real people would get it, before anything is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from khachquen.activate.channels.zalo import Parameter, fill
from khachquen.activate.zalo.saying import Said
from khachquen.activate.zalo.sources import list_sources
from khachquen.activate.zalo.templates import MessageTemplate, parameters_of
from khachquen.base import Text
from khachquen.flows.zalo_messages import values_for
from khachquen.store import ask
from khachquen.understand.segments.asking import numbers
from khachquen.unify.profiles.reaching import reach

_PEOPLE = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """What one person would get: parameter → text, and what keeps them from getting it."""

    name: str
    filled: Mapping[str, str]
    problems: Sequence[Text]


def said_of(template: MessageTemplate, told: Mapping[str, Any]) -> Said:
    """What somebody chose for each parameter."""
    known = list_sources()
    names = [one.name for one in parameters_of(template)]
    sources = {one: told.get(f"from_{one}") or "" for one in names}
    otherwise = {one: told.get(f"else_{one}") or "" for one in names}
    return Said(
        template.pk,
        {key: value for key, value in sources.items() if value in known},
        {key: value for key, value in otherwise.items() if value},
    )


def preview(
    template: MessageTemplate, said: Said, segment_id: int, timezone: str, *, now: datetime
) -> list[Shown]:
    """The first few people of a segment, each with what they would get."""
    people = [row[0] for row in ask(numbers(segment_id, by=now, limit=_PEOPLE)).rows]
    names = {number: one.name for number, one in reach(people).items()}
    parameters: Sequence[Parameter] = parameters_of(template)
    values = values_for(parameters, said, people, timezone, now=now)
    found = []
    for number, own in values.items():
        filled, problems = fill(parameters, own, said.otherwise)
        found.append(Shown(names.get(number, ""), filled, [one.words for one in problems]))
    return found
