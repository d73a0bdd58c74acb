-- How rare each value of a column is among the rows that have one, in bits; a few imagined rows
-- temper a small set.
CREATE OR REPLACE TABLE frequency_of_$name AS
SELECT $name, log2((count(*) + $start) / (sum(count(*)) OVER () + $imagined)) AS rarity_$name
FROM row_of
WHERE $name IS NOT NULL
GROUP BY $name
