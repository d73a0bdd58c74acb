"""Knows the events for ever: immutable Parquet files, the manifest that lists them, what was seen.

Hides file names, tiers, compaction and deletion. Does not know who a person is or what is asked.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.store.lake.compacting import compact, expire_seen, find_work
    from khachquen.store.lake.manifest import (
        add_segments,
        list_segments,
        live_paths,
        next_commit,
        remove_orphans,
        sweep,
    )
    from khachquen.store.lake.rows import event_line, number_line, to_refusal_row
    from khachquen.store.lake.schema import MoveRow, RedriveRow, RefusalRow
    from khachquen.store.lake.seen import (
        Earlier,
        SeenMessages,
        hash_message,
        hash_payload,
        write_run,
    )
    from khachquen.store.lake.writing import NewSegment, write_lines, write_rows

_NAMES = {
    "Earlier": "seen",
    "MoveRow": "schema",
    "NewSegment": "writing",
    "RedriveRow": "schema",
    "RefusalRow": "schema",
    "SeenMessages": "seen",
    "add_segments": "manifest",
    "compact": "compacting",
    "event_line": "rows",
    "expire_seen": "compacting",
    "find_work": "compacting",
    "hash_message": "seen",
    "hash_payload": "seen",
    "list_segments": "manifest",
    "live_paths": "manifest",
    "next_commit": "manifest",
    "number_line": "rows",
    "remove_orphans": "manifest",
    "sweep": "manifest",
    "to_refusal_row": "rows",
    "write_lines": "writing",
    "write_rows": "writing",
    "write_run": "seen",
}
__all__ = [
    "Earlier",
    "MoveRow",
    "NewSegment",
    "RedriveRow",
    "RefusalRow",
    "SeenMessages",
    "add_segments",
    "compact",
    "event_line",
    "expire_seen",
    "find_work",
    "hash_message",
    "hash_payload",
    "list_segments",
    "live_paths",
    "next_commit",
    "number_line",
    "remove_orphans",
    "sweep",
    "to_refusal_row",
    "write_lines",
    "write_rows",
    "write_run",
]
__getattr__ = door(__name__, _NAMES)
