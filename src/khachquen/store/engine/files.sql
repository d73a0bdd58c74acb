-- The file each of some events stands in. Files know their lowest and highest event id, so few are
-- read.
SELECT event_id, filename
FROM read_parquet($files, filename = true)
WHERE event_id IN (SELECT unnest($ids::BIGINT[]))
