-- Which level of each comparison a pair is on, by number; -1 where nothing is known.
SELECT l, r, $levels
FROM $pairs
JOIN (SELECT $left FROM record) ON id_l = l
JOIN (SELECT $right FROM record) ON id_r = r
ORDER BY l, r
