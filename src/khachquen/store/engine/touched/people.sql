-- The people to be looked at: as just written, whether listed yet or not, else as listed, of which
-- only what questions name is read.
CREATE OR REPLACE TEMP TABLE touched_people AS
SELECT * EXCLUDE (gone) FROM {fresh} WHERE NOT gone
UNION ALL BY NAME
SELECT {columns}
FROM people
SEMI JOIN touched_others ON touched_others.profile_id = people.profile_id
