-- All they did since anybody asks for it, found by their identifiers; what no question reads is left
-- empty, for most of the cost is in the columns, and months nobody asks for are not read.
CREATE OR REPLACE TEMP TABLE touched_events AS
SELECT told_events.* REPLACE (touched_nodes.profile_id AS profile_id{unread})
FROM told_events
JOIN touched_nodes ON touched_nodes.node_id = told_events.node_id
WHERE (robot IS NULL OR robot_kind = 'program') {since}
