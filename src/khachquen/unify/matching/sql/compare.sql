-- The weight of each candidate, whether it is held back, and the level each comparison is on.
SELECT id_l, round($weight, 6), $held, $levels
FROM (SELECT $left FROM candidate), (SELECT $right FROM probe)
