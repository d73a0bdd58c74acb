-- The weight of each pair in bits: what every comparison says, added up.
SELECT l, r, round($weight, 6) AS weight
FROM $pairs
JOIN (SELECT $left FROM $records) ON id_l = l
JOIN (SELECT $right FROM $others) ON id_r = r
