-- One line a record, with how rare its values are (log2 of the share of rows that have them).
CREATE OR REPLACE TABLE record AS
SELECT row_number AS id, source, $columns, full_name, email_name$rarities
FROM (
    SELECT *, split_part(email, '@', 1) AS email_name$counts
    FROM row_of
)
WHERE row_number IN (SELECT id FROM member)
ORDER BY id
