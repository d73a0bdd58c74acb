-- The blocks of all rules taken, without those that are too big.
CREATE OR REPLACE TABLE block AS
SELECT key, id
FROM (SELECT key, id, count(*) OVER (PARTITION BY key) AS size FROM (SELECT DISTINCT key, id FROM ($keys)))
WHERE size <= $largest
ORDER BY key, id
