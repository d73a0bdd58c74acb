"""People put into a test by hand, found as those are whom events made."""

from khachquen.unify.models import Node, Profile
from khachquen.unify.normalise.ordering import name_key
from khachquen.unify.records.updating import save_words
from khachquen.unify.records.words import words_of


def make_findable(profile: Profile) -> None:
    """Give a person the search words and the sort key of their name."""
    Profile.objects.filter(pk=profile.pk).update(name_key=name_key(profile.name))
    save_words({}, {profile.id: words_of(profile.name, profile.search)})


def give_identifiers(profile: Profile) -> None:
    """Give a person the identifiers their search text tells of."""
    for place, piece in enumerate(profile.search.split()):
        if not piece.isalpha():
            Node.objects.create(
                id=1_000_000 + profile.id * 100 + place,
                key=f"{_kind(piece)}:{piece}",
                kind=_kind(piece),
                profile_id=profile.id,
                first_seen=profile.first_seen,
                last_seen=profile.last_seen,
            )


def _kind(piece: str) -> str:
    if "@" in piece:
        return "email"
    return "phone" if piece.startswith("+") else "user"
