-- How rare each value of a column is, in bits; a few imagined rows temper a small set.
CREATE OR REPLACE TABLE frequency_of_$name AS
SELECT $name, log2((count(*) + $start) / $rows) AS rarity_$name
FROM row_of
WHERE $name IS NOT NULL
GROUP BY $name
