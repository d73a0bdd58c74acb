"""Knows what staff wrote about a person: notes with their author, time and earlier wording; tags.

A note hangs on an identifier, so it goes where the person goes, through merges and back. Nothing
is lost by editing or removing. Does not keep the tags of a person: they are a trait like others.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.relate.notes.tags import read_tags, remember_tags, suggest_tags
    from khachquen.relate.notes.writing import (
        NoteView,
        add_note,
        change_note,
        get_note,
        list_notes,
        remove_note,
        restore_note,
    )

__all__ = [
    "NoteView",
    "add_note",
    "change_note",
    "get_note",
    "list_notes",
    "read_tags",
    "remember_tags",
    "remove_note",
    "restore_note",
    "suggest_tags",
]
__getattr__ = door(
    __name__,
    {
        **dict.fromkeys(("read_tags", "remember_tags", "suggest_tags"), "tags"),
        **dict.fromkeys(
            (
                "NoteView",
                "add_note",
                "change_note",
                "get_note",
                "list_notes",
                "remove_note",
                "restore_note",
            ),
            "writing",
        ),
    },
)
