-- The weight of each pair in bits: what every comparison says, added up. For the pairs whose left
-- record is within a range.
SELECT l, r, round($weight, 6) AS weight$more
FROM (SELECT l, r FROM $pairs WHERE l BETWEEN $$1::INTEGER AND $$2::INTEGER)
JOIN (SELECT $left FROM record WHERE id BETWEEN $$1::INTEGER AND $$2::INTEGER) ON id_l = l
JOIN (SELECT $right FROM record) ON id_r = r
