"""A figure of a campaign's report as the people behind it, for whatever is done with people."""

from collections.abc import Mapping
from typing import Any

from khachquen.flows.following import Wish
from khachquen.flows.recounting import args_of, wish_of
from khachquen.flows.reporting import iter_behind
from khachquen.unify.profiles.reaching import numbers_now


def write_behind(wish: Wish, key: str, **more: Any) -> dict[str, Any]:
    """A figure as a job keeps it; ``more`` as ``reporting.iter_behind`` takes it."""
    return {
        **args_of(wish),
        "key": key,
        "more": {name: told for name, told in more.items() if told},
    }


def people_behind(told: Mapping[str, Any]) -> list[int]:
    """The numbers of these people as they are known today, each once, in order: who got two letters
    of a campaign is one person."""
    more = dict(told["more"])
    if "part" in more:
        more["part"] = tuple(more["part"])
    letters = iter_behind(wish_of(told), str(told["key"]), **more)
    people = {one.person_id for some in letters for one in some}
    return sorted(set(numbers_now(people).values()))
