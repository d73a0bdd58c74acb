-- How many rows of each person a record stands for.
CREATE OR REPLACE TABLE truth AS
SELECT id, person, count(*) AS row_count
FROM member JOIN read_csv(
    '$file', delim = '\t', header = false, auto_detect = false,
    columns = {'row_number': 'INTEGER', 'person': 'INTEGER'}
) USING (row_number)
GROUP BY id, person
