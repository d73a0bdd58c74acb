-- The same without blocks that are too big to be evidence.
CREATE OR REPLACE TABLE block AS
FROM key_of
WHERE key NOT IN (SELECT key FROM key_of GROUP BY key HAVING count(*) > $largest)
