-- Rows that say exactly the same, a name and an identifier included, are one record from here on,
-- called by its first row. A row without these stays alone: many are called Nguyễn Văn Nam.
CREATE OR REPLACE TABLE member AS
SELECT
    row_number,
    min(row_number) OVER (
        PARTITION BY $columns, CASE WHEN $sure THEN -1 ELSE row_number END
    )::INTEGER AS id
FROM row_of
