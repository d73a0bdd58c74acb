-- Which component a record is in, and how large that is.
CREATE OR REPLACE TABLE component AS
SELECT * FROM read_csv(
    '$file', delim = '\t', header = false, auto_detect = false,
    columns = {'number': 'INTEGER', 'id': 'INTEGER', 'size': 'INTEGER'}
)
