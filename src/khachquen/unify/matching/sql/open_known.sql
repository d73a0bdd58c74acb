-- The records of a finished run, as they were kept.
ATTACH '$file' AS known (READ_ONLY)
