"""Finding and reading people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from django.db.models import F, QuerySet

from khachquen.base import InputError, NotFoundError, Text, nearest, system_clock
from khachquen.unify.models import Node, Order, Profile
from khachquen.unify.normalise import normalise_email, normalise_phone
from khachquen.unify.profiles.paging import (
    SortKey,
    beyond,
    ordering,
    read_cursor,
    write_cursor,
)
from khachquen.unify.profiles.saying import read_traits
from khachquen.unify.profiles.searching import find, rank
from khachquen.unify.profiles.views import (
    Identifier,
    OrderView,
    ProfilePage,
    ProfileRow,
    ProfileView,
    Who,
)

SORTS = ("last_seen", "spent", "orders", "name", "last_seen.asc", "spent.asc", "orders.asc")
MAX_PAGE = 200
_KINDS = ("user", "email", "phone", "zalo", "facebook", "card", "device", "anonymous")
_TYPES: dict[str, type] = {"last_seen": datetime, "name_key": str}
_MERGE_CHAIN = 100
_CHUNK = 500
_COUNTED = 1_000


def list_profiles(
    *,
    search: str = "",
    sort: str = "last_seen",
    page_size: int = 50,
    cursor: str = "",
    who: Who = "known",
) -> ProfilePage:
    """One page of the people of the shop, merged-away records left out.

    ``search`` finds by name with or without Vietnamese marks (the marks as typed rank first), by
    phone in any form, by e-mail, user id, order or card number (see ``searching``). ``name`` sorts
    in Vietnamese dictionary order with the nameless last; the other orders put the largest or
    latest first, and last with ``.asc``. A search that finds very many is counted up to
    ``_COUNTED``.

    Raises:
        InputError: an unknown sort, or a cursor that is not of this list in this order.
    """
    if sort not in SORTS:
        raise _unknown("profiles.unknown_sort", sort, SORTS, path="sort")
    hits = find(search)
    people = people_of(who, is_walked=hits.is_walked or not search.strip()).filter(hits.found)
    total = people[: _COUNTED + 1].count() if hits.is_walked else people.count()
    keys = _keys(sort, ranked=bool(search.strip()) and not hits.is_walked)
    backwards = False
    page = people.annotate(rank=rank(search)) if keys[0].column == "rank" else people
    if cursor:
        kinds = [_TYPES.get(key.column, int) for key in keys]
        values, backwards = read_cursor(cursor, sort, kinds)
        page = page.filter(beyond(keys, values, backwards=backwards))
    size = max(1, min(page_size, MAX_PAGE))
    found = list(page.order_by(*ordering(keys, backwards=backwards))[: size + 1])
    told = _page(found, keys, sort, size, came_by=cursor, backwards=backwards, total=total)
    if hits.is_walked and total > _COUNTED:
        return replace(told, total=_COUNTED, is_counted=False)
    return told


def iter_profiles(*, search: str = "", who: Who = "known", after: int = 0) -> Iterator[ProfileRow]:
    """Every hit of the same search, by id from ``after`` on, streamed: what an export writes."""
    hits = find(search)
    people = people_of(who, is_walked=hits.is_walked or not search.strip()).filter(hits.found)
    found = people.filter(id__gt=after).order_by("id").iterator(_CHUNK)
    while chunk := list(islice(found, _CHUNK)):
        yield from to_rows(chunk)


def count_profiles(*, search: str = "", who: Who = "known") -> int:
    """How many people there are."""
    hits = find(search)
    return people_of(who, is_walked=hits.is_walked or not search.strip()).filter(hits.found).count()


def get_profile(profile_id: int) -> ProfileView:
    """One person whole; a record that was merged away answers with the one that took it in.

    Raises:
        NotFoundError: there is no such person.
    """
    profile = _survivor(profile_id)
    if profile is None:
        raise NotFoundError(
            "profiles.not_found",
            Text(
                vi=f"Không có khách hàng số {profile_id}.",
                en=f"There is no customer {profile_id}.",
            ),
        )
    nodes = list(Node.objects.filter(profile_id=profile.id).order_by("kind", "first_seen", "id"))
    return ProfileView(
        row=_row(profile, _user_id(nodes)),
        asked_id=profile_id,
        identifiers=tuple(_identifier(node) for node in nodes),
        traits=read_traits({node.id: node.key for node in nodes}, now=system_clock()),
    )


def find_profile(identifier: str) -> ProfileView | None:
    """The person an identifier such as ``email:Hoa@Example.vn`` belongs to, or None.

    E-mails and phones may come in any form people write them.

    Raises:
        InputError: the identifier has no known kind before the colon.
    """
    kind, _, value = identifier.partition(":")
    if kind not in _KINDS:
        raise _unknown("profiles.unknown_identifier", kind, _KINDS, path="identifier")
    node = Node.objects.filter(key=f"{kind}:{_match_form(kind, value)}").first()
    return get_profile(node.profile_id) if node else None


def people_of_nodes(node_ids: Iterable[int | None]) -> dict[int, ProfileRow]:
    """Whose identifiers these are today: node id → person; unknown ones are left out."""
    wanted = {node_id for node_id in node_ids if node_id is not None}
    owners = dict(Node.objects.filter(id__in=wanted).values_list("id", "profile_id"))
    found = to_rows(list(Profile.objects.filter(id__in=set(owners.values()))))
    people = {row.id: row for row in found}
    return {node: people[owner] for node, owner in owners.items() if owner in people}


def list_orders(profile_id: int, *, limit: int = 200) -> tuple[OrderView, ...]:
    """The orders of one person, newest first; returns of unknown orders come last."""
    nodes = Node.objects.filter(profile_id=profile_id).values("id")
    orders = Order.objects.filter(node_id__in=nodes)
    newest = orders.order_by(F("placed_at").desc(nulls_last=True), "-refunded_at", "-id")
    return tuple(_order(order) for order in newest[:limit])


def people_of(who: Who, *, is_walked: bool) -> QuerySet[Profile]:
    """People who are still themselves: walked in an order of the list, or found by number."""
    everybody = Profile.objects.all()
    people = everybody.filter(merged_into__isnull=True) if is_walked else everybody.themselves()
    if who == "visitors":  # robots are nobody's visit: their events are not counted
        people = people.filter(events__gt=0)
    return people if who == "all" else people.filter(is_known__in=(who == "known",))


def _keys(sort: str, *, ranked: bool) -> list[SortKey]:
    by_rank = [SortKey("rank")] if ranked else []
    if sort == "name":
        return [*by_rank, SortKey("name_key"), SortKey("id")]
    named, _dot, way = sort.partition(".")
    column = {"spent": "spent_minor"}.get(named, named)
    is_down = way != "asc"
    return [*by_rank, SortKey(column, is_down), SortKey("id", is_down)]


def _page(
    found: Sequence[Profile],
    keys: Sequence[SortKey],
    sort: str,
    size: int,
    *,
    came_by: str,
    backwards: bool,
    total: int,
) -> ProfilePage:
    has_more = len(found) > size
    found = found[:size]
    if backwards:
        found = found[::-1]
    has_next, has_previous = (bool(came_by), has_more) if backwards else (has_more, bool(came_by))

    def place(profile: Profile, *, back: bool) -> str:
        return write_cursor(sort, [getattr(profile, k.column) for k in keys], backwards=back)

    return ProfilePage(
        rows=to_rows(found),
        next_cursor=place(found[-1], back=False) if found and has_next else "",
        previous_cursor=place(found[0], back=True) if found and has_previous else "",
        total=total,
    )


def _survivor(profile_id: int) -> Profile | None:
    if not 0 <= profile_id < 2**63:
        return None
    profile = Profile.objects.filter(id=profile_id).first()
    for _ in range(_MERGE_CHAIN):
        if profile is None or profile.merged_into is None:
            return profile
        profile = Profile.objects.filter(id=profile.merged_into).first()
    return None


def _match_form(kind: str, value: str) -> str:
    if kind == "email":
        return normalise_email(value) or value.strip().lower()
    if kind == "phone":
        return normalise_phone(value) or value.strip()
    return value


def to_rows(profiles: Sequence[Profile]) -> tuple[ProfileRow, ...]:
    """People as lines of a list, in the order they come."""
    owners = [profile.id for profile in profiles]
    nodes = Node.objects.filter(profile_id__in=owners, kind="user").order_by("-first_seen", "-id")
    user_ids = {
        owner: key.partition(":")[2] for owner, key in nodes.values_list("profile_id", "key")
    }
    return tuple(_row(profile, user_ids.get(profile.id, "")) for profile in profiles)


def _user_id(nodes: Sequence[Node]) -> str:
    """The one first heard of, as a list shows it."""
    found = [node for node in nodes if node.kind == "user"]
    return found[0].key.partition(":")[2] if found else ""


def _row(profile: Profile, user_id: str) -> ProfileRow:
    return ProfileRow(
        id=profile.id,
        name=profile.name,
        phone=profile.phone,
        email=profile.email,
        is_known=profile.is_known,
        first_seen=profile.first_seen,
        last_seen=profile.last_seen,
        events=profile.events,
        orders=profile.orders,
        spent_minor=profile.spent_minor,
        last_order_at=profile.last_order_at,
        user_id=user_id,
    )


def _identifier(node: Node) -> Identifier:
    return Identifier(
        node_id=node.id,
        kind=node.kind,
        value=node.key.partition(":")[2],
        first_seen=node.first_seen,
        last_seen=node.last_seen,
        events=node.events,
    )


def _order(order: Order) -> OrderView:
    return OrderView(
        source_id=order.source_id,
        number=order.number,
        placed_at=order.placed_at,
        currency=order.currency,
        total_minor=order.total_minor,
        refunded_minor=order.refunded_minor,
        units=order.units,
        units_returned=order.units_returned,
        cancelled_at=order.cancelled_at,
        refunded_at=order.refunded_at,
    )


def _unknown(code: str, given: str, known: tuple[str, ...], *, path: str) -> InputError:
    return InputError(
        code,
        Text(vi=f"Không hiểu {given[:40]!r}.", en=f"{given[:40]!r} is not known here."),
        path=path,
        hint=nearest(given, known),
    )
