"""Knows the events for ever: immutable Parquet files, the manifest that lists them, what was seen.

Hides file names, tiers, compaction and deletion. Does not know who a person is or what is asked.
"""

from typing import TYPE_CHECKING

from khachquen.base import door

if TYPE_CHECKING:
    from khachquen.store.lake.columns import keep_columns, kept_columns
    from khachquen.store.lake.compacting import compact, expire_seen, find_work
    from khachquen.store.lake.joining import Joining
    from khachquen.store.lake.manifest import (
        add_segments,
        list_segments,
        live_paths,
        next_commit,
        remove_orphans,
        sweep,
    )
    from khachquen.store.lake.prepared import Prepared, hash_message, number_line, prepare
    from khachquen.store.lake.rows import to_refusal_row
    from khachquen.store.lake.schema import CAUSES, MoveRow, RedriveRow, RefusalRow
    from khachquen.store.lake.seen import Earlier, SeenMessages, write_run
    from khachquen.store.lake.writing import (
        NewSegment,
        Syncing,
        write_changes,
        write_lines,
        write_rows,
    )

_NAMES = {
    "CAUSES": "schema",
    "Earlier": "seen",
    "Joining": "joining",
    "MoveRow": "schema",
    "NewSegment": "writing",
    "Prepared": "prepared",
    "RedriveRow": "schema",
    "RefusalRow": "schema",
    "SeenMessages": "seen",
    "Syncing": "writing",
    "add_segments": "manifest",
    "compact": "compacting",
    "expire_seen": "compacting",
    "find_work": "compacting",
    "hash_message": "prepared",
    "keep_columns": "columns",
    "kept_columns": "columns",
    "list_segments": "manifest",
    "live_paths": "manifest",
    "next_commit": "manifest",
    "number_line": "prepared",
    "prepare": "prepared",
    "remove_orphans": "manifest",
    "sweep": "manifest",
    "to_refusal_row": "rows",
    "write_changes": "writing",
    "write_lines": "writing",
    "write_rows": "writing",
    "write_run": "seen",
}
__all__ = [
    "CAUSES",
    "Earlier",
    "Joining",
    "MoveRow",
    "NewSegment",
    "Prepared",
    "RedriveRow",
    "RefusalRow",
    "SeenMessages",
    "Syncing",
    "add_segments",
    "compact",
    "expire_seen",
    "find_work",
    "hash_message",
    "keep_columns",
    "kept_columns",
    "list_segments",
    "live_paths",
    "next_commit",
    "number_line",
    "prepare",
    "remove_orphans",
    "sweep",
    "to_refusal_row",
    "write_changes",
    "write_lines",
    "write_rows",
    "write_run",
]
__getattr__ = door(__name__, _NAMES)
