-- Refused messages as they stand now: those that were taken in again are refused no more.
SELECT told_refusals.*
FROM told_refusals
LEFT JOIN (SELECT DISTINCT place AS again FROM redrives) AS redriven
    ON redriven.again = told_refusals.place AND told_refusals.outcome = 'quarantined'
WHERE redriven.again IS NULL
