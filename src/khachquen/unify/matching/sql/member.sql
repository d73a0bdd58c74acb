-- Rows that say exactly the same, a name and an identifier included, are one record from here on,
-- called by its first row. A row without these stays alone: many are called Nguyễn Văn Nam.
CREATE OR REPLACE TABLE member AS
SELECT unnest(equal) AS row_number, id
FROM (
    SELECT min(row_number) AS id, list(row_number) AS equal
    FROM row_of
    WHERE $sure
    GROUP BY $columns
)
UNION ALL
SELECT row_number, row_number FROM row_of WHERE NOT ($sure)
