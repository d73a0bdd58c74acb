"""People: found, read, and followed through time."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from khachquen.api.asked import FindAsked, SearchAsked, TimelineAsked
from khachquen.api.money import money
from khachquen.api.paging import read_place, write_place
from khachquen.api.shapes import (
    ClassesShape,
    ClassValues,
    EventList,
    EventShape,
    FoundList,
    FoundShape,
    IdentifierShape,
    LineShape,
    OrderTold,
    ProfileList,
    ProfileShape,
    ProfileSummary,
    SaidShape,
    StageShape,
    TraitShape,
)
from khachquen.base import InputError, Text, system_clock
from khachquen.flows.finding import Wanted, count_people, find_people
from khachquen.flows.recalling import recall
from khachquen.govern import get_shop
from khachquen.understand.classes.people import classes_of, classes_of_person
from khachquen.understand.query.classes import CLASS_KEYS, HABIT_KEYS
from khachquen.understand.timelines import Place
from khachquen.unify.profiles import (
    ProfileRow,
    ProfileView,
    find_profile,
    get_profile,
    list_profiles,
)

router = Router(tags=["profiles"])


@router.get(
    "/profiles",
    response=ProfileList,
    operation_id="find_profiles",
    summary="Find people",
)
def search(request: HttpRequest, asked: Query[SearchAsked]) -> ProfileList:
    """A page of people, merged-away records left out; or the one an identifier belongs to.

    An identifier nobody has gives an empty page, not an error.
    """
    currency = _shop_currency()
    if asked.identifier:
        if asked.search or asked.cursor:
            raise _not_together()
        found = find_profile(asked.identifier)
        rows = [found.row] if found else []
        return ProfileList(
            items=[_summary(row, currency) for row in rows],
            next_cursor="",
            previous_cursor="",
            total=len(rows),
            is_counted=True,
        )
    page = list_profiles(
        search=asked.search,
        sort=asked.sort,
        page_size=asked.limit,
        cursor=asked.cursor,
        who=asked.who,
    )
    return ProfileList(
        items=[_summary(row, currency) for row in page.rows],
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        total=page.total,
        is_counted=page.is_counted,
    )


@router.post(
    "/profiles/search",
    response=FoundList,
    operation_id="search_profiles",
    summary="Find people by a rule",
)
def search_by_rule(request: HttpRequest, asked: FindAsked) -> FoundList:
    """The same people, in the same order, as the list of customers shows for these filters.

    Rules are asked of what is known a few seconds ago; people are shown as they are now.
    """
    rules = () if asked.rule is None else (asked.rule,)
    wanted, now = Wanted(asked.search.strip(), asked.who, rules), system_clock()
    page = find_people(wanted, sort=asked.sort, cursor=asked.cursor, size=asked.limit, now=now)
    total = page.total if page.is_counted else None
    if asked.is_counted and total is None:
        total = count_people(wanted, now=now)
    currency, ids = _shop_currency(), [row.id for row in page.rows]
    told = classes_of(ids, now=now) if asked.classes else {}
    return FoundList(
        items=[
            FoundShape(
                **_row(row, currency),
                classes=ClassValues(**_values(told[row.id])) if row.id in told else None,
            )
            for row in page.rows
        ],
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        total=total,
    )


@router.get(
    "/profiles/{profile_id}",
    response=ProfileShape,
    operation_id="read_profile",
    summary="One person whole",
)
def read(request: HttpRequest, profile_id: int) -> ProfileShape:
    """Identifiers, and every trait with its source and time.

    The id of a record that was merged away answers with the record that took it in.
    """
    return _whole(get_profile(profile_id))


@router.get(
    "/profiles/{profile_id}/timeline",
    response=EventList,
    operation_id="read_timeline",
    summary="What a person did",
)
def read_timeline(request: HttpRequest, profile_id: int, asked: Query[TimelineAsked]) -> EventList:
    """The events of all the person's identifiers, newest first."""
    person = get_profile(profile_id)
    before = read_place(asked.cursor) if asked.cursor else None
    recalled = recall(person, limit=asked.limit, before=before, kind=asked.type)
    last = recalled.rows[-1] if recalled.has_more else None
    return EventList(
        items=[_event(row) for row in recalled.rows],
        next_cursor=write_place(Place(_utc(last["at"]), last["event_id"])) if last else "",
    )


def _summary(row: ProfileRow, currency: str) -> ProfileSummary:
    return ProfileSummary(**_row(row, currency))


def _row(row: ProfileRow, currency: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "phone": row.phone,
        "email": row.email,
        "is_known": row.is_known,
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
        "events": row.events,
        "orders": row.orders,
        "spent": money(row.spent_minor, currency),
        "last_order_at": row.last_order_at,
    }


def _whole(person: ProfileView) -> ProfileShape:
    return ProfileShape(
        **_row(person.row, _shop_currency()),
        asked_id=person.asked_id,
        classes=_classes(person.row.id),
        identifiers=[
            IdentifierShape(
                kind=one.kind,
                value=one.value,
                first_seen=one.first_seen,
                last_seen=one.last_seen,
                events=one.events,
            )
            for one in person.identifiers
        ],
        traits=[
            TraitShape(
                name=trait.name,
                value=trait.value,
                said=[
                    SaidShape(
                        value=said.value,
                        source_id=said.source_id,
                        at=said.at,
                        identifier=said.identifier,
                        message_id=said.message_id,
                    )
                    for said in trait.said
                ],
            )
            for trait in person.traits
        ],
    )


def _classes(profile_id: int) -> ClassesShape:
    told = classes_of_person(profile_id, now=system_clock())
    stages = [
        StageShape(stage=one.stage, at=one.at, cause=one.cause) for one in reversed(told.course)
    ]
    return ClassesShape(
        stages=stages,
        scored_at=told.scored_at,
        **_values(told.values) | {"stage": stages[0].stage if stages else None},
    )


def _values(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: told.get(key) for key in (*CLASS_KEYS, *HABIT_KEYS)}


def _event(row: dict[str, Any]) -> EventShape:
    return EventShape(
        event_id=row["event_id"],
        message_id=row["message_id"],
        source_id=row["source_id"],
        is_trusted=row["trusted"],
        type=row["type"],
        name=row["name"],
        kind=row["kind"],
        at=_utc(row["at"]),
        received_at=_utc(row["received_at"]),
        page_url=row["page_url"],
        page_title=row["page_title"],
        referrer=row["referrer"],
        utm_source=row["utm_source"],
        order=_order(row),
        properties=_read_json(row["properties"]),
        traits=_read_json(row["traits"]),
    )


def _order(row: dict[str, Any]) -> OrderTold | None:
    if not row["order_number"]:
        return None
    currency = row["currency"] or _shop_currency()
    return OrderTold(
        number=row["order_number"],
        total=money(row["total_minor"] or 0, currency),
        units=row["units"] or 0,
        lines=list(_lines(row["lines"] or (), currency)),
    )


def _lines(lines: Iterable[dict[str, Any]], currency: str) -> Iterable[LineShape]:
    for line in lines:
        yield LineShape(
            sku=line["sku"] or "",
            name=line["name"],
            category=line["category"],
            quantity=line["quantity"] or 0,
            price=money(line["price_minor"] or 0, currency),
            amount=money(line["amount_minor"] or 0, currency),
        )


def _read_json(text: str | None) -> Any:
    return json.loads(text) if text else {}


def _utc(at: datetime) -> datetime:
    """The lake keeps times in UTC without saying so."""
    return at.replace(tzinfo=UTC)


def _shop_currency() -> str:
    shop = get_shop()
    return shop.currency if shop else settings.CONFIG.shop.currency


def _not_together() -> InputError:
    return InputError(
        "api.not_together",
        Text(
            vi="identifier không đi cùng search hay cursor.",
            en="identifier does not go together with search or cursor.",
        ),
        path="query.identifier",
    )
