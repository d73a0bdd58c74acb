-- Rows that say exactly the same, name and identifier included, are one record from here on;
-- it is called by its first row. A row without a name and an identifier stays alone.
CREATE OR REPLACE TABLE member AS
SELECT
    row_number,
    min(row_number) OVER (
        PARTITION BY $columns, CASE WHEN $sure THEN -1 ELSE row_number END
    ) AS id
FROM row_of
