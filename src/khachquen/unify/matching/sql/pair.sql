-- Two records that share a block, each pair once.
CREATE OR REPLACE TABLE pair AS
SELECT DISTINCT one.id AS l, two.id AS r
FROM block AS one JOIN block AS two ON one.key = two.key AND one.id < two.id
