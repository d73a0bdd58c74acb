-- The pairs within components: all of them in those of a sensible size, else those compared.
CREATE OR REPLACE TABLE inner_pair AS
SELECT one.id AS l, two.id AS r
FROM component AS one JOIN component AS two ON one.number = two.number AND one.id < two.id
WHERE one.size <= $completed_to
UNION ALL
SELECT l, r
FROM scored
JOIN component AS one ON one.id = l
JOIN component AS two ON two.id = r AND one.number = two.number
WHERE one.size > $completed_to
