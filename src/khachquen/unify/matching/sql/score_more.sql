-- Pairs with their weights, kept.
INSERT INTO $into
$score
