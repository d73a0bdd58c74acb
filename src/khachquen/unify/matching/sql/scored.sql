-- Pairs with their weights, kept.
CREATE OR REPLACE TABLE $into AS
$score
