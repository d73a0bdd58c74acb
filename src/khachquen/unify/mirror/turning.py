"""What makes a person's row another one: a word under an identifier of theirs, or time alone."""

from collections.abc import Collection

from khachquen.unify.models import Node

__all__ = ["TURNS_AT", "owners_of_keys"]

TURNS_AT = "turns_at"
"""When a row will be another one by time alone; no column of it."""


def owners_of_keys(keys: Collection[str]) -> dict[str, int]:
    """Identifier by its name ("email:hoa@example.vn") → whose it is; unknown ones are left out."""
    wanted = sorted(set(keys))
    return {
        key: owner
        for start in range(0, len(wanted), 500)
        for key, owner in Node.objects.filter(key__in=wanted[start : start + 500]).values_list(
            "key", "profile_id"
        )
    }
