-- Of each source's events received in a period: how many there are, how many had their time cut, how
-- many (of public keys: files and tills tell of old days by right) came more than a day late, and how
-- many carry what.
SELECT
    source_id,
    count(*) AS events,
    count(*) FILTER (WHERE clamped) AS clamped,
    count(*) FILTER (WHERE NOT trusted) AS open_events,
    count(*) FILTER (WHERE NOT trusted AND received_at > "at" + INTERVAL 1 DAY) AS late,
    count(user_id) AS user_id,
    count(page_url) AS page_url,
    count(utm_campaign) AS utm_campaign,
    count(*) FILTER (WHERE name = 'Order Completed') AS orders,
    count(*) FILTER (WHERE name = 'Order Completed' AND len(lines) > 0) AS lines,
    count(*) FILTER (WHERE name = 'Order Completed' AND total_minor > 0) AS total
FROM events
WHERE received_at >= $since AND received_at < $until
GROUP BY source_id
ORDER BY source_id
