-- The new record, its values as parameters.
INSERT INTO probe
SELECT *, nullif(replace(concat(family, middle, given), ' ', ''), '')
FROM (SELECT $id AS id, $values)
