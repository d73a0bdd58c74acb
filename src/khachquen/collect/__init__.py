"""Knows where events come from, the keys they come with, and what an event is.

Hides how keys are kept: of secret ones only the hash. Does not store events.
"""

from typing import TYPE_CHECKING

from khachquen.base import door
from khachquen.collect.dictionary import STANDARD_EVENTS
from khachquen.collect.keyring import KeyHolder, Keyring

if TYPE_CHECKING:
    from khachquen.collect.sources import (
        KeyView,
        SourceView,
        create_source,
        find_or_create_source,
        issue_key,
        list_sources,
        load_keyring,
        revoke_key,
        set_source_enabled,
    )

__all__ = [
    "STANDARD_EVENTS",
    "KeyHolder",
    "KeyView",
    "Keyring",
    "SourceView",
    "create_source",
    "find_or_create_source",
    "issue_key",
    "list_sources",
    "load_keyring",
    "revoke_key",
    "set_source_enabled",
]

__getattr__ = door(
    __name__,
    {
        "KeyView": "sources",
        "SourceView": "sources",
        "create_source": "sources",
        "find_or_create_source": "sources",
        "issue_key": "sources",
        "list_sources": "sources",
        "load_keyring": "sources",
        "revoke_key": "sources",
        "set_source_enabled": "sources",
    },
)
