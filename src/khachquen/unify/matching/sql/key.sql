-- The block each record falls into by one way of one rule.
SELECT hash($number, $parts) AS key, id FROM $records WHERE $known
