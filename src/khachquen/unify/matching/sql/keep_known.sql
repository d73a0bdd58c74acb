-- The records with how rare their values are, in the order of their numbers.
CREATE TABLE known.record AS FROM record ORDER BY id
