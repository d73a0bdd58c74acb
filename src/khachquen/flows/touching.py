"""Whom a change of the identity graph touches."""

from khachquen.unify.identity import Graph


def touched_by(graph: Graph) -> tuple[set[int], set[int]]:
    """Everybody a settled graph changed, and those of them who got or lost identifiers."""
    moved = {*graph.was.values(), *(node.profile_id for node in graph.moved.values())}
    people = {node.profile_id for node, _ in graph.touched.values()}
    people |= {node.profile_id for node in graph.new.values()}
    return people | moved, moved
