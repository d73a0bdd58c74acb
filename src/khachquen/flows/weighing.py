"""What a batch tells of birth dates and papers, weighed before people are joined by it."""

import msgspec

from khachquen.flows.batch import Batch
from khachquen.flows.naming import speaks_of_person
from khachquen.unify.records import TraitTold, weigh_facts

_encode_json = msgspec.json.Encoder().encode


def weigh(batch: Batch) -> None:
    """May they be one person, by what was told of them? Call before the graph is settled.

    Only people somebody tells such a thing of cost anything here.
    """
    graph = batch.graph
    assert graph is not None
    reader = batch.ingester.facts
    told: dict[tuple[int, str, int], TraitTold] = {}
    for event, node in zip(batch.events, batch.nodes, strict=True):
        traits = event.traits
        if not traits or node is None or not reader.concerns(traits):
            continue
        if not speaks_of_person(event):
            continue
        for name in reader.names_among(traits):
            key = node.id, name, event.source_id
            word = TraitTold(event.at, event.message_id, _encode_json(traits[name]).decode())
            if key not in told or word > told[key]:
                told[key] = word
    if not told:
        return
    stored = {node_id for node_id, _, _ in told if node_id not in graph.new}
    boxes = [box for found in batch.boxes.values() for box in found]
    facts = weigh_facts(told, stored, reader, boxes)
    nodes = {node.id: node for node in batch.nodes if node is not None and node.id in facts}
    for node_id in sorted(facts):
        graph.learn(nodes[node_id], facts[node_id])
