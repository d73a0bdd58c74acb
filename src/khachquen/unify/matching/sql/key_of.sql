-- The blocks of all rules taken.
CREATE OR REPLACE TABLE key_of AS FROM ($keys)
