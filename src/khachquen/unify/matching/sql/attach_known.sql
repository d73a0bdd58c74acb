-- Where the records of a finished run are kept for later look-ups.
ATTACH '$file' AS known
