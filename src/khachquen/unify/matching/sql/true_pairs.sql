-- Pairs of rows: the true ones that were compared or equal, the true ones that reach the bar, and
-- all that reach it.
WITH size AS (SELECT id, sum(row_count) AS row_count FROM truth GROUP BY id),
right_pair AS (
    SELECT weight, one.row_count * two.row_count AS row_pairs
    FROM scored
    JOIN truth AS one ON one.id = l
    JOIN truth AS two ON two.id = r AND two.person = one.person
),
equal AS (SELECT coalesce(sum(row_count * (row_count - 1) // 2), 0) AS row_pairs FROM truth),
claimed AS (
    SELECT coalesce(sum(one.row_count * two.row_count), 0) AS row_pairs
    FROM scored
    JOIN size AS one ON one.id = l
    JOIN size AS two ON two.id = r
    WHERE weight >= $$1
),
grouped AS (SELECT coalesce(sum(row_count * (row_count - 1) // 2), 0) AS row_pairs FROM size)
SELECT
    (coalesce(sum(right_pair.row_pairs), 0) + any_value(equal.row_pairs))::BIGINT,
    (
        coalesce(sum(right_pair.row_pairs) FILTER (weight >= $$1), 0) + any_value(equal.row_pairs)
    )::BIGINT,
    any_value(claimed.row_pairs + grouped.row_pairs)::BIGINT
FROM equal, claimed, grouped LEFT JOIN right_pair ON true
