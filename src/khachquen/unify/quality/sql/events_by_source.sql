-- Of each source's events received in a period: how many there are, how many had their time cut, how
-- many (of public keys: files and tills tell of old days by right) came more than a day late.
SELECT
    source_id,
    count(*) AS events,
    count(*) FILTER (WHERE clamped) AS clamped,
    count(*) FILTER (WHERE NOT trusted) AS open_events,
    count(*) FILTER (WHERE NOT trusted AND received_at > "at" + INTERVAL 1 DAY) AS late
FROM events
WHERE received_at >= $since AND received_at < $until
GROUP BY source_id
ORDER BY source_id
