"""Whom a list is of: words are looked up where people are kept, filters are asked of the lake.

Every list of people comes from here: the page, files taken away, what is done to many at once, and
the API. So they agree. Without filters, in an order the operational store has an index for, it
answers by itself and is never behind; all else is answered from the mirror in the lake, and shown
as people are now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

import msgspec

from khachquen.flows.opening import people_behind
from khachquen.store import ask
from khachquen.store.building import read_building
from khachquen.store.touched import waiting_since
from khachquen.understand.query import (
    Catalogue,
    check_rule,
    compile_count,
    compile_list,
    parse_rule,
)
from khachquen.understand.query.among import Among, Word
from khachquen.understand.query.listing import compile_numbers
from khachquen.understand.query.rule import AllOf, Rule
from khachquen.understand.query.sorting import (
    Place,
    Sort,
    read_cursor,
    read_sort,
    write_cursor,
)
from khachquen.understand.segments.catalogue import shop_catalogue, shop_timezone
from khachquen.understand.segments.rules import events_of
from khachquen.unify.profiles import ProfilePage, Who, count_profiles, list_profiles
from khachquen.unify.profiles.choosing import find_numbers, numbers_after, rows_of

PLAIN_SORTS = ("last_seen", "spent", "orders", "name", "last_seen.asc", "spent.asc", "orders.asc")
"""What the operational store sorts by itself."""
_AT_ONCE = 50_000
_ALL: Rule = AllOf(())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom somebody wants: found by ``search``, of this sort, who answer to every rule; or nobody
    but ``ids``, whoever they are; or nobody but those ``behind`` a figure of a campaign's report
    (``flows.opening``)."""

    search: str = ""
    who: Who = "known"
    rules: tuple[Mapping[str, Any], ...] = ()
    ids: tuple[int, ...] | None = None
    behind: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The same for a job to keep."""
        return asdict(self)

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "Wanted":
        """What a job kept."""
        ids = told.get("ids")
        return cls(
            search=str(told["search"]),
            who=cast(Who, told["who"]),
            rules=tuple(told.get("rules", ())),
            ids=None if ids is None else tuple(ids),
            behind=told.get("behind"),
        )

    @property
    def is_plain(self) -> bool:
        """Whether the operational store knows all of it."""
        return not self.rules and self.ids is None


@dataclass(frozen=True, slots=True)
class _Question:
    """A list as the lake is asked for it."""

    rule: Rule
    catalogue: Catalogue
    among: Among
    at: Mapping[str, Any]


def find_people(
    wanted: Wanted,
    *,
    sort: str = "last_seen",
    cursor: str = "",
    size: int = 50,
    now: datetime,
) -> ProfilePage:
    """One page of them, in an order of ``understand.query``: ``spent``, ``name.desc``, ``trait:x``.

    The total is exact where one page holds all or the operational store was asked; else it is what
    was seen so far, and ``count_people`` says the whole.

    Raises:
        InputError: a rule, an order or a cursor that cannot be asked (``query.*``, ``profiles.*``).
        ForbiddenError: a rule about what nobody here may ask.
    """
    if wanted.is_plain and sort in PLAIN_SORTS:
        return list_profiles(
            search=wanted.search, sort=sort, who=wanted.who, cursor=cursor, page_size=size
        )
    question = _question(wanted, now)
    order = read_sort(sort, question.catalogue)
    after, is_back = read_cursor(cursor, order) if cursor else (None, False)
    told = compile_list(
        question.rule,
        question.catalogue,
        **question.at,
        sort=order.name,
        after=after,
        is_back=is_back,
        among=question.among,
        limit=size + 1,
    )
    return _page(ask(told).dicts(), order, size, came_by=cursor, is_back=is_back)


def count_people(wanted: Wanted, *, now: datetime) -> int:
    """How many there are, exactly.

    Raises:
        InputError, ForbiddenError: as ``find_people``.
    """
    if wanted.behind is not None:
        return len(people_behind(wanted.behind))
    if wanted.is_plain:
        return count_profiles(search=wanted.search, who=wanted.who)
    told = _question(wanted, now)
    asked = compile_count(told.rule, told.catalogue, **told.at, among=told.among)
    return int(ask(asked).dicts()[0]["members"])


def iter_numbers(
    wanted: Wanted, *, part: int, after: int = 0, now: datetime
) -> Iterator[list[int]]:
    """All of them by number from after one on, in parts; memory holds some ten thousand numbers, of
    those behind a figure all."""
    if wanted.behind is not None:
        found = [number for number in people_behind(wanted.behind) if number > after]
        yield from (found[start : start + part] for start in range(0, len(found), part))
        return
    while numbers := _numbers(wanted, after, now):
        for start in range(0, len(numbers), part):
            yield numbers[start : start + part]
        after = numbers[-1]


def read_rules(rules: Sequence[Mapping[str, Any]]) -> tuple[Rule, Catalogue]:
    """Several rules that must all hold, as one, and what it can ask for.

    Raises:
        InputError, ForbiddenError: what is wrong with one of them.
    """
    parsed = [parse_rule(one) for one in rules]
    named = events_of([msgspec.to_builtins(one) for one in parsed])
    catalogue = shop_catalogue(events=named)
    for one in parsed:
        check_rule(one, catalogue)
    return (parsed[0] if len(parsed) == 1 else AllOf(tuple(parsed))), catalogue


def behind_since(now: datetime) -> datetime | None:
    """Since when filters do not know of everything yet; None while they keep up."""
    since = waiting_since()
    return since if since and (now - since).total_seconds() > _BEHIND_S else None


def is_being_built() -> bool:
    """Whether what filters are asked of is being written for everybody."""
    built = read_building("people")
    return built is None or not built.is_finished


_BEHIND_S = 10


def _question(wanted: Wanted, now: datetime) -> _Question:
    rule, catalogue = read_rules(wanted.rules)
    ids, pieces = find_numbers(wanted.search)
    if wanted.ids is not None:
        ids = wanted.ids if ids is None else sorted({*ids} & {*wanted.ids})
    words = tuple([Word(*piece) for piece in group] for group in pieces)
    among = Among(wanted.who, None if ids is None else tuple(ids), words)
    return _Question(rule, catalogue, among, {"now": now, "timezone": shop_timezone()})


def _numbers(wanted: Wanted, after: int, now: datetime) -> list[int]:
    if wanted.is_plain:
        return numbers_after(after, _AT_ONCE, search=wanted.search, who=wanted.who)
    told = _question(wanted, now)
    asked = compile_numbers(
        told.rule, told.catalogue, **told.at, among=told.among, after=after, limit=_AT_ONCE
    )
    return [number for (number,) in ask(asked).rows]


def _page(
    found: Sequence[Mapping[str, Any]], order: Sort, size: int, *, came_by: str, is_back: bool
) -> ProfilePage:
    has_more, shown = len(found) > size, list(found[:size])
    if is_back:
        shown.reverse()
    has_next, has_previous = (bool(came_by), has_more) if is_back else (has_more, bool(came_by))

    def place(row: Mapping[str, Any], *, back: bool) -> str:
        return write_cursor(order, Place(row["sort_key"], row["profile_id"]), is_back=back)

    return ProfilePage(
        rows=tuple(rows_of([row["profile_id"] for row in shown])),
        next_cursor=place(shown[-1], back=False) if shown and has_next else "",
        previous_cursor=place(shown[0], back=True) if shown and has_previous else "",
        total=len(shown),
        is_counted=not came_by and not has_more,
    )
