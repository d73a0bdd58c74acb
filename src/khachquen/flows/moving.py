"""What the lake is told when identifiers move to another person: rows that correct its events."""

from khachquen.store.lake import MoveRow, next_commit
from khachquen.unify.identity import Graph


def move_rows(graph: Graph, *, at: int) -> list[MoveRow]:
    """One row for each identifier that moved and has events in the lake already.

    New events are written under the new person; the old files stay as they are.
    """
    moved = graph.moved_with_events()
    number = next_commit() if moved else 0
    return [MoveRow(node.id, node.profile_id, number, at, graph.began[node.id]) for node in moved]
