"""People by number: whom a search finds, who is still there, and their lines."""

from collections.abc import Collection, Sequence

from khachquen.unify.identity.ledger import chunks
from khachquen.unify.models import Profile
from khachquen.unify.profiles.reading import people_of, to_rows
from khachquen.unify.profiles.searching import Piece, find
from khachquen.unify.profiles.views import ProfileRow, Who

__all__ = ["find_numbers", "numbers_after", "rows_of"]


def find_numbers(search: str) -> tuple[Sequence[int] | None, tuple[Sequence[Piece], ...]]:
    """Whom a search finds, merged-away records left out; where they are too many to be listed
    None, and what has to be found in ``Profile.search``: of each group one of its pieces."""
    hits = find(search)
    if hits.is_walked or not search.strip():
        return None, hits.pieces
    found = people_of("all", is_walked=False).filter(hits.found)
    return sorted(found.values_list("id", flat=True)), ()


def numbers_after(after: int, limit: int, *, search: str = "", who: Who = "known") -> list[int]:
    """The next people of a list by number, from after one on."""
    hits = find(search)
    people = people_of(who, is_walked=False).filter(hits.found)  # their order is that of numbers
    return list(people.filter(id__gt=after).order_by("id").values_list("id", flat=True)[:limit])


def rows_of(profile_ids: Collection[int]) -> list[ProfileRow]:
    """These people, in this order; who is merged away or no more is left out."""
    found = {
        profile.id: profile
        for chunk in chunks(profile_ids)
        for profile in Profile.objects.themselves().filter(id__in=chunk)
    }
    return list(to_rows([found[one] for one in profile_ids if one in found]))
