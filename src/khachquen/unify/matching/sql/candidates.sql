-- Who shares a block with the new record.
SELECT DISTINCT id FROM block WHERE key IN ($keys) ORDER BY id
