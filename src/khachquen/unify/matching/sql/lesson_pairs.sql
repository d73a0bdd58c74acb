-- How many pairs of the lesson agree on some columns.
SELECT coalesce(sum(size * (size - 1) // 2), 0)::BIGINT
FROM (SELECT count(*) AS size FROM lesson WHERE $known GROUP BY $columns)
