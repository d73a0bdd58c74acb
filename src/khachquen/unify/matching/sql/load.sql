-- What was normalised, as it was written to a file: a row number, a source, the fields of a record.
CREATE OR REPLACE TABLE row_of AS
SELECT *, nullif(replace(concat(family, middle, given), ' ', ''), '') AS full_name
FROM read_csv(
    '$file', delim = '\t', header = false, quote = '', escape = '', nullstr = '',
    auto_detect = false, columns = {$types}
)
