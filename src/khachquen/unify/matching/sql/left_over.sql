-- What Splink made while it learned.
SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '\_\_splink%' ESCAPE '\' OR table_name = 'lesson'
