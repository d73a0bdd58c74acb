-- How many rows there are, and how many fill each column.
SELECT count(*), $counts FROM row_of
