-- Events as told, each under the person it belongs to now: profile_id in the files is what the map
-- said at the time, and merges since then correct it.
SELECT told_events.* REPLACE (coalesce(moved.survivor, told_events.profile_id) AS profile_id)
FROM told_events
LEFT JOIN (
    SELECT ended, arg_max(survivor, event_id) AS survivor
    FROM merges
    GROUP BY ended
) AS moved ON moved.ended = told_events.profile_id
