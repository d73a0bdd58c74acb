-- Where one new record stands while it is looked up.
CREATE OR REPLACE TABLE probe AS SELECT id, $columns, full_name FROM record LIMIT 0
