-- The events a check found, the last received first.
SELECT event_id, source_id, type, name, "at", received_at, node_id
FROM events
WHERE
    received_at >= $since AND received_at < $until
    AND ($source_id = 0 OR source_id = $source_id)
    AND ($before = 0 OR event_id < $before)
    AND CASE $rule
        WHEN 'clamped' THEN clamped
        ELSE NOT trusted AND received_at > "at" + INTERVAL 1 DAY
    END
ORDER BY event_id DESC
LIMIT $limit
