-- All they ever did, found by their identifiers.
CREATE OR REPLACE TEMP TABLE touched_events AS
SELECT told_events.* REPLACE (touched_nodes.profile_id AS profile_id)
FROM told_events
JOIN touched_nodes ON touched_nodes.node_id = told_events.node_id
WHERE robot IS NULL OR robot_kind = 'program'
