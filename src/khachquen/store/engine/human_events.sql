-- Events without those of robots: what figures are made of. A program that sends events in its own
-- name stays in: it may be the shop's own server telling of real visitors.
SELECT *
FROM events
WHERE robot IS NULL OR robot_kind = 'program'
