-- The weight of each pair in bits: what every comparison says, added up.
SELECT l, r, round($weight, 6) AS weight$more
FROM $pairs
JOIN (SELECT $left FROM record) ON id_l = l
JOIN (SELECT $right FROM record) ON id_r = r
