-- Pairs that were made outside.
CREATE OR REPLACE TABLE $name AS
SELECT l, r FROM read_csv(
    '$file', delim = '\t', header = false, auto_detect = false,
    columns = {'l': 'INTEGER', 'r': 'INTEGER'}
)
