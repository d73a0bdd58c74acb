-- One line a record, and how rare each value is: log2 of the share of rows that have it.
CREATE OR REPLACE TABLE record AS
SELECT row_number AS id, $columns$rarities
FROM row_of $joins
WHERE row_number IN (SELECT id FROM member)
ORDER BY id
