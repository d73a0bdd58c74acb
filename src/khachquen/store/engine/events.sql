-- Events as told, each under the person it belongs to now: profile_id in the files is whose the
-- identifier was at the time, and moves since then correct it.
SELECT told_events.* REPLACE (coalesce(moved.now_of, told_events.profile_id) AS profile_id)
FROM told_events
LEFT JOIN (
    SELECT node_id AS moved_node, arg_max(profile_id, seq) AS now_of
    FROM moves
    GROUP BY node_id
) AS moved ON moved.moved_node = told_events.node_id
