-- People as of now: the newest row of each who is not gone. Who stands in a newer file does not
-- count in the base, which has one row of each. Newer rows are few, so they are read as often as
-- they are named: a shared part would make DuckDB read every column of the base.
SELECT newer_people.* EXCLUDE (gone)
FROM newer_people
SEMI JOIN (
    SELECT profile_id, max(seq) AS seq
    FROM newer_people
    GROUP BY profile_id
) AS newest ON newest.profile_id = newer_people.profile_id AND newest.seq = newer_people.seq
WHERE NOT gone
UNION ALL BY NAME
SELECT base_people.* EXCLUDE (gone)
FROM base_people
ANTI JOIN (SELECT profile_id FROM newer_people) AS newest
    ON newest.profile_id = base_people.profile_id
