-- How many pairs a rule would make, blocks that are too big left out, and how many those are.
SELECT
    coalesce(sum(size * (size - 1) // 2) FILTER (size <= $largest), 0)::BIGINT,
    count(*) FILTER (size > $largest)
FROM (SELECT count(*) AS size FROM ($keys) GROUP BY key)
