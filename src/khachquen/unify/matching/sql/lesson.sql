-- The rows the weights are learned from: all, or as many as told, the same ones every time.
CREATE OR REPLACE TABLE lesson AS
SELECT row_number AS id, $columns
FROM row_of
WHERE row_number IN (SELECT row_number FROM row_of ORDER BY hash(row_number + $seed), 1 LIMIT $most)
ORDER BY id
